import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseOrigin } from "./config.ts";
import { FlashwireError } from "./core/errors.ts";
import { HEALTH_TIMEOUT_MS } from "./core/limits.ts";

/** What a data folder says of itself, beside the stores: plain files, for whoever opens the folder. */

/** `wire.json`: which wire this is, and the origin that all of its documents name. */
export type WireFile = { id: string; origin: string };

/** `server.json`: where a process serves the folder. */
export type ServerFile = { url: string; pid: number };

const wireFile = (data: string) => join(data, "wire.json");
export const serverFile = (data: string) => join(data, "server.json");

/** Undefined where there is none. Throws `invalid` with the name of a file that cannot be read. */
export function readWireFile(data: string): WireFile | undefined {
  return read(wireFile(data), ({ id, origin }: WireFile) => ({
    id: String(id),
    origin: parseOrigin(origin),
  }));
}

/** The same. */
export function readServerFile(data: string): ServerFile | undefined {
  return read(serverFile(data), ({ url, pid }: ServerFile) => ({ url: parseOrigin(url), pid: Number(pid) }));
}

export const writeWireFile = (data: string, file: WireFile) => write(wireFile(data), file);
export const writeServerFile = (data: string, file: ServerFile) => write(serverFile(data), file);

/** Who answers at this address: the port of the wire with this id may be somebody else's by now. */
export async function whoServes(url: string, id: string | undefined): Promise<"we" | "others" | "nobody"> {
  let response: Response;
  try {
    response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
  } catch {
    return "nobody";
  }
  // A wire that is ill is that wire all the same.
  const health = (await response.json().catch(() => ({}))) as { wire?: unknown };
  return health.wire === id ? "we" : "others";
}

function read<T>(path: string, check: (value: T) => T): T | undefined {
  try {
    return check(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    const detail = `${path} cannot be read: ${message}. Remove it; \`npm start\` makes it anew.`;
    throw new FlashwireError("invalid", detail, [], { cause });
  }
}

/** Whole or not at all, whoever reads meanwhile. */
function write(path: string, value: object): void {
  writeFileSync(`${path}.${process.pid}`, `${JSON.stringify(value)}\n`);
  renameSync(`${path}.${process.pid}`, path);
}

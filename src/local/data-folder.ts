import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseOrigin } from "../config/environment.ts";
import { FlashwireError } from "../core/errors.ts";
import { parseToken } from "../core/token.ts";
import { HEALTH_TIMEOUT_MS } from "./limits.ts";

/** What a data folder says of itself, beside the stores: plain files, for every process that opens the folder. */

/**
 * `wire.json`: which wire this is, the origin that all of its documents name, what the processes that write them make
 * them by (`site`, a fingerprint), and what its stories' identifiers are made of. Older ones hold the first two.
 */
export type WireFile = { id: string; origin: string; site?: string; authority?: string; year?: number };

/**
 * `server.json`: where a process serves the folder. `tokens`: the environment sets the tokens of newsrooms, so the command
 * line finds its own one in OWN_TOKEN.
 */
export type ServerFile = { url: string; pid: number; tokens?: "environment" };

/** Holds the token that the wire makes where nobody sets one: for the newsroom and for this machine. */
const TOKEN = "token";
/** Holds the token for this machine alone where the environment sets those of newsrooms. */
const OWN_TOKEN = "own-token";

const wireFile = (data: string) => join(data, "wire.json");
export const serverFile = (data: string) => join(data, "server.json");
/** Holds the token for commands on this machine. `isSet`: whether the environment sets those of newsrooms. */
export const tokenFile = (data: string, isSet: boolean) => join(data, isSet ? OWN_TOKEN : TOKEN);

/** Undefined where there is none. Throws `invalid` with the name of a file that cannot be read. */
export function readWireFile(data: string): WireFile | undefined {
  return read(wireFile(data), (text) => {
    const { origin, ...rest }: WireFile = JSON.parse(text);
    return { ...rest, origin: parseOrigin(origin) };
  });
}

/** Reads `server.json`. Undefined where there is none. Throws `invalid` with the name of a file that cannot be read. */
export function readServerFile(data: string): ServerFile | undefined {
  return read(serverFile(data), (text) => {
    const { url, ...rest }: ServerFile = JSON.parse(text);
    return { ...rest, url: parseOrigin(url) };
  });
}

export const writeWireFile = (data: string, file: WireFile) => replace(wireFile(data), JSON.stringify(file));
export const writeServerFile = (data: string, file: ServerFile) =>
  replace(serverFile(data), JSON.stringify(file));

/** The token that the wire keeps in this file; undefined where there is none. Throws as the others do. */
export function readToken(file: string): string | undefined {
  return read(file, (text) => (text.trim() === "" ? undefined : parseToken(text.trim())));
}

/** As `readToken`, but makes the token where there is none. Only the owner of the file can read it. For one process at a time. */
export function ensureToken(file: string): string {
  const known = readToken(file);
  if (known !== undefined) return known;
  const token = randomBytes(24).toString("base64url");
  replace(file, token, { mode: 0o600 });
  return token;
}

/** The wire that answers at an address. `fault`: why that server cannot do its work, in its own words. */
export type Answering = { who: "we" | "others" | "nobody"; fault?: string };

/** The wire that answers at this address: another program may have the port by now. */
export async function whoAnswers(url: string, id: string | undefined): Promise<Answering> {
  let response: Response;
  try {
    response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
  } catch {
    return { who: "nobody" };
  }
  // An unhealthy wire is still that wire.
  const health = (await response.json().catch(() => ({}))) as { wire?: unknown; detail?: unknown } | null;
  const who = health?.wire === id ? "we" : "others";
  return response.ok ? { who } : { who, fault: String(health?.detail ?? `It answers ${response.status}.`) };
}

/** As `whoAnswers`, without the `fault`. */
export async function whoServes(url: string, id: string | undefined): Promise<Answering["who"]> {
  return (await whoAnswers(url, id)).who;
}

function read<T>(path: string, parse: (text: string) => T): T | undefined {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    const detail = `${path} cannot be read: ${message}. Remove it; \`npm start\` makes a new one.`;
    throw new FlashwireError("invalid", detail, [], { cause });
  }
}

/** Writes the file whole or not at all, also for readers meanwhile. Throws `invalid` where a folder stands in the place of the file. */
function replace(path: string, text: string, options: { mode?: number } = {}): void {
  const beside = `${path}.${process.pid}`;
  try {
    writeFileSync(beside, `${text}\n`, options);
    renameSync(beside, path);
  } catch (cause) {
    rmSync(beside, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "EISDIR") throw cause;
    const detail = `${path} cannot be written: a folder stands in its place (EISDIR). Remove it and start again.`;
    throw new FlashwireError("invalid", detail, [], { cause });
  }
}

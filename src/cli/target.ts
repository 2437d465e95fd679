import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Config, parseOrigin, parseToken } from "../config.ts";
import { FlashwireError } from "../core/errors.ts";

/** The wire that a command speaks to. */
export type Target = {
  /** Its origin, without a slash at its end. */
  url: string;
  token?: string;
  /** Whether it is the wire of this machine's data folder. */
  local: boolean;
};

/**
 * `--url` or FLASHWIRE_URL, else the local wire as its data folder describes it. The token in the data folder is for
 * that wire alone: it is never sent anywhere else.
 */
export async function findTarget(flags: { url?: string; token?: string }, config: Config): Promise<Target> {
  const localUrl = await localOrigin(config);
  const url = (flags.url === undefined ? config.url : option("--url", flags.url, parseOrigin)) ?? localUrl;
  const local = sameServer(url, localUrl);
  const token =
    (flags.token === undefined ? firstToken(config.token) : option("--token", flags.token, parseToken)) ??
    (local ? await localToken(config) : undefined);
  return { url, local, ...(token === undefined ? {} : { token }) };
}

/** FLASHWIRE_TOKEN of a server may hold several, `cms=secret1,desk=secret2`; any of them will do. */
function firstToken(text: string | undefined): string | undefined {
  const [first] = text?.split(",") ?? [];
  return first?.replace(/^[A-Za-z0-9][A-Za-z0-9_-]*=(?=.*[^=])/, "");
}

function option<T>(name: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    throw new FlashwireError("invalid", `${name} ${error instanceof Error ? error.message : error}`);
  }
}

async function localOrigin(config: Config): Promise<string> {
  const text = await readIfThere(join(config.data, "server.json"));
  try {
    return parseOrigin(JSON.parse(text ?? "").url);
  } catch {
    return `http://127.0.0.1:${config.port || 8787}`;
  }
}

async function localToken(config: Config): Promise<string | undefined> {
  const text = (await readIfThere(join(config.data, "token")))?.trim();
  return text ? parseToken(text) : undefined;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Origins of this machine's loopback are one server where the port is the same. */
function sameServer(a: string, b: string): boolean {
  const name = (origin: string) => {
    const { protocol, hostname, port } = new URL(origin);
    const host = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname) ? "loopback" : hostname;
    return `${protocol}//${host}:${port}`;
  };
  return name(a) === name(b);
}

import { type Config, parseOrigin } from "../../config/environment.ts";
import { FlashwireError } from "../../core/errors.ts";
import { parseToken, parseTokens } from "../../core/token.ts";
import {
  readServerFile,
  readToken,
  readWireFile,
  type ServerFile,
  serverFile,
  tokenFile,
  whoServes,
} from "../../local/data-folder.ts";

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
  const wanted = flags.url === undefined ? config.url : option("--url", flags.url, parseOrigin);
  const url = wanted ?? (await localOrigin(config));
  const local = wanted === undefined || sameServer(url, storedOrigin(config));
  const token =
    (flags.token === undefined ? firstToken(config.token) : option("--token", flags.token, parseToken)) ??
    (local ? localToken(config) : undefined);
  return { url, local, ...(token === undefined ? {} : { token }) };
}

/** FLASHWIRE_TOKEN of a server may hold several; any of them will do. */
function firstToken(text: string | undefined): string | undefined {
  return text === undefined ? undefined : parseTokens(text).values().next().value;
}

function option<T>(name: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    throw new FlashwireError("invalid", `${name} ${error instanceof Error ? error.message : error}`);
  }
}

/** Where the wire of the data folder is served. Throws `unavailable` where another one answers by now. */
async function localOrigin(config: Config): Promise<string> {
  const served = readServerFile(config.data);
  if (served === undefined) return usualOrigin(config);
  if ((await whoServes(served.url, readWireFile(config.data)?.id)) !== "others") return served.url;
  const detail = `${serverFile(config.data)} is of a server that has stopped: another program answers at ${served.url}.`;
  throw new FlashwireError(
    "unavailable",
    `${detail} Start the wire with \`npm start\`, or name one with --url.`,
  );
}

/** The origin that the data folder names; undefined where it names none or cannot be read, since the caller asked for an address. */
function storedOrigin(config: Config): string | undefined {
  const served = clearServer(config);
  return served === "unclear" ? undefined : (served?.url ?? usualOrigin(config));
}

/** The token that the wire of the data folder keeps there for this machine. */
function localToken(config: Config): string | undefined {
  const served = clearServer(config);
  const isSet = served !== undefined && served !== "unclear" && served.tokens === "environment";
  return readToken(tokenFile(config.data, isSet));
}

function clearServer({ data }: Config): ServerFile | "unclear" | undefined {
  try {
    return readServerFile(data);
  } catch {
    return "unclear";
  }
}

function usualOrigin({ port }: Config): string {
  return `http://127.0.0.1:${port || 8787}`;
}

/** Origins of this machine's loopback are one server where the port is the same. */
function sameServer(a: string, b: string | undefined): boolean {
  if (b === undefined) return false;
  const name = (origin: string) => {
    const { protocol, hostname, port } = new URL(origin);
    const host = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname) ? "loopback" : hostname;
    return `${protocol}//${host}:${port}`;
  };
  return name(a) === name(b);
}

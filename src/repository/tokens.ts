import { randomBytes } from "node:crypto";
import * as v from "valibot";
import { FlashwireError } from "../core/errors.ts";
import { type Holder, SCOPES } from "../core/token.ts";
import { compareAndSwap, type Pacing } from "../store/cas.ts";
import { CONFLICT, unchanged } from "../store/port.ts";
import type { Log, Stores } from "../store/stores.ts";
import { MAX_TOKENS, TOKENS_CACHE_MS, UNKNOWN_TOKEN_CACHE_MS } from "./limits.ts";
import { getStored, parseStored, UnreadableError } from "./stored-json.ts";
import { digestOf, holderOf, isLive, limitsOf, type Token, TokensSchema } from "./token.ts";

/** What a token is made with. Without `scopes` it may do all. */
export type TokenTerms = { scopes?: readonly string[]; expires?: Date };

type Deps = Pacing & { stores: Stores; now(): number };

/** Names, scopes and digests of tokens. */
const TOKENS_KEY = "tokens/tokens.json";

const MEND =
  "Restore the file from a backup, or delete it and make the tokens again (`flashwire token create`).";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/**
 * Makes a token and answers it, this once. Throws `invalid` for a name that is taken or not valid, for an unknown scope, and
 * for a time that has passed.
 */
export async function createToken(
  services: Deps,
  name: string,
  { scopes = SCOPES, expires }: TokenTerms = {},
): Promise<string> {
  if (!NAME.test(name))
    throw new FlashwireError("invalid", "A name is 1 to 64 ASCII letters, digits, _ and -.");
  const now = services.now();
  if (expires !== undefined && !(expires.getTime() > now))
    throw new FlashwireError("invalid", "The token would have expired already.");
  const limited = limitsOf(scopes);
  const secret = `fw_${randomBytes(24).toString("base64url")}`;
  const token: Token = {
    name,
    sha256: digestOf(secret, limited).toString("hex"),
    created: new Date(now).toISOString(),
    ...(limited === undefined ? {} : { scopes: limited }),
    ...(expires === undefined ? {} : { expires: expires.toISOString() }),
  };
  await change(services, (tokens) => {
    // A put of ours whose answer was lost still won.
    if (tokens.some(({ sha256 }) => sha256 === token.sha256)) return tokens;
    if (tokens.some((other) => other.name === name && isLive(other, now)))
      throw new FlashwireError("invalid", `There is a token ${name} already; revoke it first.`);
    // One of the same name that no longer works makes room.
    const others = tokens.filter((other) => other.name !== name);
    if (others.length >= MAX_TOKENS)
      throw new FlashwireError("invalid", `There are ${MAX_TOKENS} tokens already.`);
    return [...others, token];
  });
  return secret;
}

/** All tokens, revoked and expired ones too; never a secret. Throws `unreadable` for a damaged file. */
export async function listTokens(services: Deps): Promise<Token[]> {
  return (await read(services)).tokens;
}

/** Cuts a holder off, within a minute. Throws `not-found`. */
export async function revokeToken(services: Deps, name: string): Promise<void> {
  await change(services, (tokens) => {
    if (!tokens.some((token) => token.name === name))
      throw new FlashwireError("not-found", `There is no token ${name}.`);
    const revoked = new Date(services.now()).toISOString();
    return tokens.map((token) => (token.name === name ? { revoked, ...token } : token));
  });
}

/**
 * Answers the holder of a token, and what that token may do; undefined for one that nobody holds any more. Throws
 * `unavailable` while the file of the tokens is damaged. Reads once a minute, and once every few seconds for a token that may
 * have been made since.
 */
export function storedTokens(services: Deps & { log: Log }): (secret: string) => Promise<Holder | undefined> {
  let known: { tokens: Promise<Token[]>; at: number; isDamaged?: boolean } | undefined;
  const tokens = (now: number, maxAge: number) => {
    // A damaged file is read again as soon as an unknown token would be, and is named in the log as seldom.
    const age = known?.isDamaged ? UNKNOWN_TOKEN_CACHE_MS : maxAge;
    // A clock may have gone back since.
    if (known === undefined || Math.abs(now - known.at) >= age) {
      const reading: NonNullable<typeof known> = { tokens: listTokens(services), at: now };
      known = reading;
      known.tokens.catch((error) => {
        if (isDamage(error)) {
          reading.isDamaged = true;
          services.log("tokens.failed", { key: TOKENS_KEY, error: error.message });
        } else known = undefined;
      });
    }
    return known.tokens.catch(throwClosed);
  };
  return async (secret) => {
    const now = services.now();
    const holder = holderOf(await tokens(now, TOKENS_CACHE_MS), secret, now);
    return holder ?? holderOf(await tokens(now, UNKNOWN_TOKEN_CACHE_MS), secret, now);
  };
}

/** Nobody is told apart while the list is damaged, so nobody gets in; the client may come back when it is mended. */
function throwClosed(error: unknown): never {
  if (!isDamage(error)) throw error;
  const detail = `What is stored under ${TOKENS_KEY} cannot be read, so nobody gets in by its tokens`;
  const cause = { cause: error };
  throw new FlashwireError("unavailable", `${detail} until the operator has mended the file.`, [], cause);
}

function isDamage(error: unknown): error is FlashwireError {
  return error instanceof FlashwireError && error.code === "unreadable";
}

/** Throws `unreadable` for a file that is not as the wire writes it: half a list does not tell which holders are missing. */
async function read({ stores }: Pick<Deps, "stores">): Promise<Stored> {
  try {
    const stored = await getStored(stores.newsroom, TOKENS_KEY);
    if (stored === undefined) return { tokens: [], tag: undefined };
    const { tokens } = parseStored<{ tokens: Token[] }>(TOKENS_KEY, stored, (value) =>
      v.is(TokensSchema, value),
    );
    return { tokens, tag: { etag: stored.etag } };
  } catch (cause) {
    if (!(cause instanceof UnreadableError)) throw cause;
    throw new FlashwireError("unreadable", `${cause.message} ${MEND}`, [], { cause });
  }
}

type Stored = { tokens: Token[]; tag: { etag: string } | undefined };

async function change(services: Deps, next: (tokens: Token[]) => Token[]): Promise<void> {
  await compareAndSwap(services, async () => {
    const { tokens, tag } = await read(services);
    const body = Buffer.from(`${JSON.stringify({ tokens: next(tokens) })}\n`);
    const etag = await services.stores.newsroom.put(TOKENS_KEY, body, {
      condition: unchanged(tag),
      contentType: "application/json",
    });
    return etag === CONFLICT ? CONFLICT : undefined;
  });
}

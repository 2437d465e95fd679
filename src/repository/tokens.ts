import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { FlashwireError } from "../core/errors.ts";
import { compareAndSwap, type Pacing } from "../store/cas.ts";
import { CONFLICT, unchanged } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";
import { MAX_TOKENS, TOKENS_CACHE_MS, UNKNOWN_TOKEN_CACHE_MS } from "./limits.ts";

/** Who may write. Of the token itself only its SHA-256 is kept: 192 random bits need no slower hash. */
export type Token = { name: string; sha256: string; created: string; expires?: string; revoked?: string };

type Deps = Pacing & { stores: Stores; now(): number };

/** Who may write: names and hashes of tokens. */
const TOKENS_KEY = "tokens/tokens.json";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Makes a token and answers it, this once. Throws `invalid` for a name that is taken or is none. */
export async function createToken(services: Deps, name: string, expires?: Date): Promise<string> {
  if (!NAME.test(name))
    throw new FlashwireError("invalid", "A name is 1 to 64 ASCII letters, digits, _ and -.");
  const now = services.now();
  if (expires !== undefined && !(expires.getTime() > now))
    throw new FlashwireError("invalid", "The token would have expired already.");
  const secret = `fw_${randomBytes(24).toString("base64url")}`;
  const token: Token = {
    name,
    sha256: digest(secret).toString("hex"),
    created: new Date(now).toISOString(),
    ...(expires === undefined ? {} : { expires: expires.toISOString() }),
  };
  await change(services, (tokens) => {
    // A put of ours whose answer was lost won all the same.
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

/** All tokens, revoked and expired ones too; never a secret. */
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
 * Answers the name of a token's holder; undefined for one that nobody holds any more. Reads once a minute, and once
 * every few seconds for a token that may have been made since.
 */
export function storedTokens(services: Deps): (secret: string) => Promise<string | undefined> {
  let known: { tokens: Promise<Token[]>; at: number } | undefined;
  const tokens = (now: number, maxAge: number) => {
    if (known === undefined || now - known.at >= maxAge) {
      known = { tokens: listTokens(services), at: now };
      // A read that failed is not remembered.
      known.tokens.catch(() => {
        known = undefined;
      });
    }
    return known.tokens;
  };
  return async (secret) => {
    const now = services.now();
    const holder = holderOf(await tokens(now, TOKENS_CACHE_MS), secret, now);
    return holder ?? holderOf(await tokens(now, UNKNOWN_TOKEN_CACHE_MS), secret, now);
  };
}

/** Compares with every token, in the same time whichever it is. */
function holderOf(tokens: Token[], secret: string, now: number): string | undefined {
  const given = digest(secret);
  let holder: string | undefined;
  for (const token of tokens) {
    const same = timingSafeEqual(given, Buffer.from(token.sha256, "hex"));
    if (same && isLive(token, now)) holder = token.name;
  }
  return holder;
}

export function isLive({ revoked, expires }: Token, now: number): boolean {
  return revoked === undefined && (expires === undefined || Date.parse(expires) > now);
}

async function read({ stores }: Deps): Promise<{ tokens: Token[]; tag: { etag: string } | undefined }> {
  const stored = await stores.newsroom.get(TOKENS_KEY);
  if (stored === undefined) return { tokens: [], tag: undefined };
  return { tokens: JSON.parse(Buffer.from(stored.body).toString()).tokens, tag: { etag: stored.etag } };
}

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

function digest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

import { createHash, timingSafeEqual } from "node:crypto";
import * as v from "valibot";
import { FlashwireError } from "../core/errors.ts";
import { type Holder, SCOPES, type Scope } from "../core/token.ts";

/**
 * The holders of tokens. Of the token itself only a SHA-256 is kept (`digestOf`): 192 random bits need no slower hash. A token
 * without `scopes` has all of them.
 */
export type Token = {
  name: string;
  sha256: string;
  created: string;
  scopes?: string[];
  expires?: string;
  revoked?: string;
};

const date = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text))),
);

/** What the list of tokens holds. */
export const TokensSchema = v.object({
  tokens: v.array(
    v.object({
      name: v.string(),
      sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      created: date,
      // A version to come may know more of them; a scope that this version does not know permits nothing.
      scopes: v.exactOptional(v.array(v.string())),
      expires: v.exactOptional(date),
      revoked: v.exactOptional(date),
    }),
  ),
});

/** Whether a token works at this time. */
export function isLive({ revoked, expires }: Token, now: number): boolean {
  return revoked === undefined && (expires === undefined || Date.parse(expires) > now);
}

/** What a token may do. */
export function scopesOf({ scopes }: Pick<Token, "scopes">): Scope[] {
  return SCOPES.filter((scope) => scopes === undefined || scopes.includes(scope));
}

/** The scopes as they are stored; undefined where they are all. Throws `invalid`. */
export function limitsOf(scopes: readonly string[]): Scope[] | undefined {
  const known = scopesOf({ scopes: [...scopes] });
  if (scopes.length === 0 || scopes.some((scope) => !known.includes(scope as Scope)))
    throw new FlashwireError("invalid", `The scopes of a token are some of ${SCOPES.join(", ")}.`);
  return known.length === SCOPES.length ? undefined : known;
}

/** Compares with every token, so that the time does not tell which one matches. */
export function holderOf(tokens: Token[], secret: string, now: number): Holder | undefined {
  let holder: Token | undefined;
  for (const token of tokens) {
    const same = timingSafeEqual(digestOf(secret, token.scopes), Buffer.from(token.sha256, "hex"));
    if (same && isLive(token, now)) holder = token;
  }
  return holder && { name: holder.name, scopes: scopesOf(holder) };
}

/**
 * The SHA-256 of a token covers its scopes. A version that knows no scopes makes another digest of the same token, so that it
 * refuses the token and does not give it all rights. No header can carry a line feed, so that no token reads like another with scopes.
 */
export function digestOf(secret: string, scopes: readonly string[] | undefined): Buffer {
  const text = scopes === undefined ? secret : [secret, ...scopes].join("\n");
  return createHash("sha256").update(text).digest();
}

import { MIN_PADDED_SECRET } from "./limits.ts";

/** What a token may do: read records, send live ones, withdraw articles. */
export const SCOPES = ["read", "write", "withdraw"] as const;
export type Scope = (typeof SCOPES)[number];

/** Who holds a token, and what that token may do. */
export type Holder = { name: string; scopes: readonly Scope[] };

/** What a header can carry (RFC 6750 §2.1 allows fewer characters; secrets made elsewhere may hold others). */
const SECRET = /^[\x21-\x7e]+$/;
const NAMED = /^([A-Za-z0-9][A-Za-z0-9_-]*)=(.*[^=].*)$/;
/** What a shell makes of `cms=$SECRET` where that variable is not set. A single secret in base64 may look so, too. */
const NAME_ALONE = /^[A-Za-z0-9][A-Za-z0-9_-]*=$/;
const HOW = "Write cms=one,desk=another, and default=one= for a secret that ends in =.";

/** A token that a header can carry. Throws an Error that does not repeat it. */
export function parseToken(text: string): string {
  if (!SECRET.test(text)) throw new Error("must be ASCII letters, digits and punctuation, without spaces");
  return text;
}

/**
 * Reads `secret`, or `cms=secret1,desk=secret2`: several at once, so that one holder can be cut off. One without a name
 * is called `default`. Answers the secrets by name. Throws an Error that never repeats a secret, also for a name without
 * its secret: `cms=` would else be a token that anybody can guess.
 */
export function parseTokens(text: string): Map<string, string> {
  const secrets = new Map<string, string>();
  const entries = text.split(",").map((part) => part.trim());
  for (const [i, entry] of entries.entries()) {
    if (NAME_ALONE.test(entry) && (entries.length > 1 || entry.length < MIN_PADDED_SECRET))
      throw new Error(`Token ${i + 1} of ${entries.length} has a name and no secret. ${HOW}`);
    const [, name = "default", secret = entry] = NAMED.exec(entry) ?? [];
    if (secret === "") throw new Error("A token is empty. Write one, or cms=one,desk=another.");
    if (!SECRET.test(secret))
      throw new Error(`The token of ${name} holds characters that no header can carry.`);
    if (secrets.has(name)) throw new Error(`Two tokens have the name ${name}. Write cms=one,desk=another.`);
    secrets.set(name, secret);
  }
  return secrets;
}

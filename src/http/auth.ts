import { createHash, timingSafeEqual } from "node:crypto";
import { FlashwireError } from "../core/errors.ts";
import { HeadedError } from "./headed-error.ts";

/** Answers the name of the holder of a token; undefined for a token that nobody holds. */
export type TokenCheck = (token: string) => Promise<string | undefined>;

/** What a header can carry (RFC 6750 §2.1 allows fewer signs; secrets made elsewhere may hold others). */
const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;
const NAMED = /^([A-Za-z0-9][A-Za-z0-9_-]*)=(.*[^=].*)$/;

/**
 * Reads `secret`, or `cms=secret1,desk=secret2`: several at once, so that one holder can be cut off. One without a name
 * is called `default`. Throws `invalid`, which never repeats a secret.
 */
export function tokensFrom(text: string): TokenCheck {
  const holders = new Map<string, Buffer>();
  for (const entry of text.split(",").map((part) => part.trim())) {
    const [, name = "default", secret = entry] = NAMED.exec(entry) ?? [];
    if (secret === "") throw new FlashwireError("invalid", "A token is empty.");
    if (!/^[\x21-\x7e]+$/.test(secret)) {
      throw new FlashwireError("invalid", `The token of ${name} holds signs that no header can carry.`);
    }
    if (holders.has(name)) throw new FlashwireError("invalid", `Two tokens have the name ${name}.`);
    holders.set(name, digest(secret));
  }
  return async (token) => {
    const given = digest(token);
    let holder: string | undefined;
    // Every one of them, in the same time, whichever it is.
    for (const [name, known] of holders) if (timingSafeEqual(given, known)) holder = name;
    return holder;
  };
}

/** RFC 6750 §3.1: only who has sent a token is told what is wrong with it. */
const INVALID_TOKEN = { "WWW-Authenticate": 'Bearer realm="flashwire", error="invalid_token"' };

/** The name of whoever sends the request. Throws `unauthorized`. */
export async function authorize(headers: Headers, tokens: TokenCheck): Promise<string> {
  const token = BEARER.exec(headers.get("authorization") ?? "")?.[1];
  if (token === undefined) throw new FlashwireError("unauthorized", "Send a token: Authorization: Bearer …");
  const holder = await tokens(token);
  if (holder === undefined) throw new HeadedError("unauthorized", "Nobody holds this token.", INVALID_TOKEN);
  return holder;
}

function digest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

import { createHash, timingSafeEqual } from "node:crypto";
import { FlashwireError } from "../core/errors.ts";
import { parseTokens } from "../core/token.ts";
import { HeadedError } from "./headed-error.ts";

/** Answers the name of the holder of a token; undefined for a token that nobody holds. */
export type TokenCheck = (token: string) => Promise<string | undefined>;

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/** Holders by their tokens, written as `parseTokens` reads them. Throws an Error that never repeats a secret. */
export function tokensFrom(text: string): TokenCheck {
  const holders = new Map([...parseTokens(text)].map(([name, secret]) => [name, digest(secret)]));
  return async (token) => {
    const given = digest(token);
    let holder: string | undefined;
    // Every one of them, in the same time, whichever it is.
    for (const [name, known] of holders) if (timingSafeEqual(given, known)) holder = name;
    return holder;
  };
}

/** Holders that any of these checks knows; the first one that knows a token names its holder. */
export function anyOf(...checks: TokenCheck[]): TokenCheck {
  return async (token) => {
    for (const check of checks) {
      const holder = await check(token);
      if (holder !== undefined) return holder;
    }
    return undefined;
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

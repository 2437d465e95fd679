import { createHash, timingSafeEqual } from "node:crypto";
import { FlashwireError } from "../core/errors.ts";
import { type Holder, parseTokens, SCOPES, type Scope } from "../core/token.ts";
import { HeadedError } from "./headed-error.ts";

/** Answers the holder of a token; undefined for a token that nobody holds. */
export type TokenCheck = (token: string) => Promise<Holder | undefined>;

/** The holder of the token of a request, and what the request asks for, in the words of the log. */
export type Caller = Holder & { asks: { what: string; line?: number; id?: string } };

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/**
 * Holders by their tokens, written as `parseTokens` reads them. Each of these tokens may do all. Throws an Error that never
 * repeats a secret.
 */
export function tokensFrom(text: string): TokenCheck {
  const holders = new Map([...parseTokens(text)].map(([name, secret]) => [name, digest(secret)]));
  return async (token) => {
    const given = digest(token);
    let holder: string | undefined;
    // All are compared, so that the time does not tell which one matches.
    for (const [name, known] of holders) if (timingSafeEqual(given, known)) holder = name;
    return holder === undefined ? undefined : { name: holder, scopes: SCOPES };
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

/** RFC 6750 §3.1: a client that sends no token is not told what is wrong with it. */
const INVALID_TOKEN = { "WWW-Authenticate": 'Bearer realm="flashwire", error="invalid_token"' };

/** The holder of the token that comes with the request. Throws `unauthorized`. */
export async function authorize(headers: Headers, tokens: TokenCheck): Promise<Holder> {
  const token = BEARER.exec(headers.get("authorization") ?? "")?.[1];
  if (token === undefined) throw new FlashwireError("unauthorized", "Send a token: Authorization: Bearer …");
  const holder = await tokens(token);
  if (holder === undefined) throw new HeadedError("unauthorized", "Nobody holds this token.", INVALID_TOKEN);
  return holder;
}

/** Throws `forbidden` where the token has none of these scopes. The refusal names the first of them. */
export function demand({ name, scopes, asks }: Caller, scope: Scope, ...others: Scope[]): void {
  if ([scope, ...others].some((one) => scopes.includes(one))) return;
  const detail = `The token does not have the scope ${scope}, which this needs. The operator can make one that has it.`;
  // RFC 6750 §3.1.
  const told = `Bearer realm="flashwire", error="insufficient_scope", scope="${scope}"`;
  const logged = { reason: "scope", scope, by: name, ...asks };
  throw new HeadedError("forbidden", detail, { "WWW-Authenticate": told }, logged);
}

/** What a token must have whose holder sends this record. */
export function scopeFor({ status }: { status: "published" | "withdrawn" }): Scope {
  return status === "withdrawn" ? "withdraw" : "write";
}

function digest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

import type { Asked, Reply } from "./http.ts";
import { pathOf } from "./http.ts";
import type { CachePolicy, Json } from "./template.ts";

/** An answer of an origin as the edge keeps it, compressed or not. Times in milliseconds. */
export type Kept = { reply: Reply; originTag: string | undefined; expires: number; staleUntil: number };

/**
 * The encodings of the viewer that count, best first; the edge likes br better than gzip. A cache policy puts them into the
 * cache key in this form, and nothing else of Accept-Encoding:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html, *Compressed objects*.
 */
export function acceptedEncodings({ headers }: Asked, { encodings }: CachePolicy): ("br" | "gzip")[] {
  const listed = (headers["accept-encoding"] ?? "").split(",").map((item) => item.trim().split(";"));
  const accepted = listed.filter(([, ...more]) => !more.some((one) => /^\s*q=0(?:\.0*)?\s*$/.test(one)));
  return encodings.filter((encoding) => accepted.some(([name]) => name?.trim() === encoding));
}

/** Path, the queries that the policy names, and the encodings. */
export function keyOf(asked: Asked, policy: CachePolicy): string {
  const query = new URL(asked.path, "https://wire.test").searchParams;
  const queries = policy.queries.map((name) => `${name}=${query.getAll(name)}`);
  return [pathOf(asked), ...queries, acceptedEncodings(asked, policy)].join(" ");
}

/**
 * For how many seconds the edge keeps an answer of 200:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html, the table of minimum, maximum, Cache-Control.
 */
export function secondsKept(cacheControl: string, { MinTTL, DefaultTTL, MaxTTL }: CachePolicy): number {
  if (/\b(no-cache|no-store|private)\b/.test(cacheControl)) return MinTTL;
  const age = secondsOf(cacheControl, "s-maxage") ?? secondsOf(cacheControl, "max-age");
  return age === undefined ? Math.max(MinTTL, DefaultTTL) : Math.min(Math.max(age, MinTTL), MaxTTL);
}

/** Seconds after the end in which the old answer still goes out while the edge asks for the new one (the same page). */
export const secondsStale = (cacheControl: string) => secondsOf(cacheControl, "stale-while-revalidate") ?? 0;

/** Errors that the edge keeps whatever their headers say, and those that it keeps where max-age says so. */
const ALWAYS_KEPT = [404, 405, 414, 500, 501, 502, 503, 504];
const KEPT_BY_AGE = [400, 403, 412, 415];

/**
 * For how many seconds the edge keeps an error: the greater of the error caching minimum, which is 10 where the distribution
 * sets none, and max-age: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
 */
export function secondsOfError({ status, headers }: Reply, { CustomErrorResponses = [] }: Json): number {
  const cacheControl = headers["cache-control"] ?? "";
  const age = secondsOf(cacheControl, "s-maxage") ?? secondsOf(cacheControl, "max-age");
  if (!ALWAYS_KEPT.includes(status) && (age === undefined || !KEPT_BY_AGE.includes(status))) return 0;
  const set = CustomErrorResponses.find(({ ErrorCode }: Json) => ErrorCode === status);
  return Math.max(set?.ErrorCachingMinTTL ?? 10, age ?? 0);
}

function secondsOf(cacheControl: string, directive: string): number | undefined {
  const [, seconds] = new RegExp(`(?:^|[\\s,])${directive}=(\\d+)`).exec(cacheControl) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

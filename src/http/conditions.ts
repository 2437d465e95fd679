import { FlashwireError } from "../core/errors.ts";
import type { Preconditions } from "../ingest/ingest.ts";

/** What a client may hold or ask for: RFC 9110 §13. */

/** The headers of a request: Headers, or what an adapter reads them from. Names are in lower case. */
export type ReaderHeaders = Pick<Headers, "get">;

const CONDITIONS = ["if-match", "if-unmodified-since", "if-none-match", "if-modified-since"];

/** Whether the answer to a GET depends on what the client has. */
export function isConditional(headers: ReaderHeaders): boolean {
  return CONDITIONS.some((name) => headers.get(name) !== null);
}

/** The ETag of an encoding of what `etag` names: other bytes, another tag. */
export function encodedEtag(etag: string, encoding: "gzip" | "br" | undefined): string {
  return encoding === undefined ? etag : etag.replace(/"$/, `-${encoding}"`);
}

/** The condition of a write: If-Match, or If-None-Match for a write that must be the first. */
export function preconditions(headers: Headers): Preconditions {
  const match = etags(headers.get("if-match"));
  const none = etags(headers.get("if-none-match"));
  if (match === undefined && none === undefined) return {};
  return {
    // If-Match compares strongly: a weak tag matches nothing (§13.1.1).
    ifMatch: (etag) =>
      (match === undefined || (etag !== undefined && (match === "*" || match.includes(etag)))) &&
      (none === undefined || etag === undefined || (none !== "*" && !none.map(strong).includes(etag))),
  };
}

/**
 * Whether the client already has what it asks for. `etag` names what it would be sent, encoding included; `modified` is
 * what Last-Modified says, in milliseconds. In the order of §13.2.2: throws `precondition-failed` first, for a client
 * that wants this only while it is what it was; then If-None-Match goes before If-Modified-Since.
 */
export function isKnown(headers: ReaderHeaders, etag: string, modified?: number): boolean {
  if (!isWanted(headers, etag, modified)) {
    throw new FlashwireError(
      "precondition-failed",
      "The document is not the one that If-Match or If-Unmodified-Since names.",
    );
  }
  const none = etags(headers.get("if-none-match"));
  if (none !== undefined) return none === "*" || none.map(strong).includes(etag);
  const since = httpDate(headers.get("if-modified-since"));
  return modified !== undefined && since !== undefined && modified <= since;
}

/** If-Match goes before If-Unmodified-Since, which means nothing where there is no date (§13.1.4). */
function isWanted(headers: ReaderHeaders, etag: string, modified: number | undefined): boolean {
  const match = etags(headers.get("if-match"));
  if (match !== undefined) return match === "*" || match.includes(etag);
  const since = httpDate(headers.get("if-unmodified-since"));
  return modified === undefined || since === undefined || modified <= since;
}

/**
 * What Last-Modified says of an object written at `modified`: the end of that second, so that no second change in it
 * goes unseen. Undefined until it is over, since the date would be in the future (RFC 9110 §8.8.2.1). Milliseconds.
 */
export function lastModified(modified: number, now: number): number | undefined {
  const end = (Math.floor(modified / 1_000) + 1) * 1_000;
  return end <= now ? end : undefined;
}

function etags(header: string | null): string[] | "*" | undefined {
  if (header === null) return undefined;
  return header.trim() === "*" ? "*" : (header.match(/(?:W\/)?"[^"]*"/g) ?? []);
}

function strong(etag: string): string {
  return etag.replace(/^W\//, "");
}

/** The three forms of RFC 9110 §5.6.7, in milliseconds; undefined for anything else. */
function httpDate(text: string | null): number | undefined {
  const isDate =
    /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(text ?? "") ||
    /^[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT$/.test(text ?? "");
  const isAsctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/.test(text ?? "");
  const time = isDate || isAsctime ? Date.parse(isDate ? `${text}` : `${text} GMT`) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

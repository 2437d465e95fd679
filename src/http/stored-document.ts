import { rightsHeaders } from "../render/signals.ts";
import type { DocumentPlace } from "../repository/documents.ts";
import type { Services } from "../services.ts";
import type { ObjectHead } from "../store/port.ts";
import { encodedEtag, isConditional, isKnown, lastModified, type ReaderHeaders } from "./conditions.ts";
import { type Copies, type Encoding, negotiate } from "./encoding.ts";
import { MIN_COMPRESSED_BYTES } from "./limits.ts";

/** A document that has an address; `links` go into the header Link of the answer, `more` beside it. */
export type Addressed = { place: DocumentPlace; links: string[]; more?: Record<string, string> };

/** What goes out, in the words that Response and node:http share. */
export type Answer = { status: 200 | 304; headers: Record<string, string>; body?: Uint8Array };

type AnswerParts = { services: Services; copies: Copies };

/** The site file may change: no cache may send readers on for longer than an hour without asking again. */
export const MOVED_CACHE = "public, max-age=3600";

/** What every answer with a document says. Any page may read it. */
const ALWAYS = {
  Vary: "Accept-Encoding",
  "X-Content-Type-Options": "nosniff",
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Content-Encoding, Content-Length",
};

const PREFLIGHT = {
  "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
  "Access-Control-Allow-Headers":
    "If-None-Match, If-Modified-Since, If-Match, If-Unmodified-Since, Accept, Cache-Control",
  "Access-Control-Max-Age": "86400",
  Allow: "GET, HEAD, OPTIONS",
};

/** The answer to a browser that asks whether a page may ask for a document with conditions. */
export const preflight = () => new Response(null, { status: 204, headers: PREFLIGHT });

/**
 * The stored document as a CDN serves it: 200 or 304, packed where the reader takes that; undefined where there is none.
 * `isPolled`: it was answered before, so a look at its head may spare reading it. Throws `precondition-failed`.
 */
export async function answerStored(
  parts: AnswerParts,
  document: Addressed,
  reader: ReaderHeaders,
  isPolled: boolean,
): Promise<Answer | undefined> {
  // Most readers have the document, and for most others there is a packed copy: for them it need not be read.
  const byHead = async () =>
    isPolled || isConditional(reader) ? answerByHead(parts, document, reader) : undefined;
  const read = () => answerRead(parts, document, reader);
  const answer = await byHead();
  if (answer) return answer;
  if (negotiate(reader, MIN_COMPRESSED_BYTES) === undefined) return read();
  // Another reader of the document may have had the turn before.
  return parts.copies.inTurn(async () => (await byHead()) ?? read());
}

/** The answer that the object's head and the memory suffice for. */
async function answerByHead(
  parts: AnswerParts,
  document: Addressed,
  reader: ReaderHeaders,
): Promise<Answer | undefined> {
  const head = await parts.services.stores.published.head(document.place.key);
  return head && (answerKnown(parts, document, reader, head) ?? answerCopy(parts, document, reader, head));
}

async function answerRead(
  parts: AnswerParts,
  document: Addressed,
  reader: ReaderHeaders,
): Promise<Answer | undefined> {
  const stored = await parts.services.stores.published.get(document.place.key);
  if (stored === undefined) return undefined;
  // It may have changed since.
  const known = answerKnown(parts, document, reader, stored);
  if (known) return known;
  const encoding = negotiate(reader, stored.size);
  const body = encoding ? await parts.copies.make(stored.etag, encoding, stored.body) : stored.body;
  return answerWhole(parts, document, stored, encoding, body);
}

/** The 304 for a reader that has the document. */
function answerKnown(
  { services }: AnswerParts,
  document: Addressed,
  reader: ReaderHeaders,
  head: ObjectHead,
): Answer | undefined {
  const encoding = negotiate(reader, head.size);
  const modified = lastModified(head.modified.getTime(), services.now());
  if (!isKnown(reader, encodedEtag(head.etag, encoding), modified)) return undefined;
  const headers = remembered(services, MADE[304], document, head, encoding, () =>
    headersOf(services, document, head, encoding),
  );
  return { status: 304, headers };
}

/** The 200 with the packed copy of exactly these bytes that is in memory. */
function answerCopy(
  parts: AnswerParts,
  document: Addressed,
  reader: ReaderHeaders,
  head: ObjectHead,
): Answer | undefined {
  const encoding = negotiate(reader, head.size);
  const body = encoding && parts.copies.find(head.etag, encoding);
  return body && answerWhole(parts, document, head, encoding, body);
}

function answerWhole(
  { services }: AnswerParts,
  document: Addressed,
  head: ObjectHead,
  encoding: Encoding | undefined,
  body: Uint8Array,
): Answer {
  const headers = remembered(services, MADE[200], document, head, encoding, () => ({
    ...headersOf(services, document, head, encoding),
    "Content-Type": document.place.contentType,
    "Content-Length": String(body.byteLength),
    ...(encoding ? { "Content-Encoding": encoding } : {}),
  }));
  return { status: 200, headers, body };
}

type Made = { etag: string; modified: number; headers: Answer["headers"] };

type MadeByEncoding = Map<Encoding | undefined, Made>;

/** The headers that were made last for each kind of answer with a document. */
const MADE = {
  200: new WeakMap<Addressed, MadeByEncoding>(),
  304: new WeakMap<Addressed, MadeByEncoding>(),
};

/** `make` is asked once for a version of the document, when its Last-Modified stands: see `lastModified`. */
function remembered(
  services: Services,
  kind: WeakMap<Addressed, MadeByEncoding>,
  document: Addressed,
  head: ObjectHead,
  encoding: Encoding | undefined,
  make: () => Answer["headers"],
): Answer["headers"] {
  const modified = head.modified.getTime();
  const last = kind.get(document)?.get(encoding);
  if (last?.etag === head.etag && last.modified === modified) return last.headers;
  const headers = make();
  if (lastModified(modified, services.now()) === undefined) return headers;
  const all: MadeByEncoding = kind.get(document) ?? new Map();
  kind.set(document, all.set(encoding, { etag: head.etag, modified, headers }));
  return headers;
}

/** What a 200 and a 304 have in common: what they say of the document, and what machines may do with it. */
function headersOf(
  services: Services,
  { place, links, more = {} }: Addressed,
  { etag, modified }: ObjectHead,
  encoding: Encoding | undefined,
): Answer["headers"] {
  const date = lastModified(modified.getTime(), services.now());
  const rights = rightsHeaders(services.site);
  const others = rights.filter(({ name }) => name !== "Link").map(({ name, text }) => [name, text]);
  const all = [...links, ...rights.filter(({ name }) => name === "Link").map(({ text }) => text)];
  return {
    ETag: encodedEtag(etag, encoding),
    ...(date === undefined ? {} : { "Last-Modified": new Date(date).toUTCString() }),
    "Cache-Control": place.cacheControl,
    ...(all.length > 0 && { Link: all.join(", ") }),
    ...Object.fromEntries(others),
    ...ALWAYS,
    ...more,
  };
}

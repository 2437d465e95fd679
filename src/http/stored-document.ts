import type { Site } from "../core/site.ts";
import { rightsHeaders } from "../render/signals.ts";
import type { DocumentPlace } from "../repository/documents.ts";
import type { Services } from "../services.ts";
import type { ObjectHead, StoredObject } from "../store/port.ts";
import { encodedEtag, isConditional, isKnown, lastModified } from "./conditions.ts";
import { type Compressor, type Encoding, negotiate } from "./encoding.ts";

/** A document that a reader asks for with these headers; `links` go into the header Link of the answer, `more` beside it. */
type Asked = { place: DocumentPlace; links: string[]; headers: Headers; more?: Record<string, string> };

/** The site file may change: no cache may send readers on for longer than an hour without asking again. */
export const MOVED_CACHE = "public, max-age=3600";

const EXPOSED = {
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

/** The stored document as a CDN serves it: 200 or 304, packed where the reader takes that; undefined where there is none. */
export async function answerStored(
  services: Services,
  compress: Compressor,
  asked: Asked,
): Promise<Response | undefined> {
  const { published } = services.stores;
  const { key } = asked.place;
  // Most readers have the document: for them it need not be read.
  const head = isConditional(asked.headers) ? await published.head(key) : undefined;
  const known = head && answerKnown(services, asked, head);
  if (known) return known;
  const document = await published.get(key);
  if (document === undefined) return undefined;
  // It may have changed since.
  return answerKnown(services, asked, document) ?? answerDocument(services, compress, asked, document);
}

/** The 304 for a reader that has the document. */
function answerKnown(services: Services, asked: Asked, head: ObjectHead): Response | undefined {
  const encoding = negotiate(asked.headers, head.size);
  const modified = lastModified(head.modified.getTime(), services.now());
  if (!isKnown(asked.headers, encodedEtag(head.etag, encoding), modified)) return undefined;
  return new Response(null, { status: 304, headers: headersOf(services, asked, head, encoding) });
}

async function answerDocument(
  services: Services,
  compress: Compressor,
  asked: Asked,
  document: StoredObject,
): Promise<Response> {
  const encoding = negotiate(asked.headers, document.size);
  const body = encoding ? await compress(document.etag, encoding, document.body) : document.body;
  // Copying it only to please the type (no store shares memory between threads) would cost more than sending it.
  return new Response(body as Uint8Array<ArrayBuffer>, {
    headers: {
      ...headersOf(services, asked, document, encoding),
      "Content-Type": asked.place.contentType,
      "Content-Length": String(body.byteLength),
      ...(encoding ? { "Content-Encoding": encoding } : {}),
    },
  });
}

/** The links of a document, and what machines may do with it. */
function rightsIn(site: Site, links: string[]): Record<string, string> {
  const headers = rightsHeaders(site);
  const others = headers.filter(({ name }) => name !== "Link").map(({ name, text }) => [name, text]);
  const more = headers.filter(({ name }) => name === "Link").map(({ text }) => text);
  const all = [...links, ...more];
  return { ...(all.length > 0 && { Link: all.join(", ") }), ...Object.fromEntries(others) };
}

/** What a 200 and a 304 have in common. */
function headersOf(
  services: Services,
  { place, links, more = {} }: Asked,
  { etag, modified }: ObjectHead,
  encoding: Encoding | undefined,
): Record<string, string> {
  const date = lastModified(modified.getTime(), services.now());
  return {
    ETag: encodedEtag(etag, encoding),
    ...(date === undefined ? {} : { "Last-Modified": new Date(date).toUTCString() }),
    "Cache-Control": place.cacheControl,
    ...rightsIn(services.site, links),
    Vary: "Accept-Encoding",
    ...EXPOSED,
    ...more,
  };
}

import type { Hono } from "hono";
import { FlashwireError } from "../core/errors.ts";
import { resolveFeed } from "../core/feeds.ts";
import {
  DOCUMENT_FILES,
  documentKey,
  documentUrl,
  FORMAT_NAMES,
  type FormatName,
  removedKey,
} from "../core/keys.ts";
import { MAX_SLUG } from "../core/limits.ts";
import { slug } from "../core/text.ts";
import { DOCUMENT_HEADERS } from "../render/formats.ts";
import type { Services } from "../services.ts";
import type { ObjectHead } from "../store/port.ts";
import { encodedEtag, isKnown, lastModified } from "./conditions.ts";
import { type Compressor, createCompressor, type Encoding, negotiate } from "./encoding.ts";
import { problemResponse } from "./problem.ts";
import { route } from "./route.ts";

type Address = { feed: string; format: FormatName };

/** Any page may read a feed, and see what it needs to ask again well. */
const CORS = { "Access-Control-Allow-Origin": "*" };
const EXPOSED = {
  "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Content-Encoding, Content-Length",
};
const PREFLIGHT = {
  ...CORS,
  "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
  "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, Accept, Cache-Control",
  "Access-Control-Max-Age": "86400",
  Allow: "GET, HEAD, OPTIONS",
};

/** The documents, for everybody. */
export function feedRoutes(app: Hono, services: Services): void {
  const compress = createCompressor();
  route(app, services, "/feeds/*", {
    GET: async (c) => {
      try {
        return await getDocument(services, compress, c.req.raw);
      } catch (error) {
        // A page that may read a feed may also see why it cannot.
        return problemResponse(services, error, { headers: CORS });
      }
    },
    OPTIONS: () => new Response(null, { status: 204, headers: PREFLIGHT }),
  });
}

async function getDocument(services: Services, compress: Compressor, request: Request): Promise<Response> {
  const address = addressOf(new URL(request.url).pathname);
  if (address === undefined) throw notFound();
  if (resolveFeed(services.site, address.feed) === undefined) throw await goneOrUnknown(services, address);
  const known = await answerKnown(services, address, request.headers);
  if (known !== undefined) return known;
  const document = await services.stores.site.get(documentKey(address.feed, address.format));
  if (document === undefined) throw notFound();
  const encoding = negotiate(request.headers, document.size);
  const body = encoding ? await compress(document.etag, encoding, document.body) : document.body;
  // Copying it only to please the type (no store shares memory between threads) would cost more than sending it.
  return new Response(body as Uint8Array<ArrayBuffer>, {
    headers: {
      ...headersOf(services, address, document, encoding),
      "Content-Type": DOCUMENT_HEADERS[address.format].contentType,
      "Content-Length": String(body.byteLength),
      ...(encoding ? { "Content-Encoding": encoding } : {}),
    },
  });
}

/** The 304 for a reader that has the document, as most have; the document itself need not be read for them. */
async function answerKnown(
  services: Services,
  address: Address,
  headers: Headers,
): Promise<Response | undefined> {
  if (!headers.has("if-none-match") && !headers.has("if-modified-since")) return undefined;
  const head = await services.stores.site.head(documentKey(address.feed, address.format));
  if (!head || !isKnown(headers, head.etag, lastModified(head.modified.getTime(), services.now())))
    return undefined;
  const encoding = negotiate(headers, head.size);
  return new Response(null, { status: 304, headers: headersOf(services, address, head, encoding) });
}

/** What a 200 and a 304 have in common. */
function headersOf(
  services: Services,
  { feed, format }: Address,
  { etag, modified }: ObjectHead,
  encoding: Encoding | undefined,
): Record<string, string> {
  const { origin, hubs } = services.site;
  const links = [
    `<${documentUrl(origin, feed, format)}>; rel="self"`,
    ...hubs.map((hub) => `<${hub}>; rel="hub"`),
  ];
  const date = lastModified(modified.getTime(), services.now());
  return {
    ETag: encoding ? encodedEtag(etag, encoding) : etag,
    ...(date === undefined ? {} : { "Last-Modified": new Date(date).toUTCString() }),
    "Cache-Control": DOCUMENT_HEADERS[format].cacheControl,
    Link: links.join(", "),
    Vary: "Accept-Encoding",
    ...CORS,
    ...EXPOSED,
  };
}

/** `/feeds/section/usa/atom.xml`; undefined for what can be no document's address. */
function addressOf(pathname: string): Address | undefined {
  const [, , ...segments] = pathname.split("/");
  const file = segments.pop();
  const format = FORMAT_NAMES.find((name) => DOCUMENT_FILES[name] === file);
  const names = segments.map(decode);
  const areNames = names.length > 0 && names.length <= 2 && names.every(isName);
  return format !== undefined && areNames ? { feed: names.join("/"), format } : undefined;
}

function isName(text: string | undefined): boolean {
  return text !== undefined && text !== "" && text.length <= 2 * MAX_SLUG && slug(text) === text;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** A feed that the site file does not define: it was removed if anything of it is left, else there never was one. */
async function goneOrUnknown({ stores }: Services, { feed, format }: Address): Promise<FlashwireError> {
  const left = await Promise.all([
    stores.site.head(removedKey(feed)),
    stores.site.head(documentKey(feed, format)),
  ]);
  if (left.every((head) => head === undefined)) return notFound();
  return new FlashwireError("removed", "The newsroom no longer publishes this feed.");
}

function notFound(): FlashwireError {
  return new FlashwireError("not-found", "There is no such feed, or nothing has been published in it yet.");
}

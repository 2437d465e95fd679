import type { Hono } from "hono";
import { FlashwireError } from "../../core/errors.ts";
import { resolveFeed } from "../../core/feed.ts";
import { documentUrl, removedKey } from "../../core/keys.ts";
import { MAX_SLUG } from "../../core/limits.ts";
import { movedTo } from "../../core/renames.ts";
import { SMOKE_FEED } from "../../core/smoke.ts";
import { slug, withoutDottedI } from "../../core/text.ts";
import { type FeedTraits, type Output, outputsOf } from "../../render/outputs.ts";
import type { Services } from "../../services.ts";
import type { ObjectHead, StoredObject } from "../../store/port.ts";
import { encodedEtag, isConditional, isKnown, lastModified } from "../conditions.ts";
import { type Compressor, createCompressor, type Encoding, negotiate } from "../encoding.ts";
import { route } from "../route.ts";

type Asked = { output: Output; headers: Headers };

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

/** The site file may change: no cache may send readers on for longer than an hour without asking again. */
const MOVED_CACHE = "public, max-age=3600";

/** The documents, for everybody. */
export function feedRoutes(app: Hono, services: Services): void {
  const compress = createCompressor();
  app.use("/feeds/*", async (c, next) => {
    await next();
    // Any page may read a feed, and see why it cannot.
    c.res.headers.set("Access-Control-Allow-Origin", "*");
  });
  route(app, services, "/feeds/*", {
    GET: (c) => getDocument(services, compress, c.req.raw),
    OPTIONS: () => new Response(null, { status: 204, headers: PREFLIGHT }),
  });
}

async function getDocument(
  services: Services,
  compress: Compressor,
  { url, headers }: Request,
): Promise<Response> {
  const { pathname, search } = new URL(url);
  const place = placeAt(pathname);
  if (place === undefined) throw notFound();
  const moved = answerMoved(services, place, search);
  if (moved !== undefined) return moved;
  const feed = resolveFeed(services.site, place.feed);
  const output = outputAt(feed ?? { name: place.feed }, place.file);
  if (output === undefined) throw notFound();
  if (feed === undefined) throw await goneOrUnknown(services, output);
  const asked = { output, headers };
  const { key } = output;
  const { published } = services.stores;
  // Most readers have the document: for them it need not be read.
  const head = isConditional(headers) ? await published.head(key) : undefined;
  const known = head && answerKnown(services, asked, head);
  if (known) return known;
  const document = await published.get(key);
  if (document === undefined) throw notFound();
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
      "Content-Type": asked.output.from.format.contentType,
      "Content-Length": String(body.byteLength),
      ...(encoding ? { "Content-Encoding": encoding } : {}),
    },
  });
}

/** What a 200 and a 304 have in common. */
function headersOf(
  services: Services,
  { output }: Asked,
  { etag, modified }: ObjectHead,
  encoding: Encoding | undefined,
): Record<string, string> {
  const { origin, hubs } = services.site;
  const links = [
    `<${documentUrl(origin, output.from.feed, output.from.format.file)}>; rel="self"`,
    ...hubs.map((hub) => `<${hub}>; rel="hub"`),
  ];
  const date = lastModified(modified.getTime(), services.now());
  return {
    ETag: encodedEtag(etag, encoding),
    ...(date === undefined ? {} : { "Last-Modified": new Date(date).toUTCString() }),
    "Cache-Control": output.cacheControl,
    Link: links.join(", "),
    Vary: "Accept-Encoding",
    ...EXPOSED,
  };
}

/** Where an address leads: a feed by its name, in whatever spelling, and the last segment of the path. */
type Place = { feed: string; file: string };

/** `/feeds/section/usa/atom.xml`; undefined where no document can be, nor has been. */
function placeAt(pathname: string): Place | undefined {
  const [, , ...segments] = pathname.split("/");
  const file = segments.pop() ?? "";
  const names = segments.map(decode);
  const feed = names.join("/");
  const isFeed = names.length > 0 && names.length <= 2 && names.every(isName);
  return isFeed || feed === SMOKE_FEED ? { feed, file } : undefined;
}

/** The document of a feed with this file name; undefined where no document can be. */
function outputAt(feed: FeedTraits, file: string): Output | undefined {
  return outputsOf(feed).find(({ from }) => from.format.file === file);
}

/** Sends readers of an old name on, for good: to the same document of the feed as it is called now, or to its page. */
function answerMoved({ site }: Services, { feed, file }: Place, search: string): Response | undefined {
  const name = movedTo(site, feed);
  if (name === undefined || resolveFeed(site, name) === undefined) return undefined;
  if (file !== "" && outputAt({ name }, file) === undefined) return undefined;
  const Location = `${documentUrl(site.origin, name, file)}${search}`;
  return new Response(null, { status: 301, headers: { Location, "Cache-Control": MOVED_CACHE } });
}

/** A name as it is written today, or as the version before spelled it. */
function isName(text: string | undefined): boolean {
  if (text === undefined || text === "" || text.length > 2 * MAX_SLUG) return false;
  const today = withoutDottedI(text);
  return slug(today) === today;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** A feed that the site file does not define: it was removed if anything of it is left, else there never was one. */
async function goneOrUnknown({ stores }: Services, { key, from }: Output): Promise<FlashwireError> {
  const left = await Promise.all([stores.published.head(removedKey(from.feed)), stores.published.head(key)]);
  if (left.every((head) => head === undefined)) return notFound();
  return new FlashwireError("removed", "The newsroom no longer publishes this feed.");
}

function notFound(): FlashwireError {
  return new FlashwireError("not-found", "There is no such feed, or nothing has been published in it yet.");
}

import type { Hono } from "hono";
import { FlashwireError } from "../../core/errors.ts";
import { resolveFeed } from "../../core/feed.ts";
import { directoryPageOf, documentUrl, removedKey } from "../../core/keys.ts";
import { MAX_SLUG } from "../../core/limits.ts";
import { movedTo } from "../../core/renames.ts";
import { SMOKE_FEED } from "../../core/smoke.ts";
import { slug, withoutDottedI } from "../../core/text.ts";
import { type FeedTraits, type Output, outputsOf } from "../../render/outputs.ts";
import type { Services } from "../../services.ts";
import type { Compressor } from "../encoding.ts";
import { route } from "../route.ts";
import { answerStored, preflight } from "../stored-document.ts";
import { getDirectory } from "./directory.ts";

/** The site file may change: no cache may send readers on for longer than an hour without asking again. */
const MOVED_CACHE = "public, max-age=3600";

/** The documents, for everybody. */
export function feedRoutes(app: Hono, services: Services, compress: Compressor): void {
  route(app, services, "/feeds/*", {
    GET: (c) => {
      const page = directoryPageOf(new URL(c.req.url).pathname.slice(1));
      return page === undefined
        ? getDocument(services, compress, c.req.raw)
        : getDirectory(services, compress, c.req.raw, page);
    },
    OPTIONS: preflight,
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
  const answer = await answerStored(services, compress, {
    // Readers get the true media type, which a CDN sets as well.
    place: { ...output, contentType: output.from.format.contentType },
    links: linksOf(services, output),
    headers,
  });
  if (answer === undefined) throw notFound();
  return answer;
}

/** The document itself, and the hubs that tell of its changes. */
function linksOf({ site: { origin, hubs } }: Services, { from: { feed, format } }: Output): string[] {
  const self = `<${documentUrl(origin, feed, format.file)}>; rel="self"`;
  return [self, ...hubs.map((hub) => `<${hub}>; rel="hub"`)];
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

import type { Hono } from "hono";
import { FlashwireError } from "../../core/errors.ts";
import { resolveFeed } from "../../core/feed.ts";
import { directoryPageOf, documentUrl, removedKey } from "../../core/keys.ts";
import { MAX_SLUG } from "../../core/limits.ts";
import { movedTo } from "../../core/renames.ts";
import { SMOKE_FEED } from "../../core/smoke.ts";
import { slug, withoutDottedI } from "../../core/text.ts";
import { assetOutput, type FeedTraits, type Output, outputsOf } from "../../render/outputs.ts";
import { PAGE_HEADERS } from "../../render/page/policy.ts";
import type { Services } from "../../services.ts";
import type { Documents } from "../documents.ts";
import { route } from "../route.ts";
import { MOVED_CACHE, preflight } from "../stored-document.ts";
import { getDirectory } from "./directory.ts";

/** The file of a page: its address ends in the slash before it. */
const PAGE_FILE = "index.html";

/** The documents, for everybody. */
export function feedRoutes(app: Hono, services: Services, documents: Documents): void {
  route(app, services, "/feeds/*", {
    GET: (c) => {
      const page = directoryPageOf(new URL(c.req.url).pathname.slice(1));
      return page === undefined
        ? getDocument(services, documents, c.req.raw)
        : getDirectory(services, documents, c.req.raw, page);
    },
    OPTIONS: preflight,
  });
  route(app, services, "/assets/:file", {
    GET: ({ req }) => getAsset(documents, req.raw, req.param("file") ?? ""),
    OPTIONS: preflight,
  });
}

/** A file that pages load. */
async function getAsset(documents: Documents, request: Request, file: string): Promise<Response> {
  const { contentType, ...place } = assetOutput(file);
  const asset = contentType && { place: { ...place, contentType }, links: [] };
  const answer = asset && (await documents.answer(request, asset));
  if (!answer) throw new FlashwireError("not-found", "No page loads such a file.");
  return answer;
}

async function getDocument(services: Services, documents: Documents, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const page = pageAt(services, pathname);
  if (page !== undefined) return movedFor(page, search);
  const place = placeAt(pathname);
  if (place === undefined) throw notFound();
  const moved = answerMoved(services, place, search);
  if (moved !== undefined) return moved;
  const feed = resolveFeed(services.site, place.feed);
  const output = outputAt(feed ?? { name: place.feed }, place.file);
  if (output === undefined && outputAt({ name: place.feed }, place.file) !== undefined) throw notChosen();
  if (output === undefined) throw notFound();
  if (feed === undefined) throw await goneOrUnknown(services, output);
  const answer = await documents.answer(request, {
    // Readers get the true media type, which a CDN sets as well.
    place: { ...output, contentType: output.from.format.contentType },
    links: linksOf(services, output),
    ...(output.from.format.forPeople && { more: PAGE_HEADERS }),
  });
  if (answer === undefined) throw notFound();
  return answer;
}

/** The document itself, and the hubs that tell of its changes. */
function linksOf({ site: { origin, hubs } }: Services, { from: { feed, format } }: Output): string[] {
  const self = `<${documentUrl(origin, feed, format.segment)}>; rel="self"`;
  return [self, ...hubs.map((hub) => `<${hub}>; rel="hub"`)];
}

/** Where an address leads: a feed by its name, in any spelling, and the last segment of the path. */
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

/** The document of a feed at this last segment; undefined where no document can be. */
function outputAt(feed: FeedTraits, segment: string): Output | undefined {
  return outputsOf(feed).find(({ from }) => from.format.segment === segment);
}

/** The address of the page that people mean who leave out the slash, or who name its file; undefined for any other path. */
function pageAt({ site }: Services, pathname: string): string | undefined {
  const feed = pathname.endsWith(`/${PAGE_FILE}`)
    ? placeAt(pathname)?.feed
    : pathname.endsWith("/")
      ? undefined
      : placeAt(`${pathname}/`)?.feed;
  if (feed === undefined) return undefined;
  const name = movedTo(site, feed) ?? feed;
  return resolveFeed(site, name) && documentUrl(site.origin, name, "");
}

/** Sends readers of an old name on, for good: to the same document of the feed as it is called now, or to its page. */
function answerMoved({ site }: Services, { feed, file }: Place, search: string): Response | undefined {
  const name = movedTo(site, feed);
  if (name === undefined || resolveFeed(site, name) === undefined) return undefined;
  if (file !== "" && outputAt({ name }, file) === undefined) return undefined;
  return movedFor(documentUrl(site.origin, name, file), search);
}

function movedFor(url: string, search: string): Response {
  const headers = { Location: `${url}${search}`, "Cache-Control": MOVED_CACHE };
  return new Response(null, { status: 301, headers });
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

function notChosen(): FlashwireError {
  return new FlashwireError("removed", "The newsroom does not publish this feed in this format.");
}

function notFound(): FlashwireError {
  return new FlashwireError("not-found", "There is no such feed, or nothing has been published in it yet.");
}

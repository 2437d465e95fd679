import type { Hono } from "hono";
import pMap from "p-map";
import type { Directory, ListedFeed } from "../../contract/answers.ts";
import { FlashwireError } from "../../core/errors.ts";
import { EXTENSION_PATH } from "../../core/extension.ts";
import { resolveFeed } from "../../core/feed.ts";
import { isForReaders } from "../../core/smoke.ts";
import { addressesOf, documentKeysOf } from "../../render/outputs.ts";
import { orUnreadable, UnreadableError } from "../../repository/stored-json.ts";
import { listFeedNames, readWindow } from "../../repository/windows.ts";
import type { Services } from "../../services.ts";
import { md5Etag } from "../../store/etag.ts";
import { CONCURRENCY } from "../../store/limits.ts";
import { isKnown } from "../conditions.ts";
import { extensionPage } from "../extension-page.ts";
import { createHealth } from "../health.ts";
import { FEEDS_PAGE } from "../limits.ts";
import { openApi } from "../openapi/document.ts";
import { type Deps, type Handler, route } from "../route.ts";
import { SCHEMA_FILES } from "../schemas.ts";

const SHARED = { "Cache-Control": "public, max-age=60", "Access-Control-Allow-Origin": "*" };

/** What there is to know about this wire, for everybody. */
export function aboutRoutes(app: Hono, deps: Deps): void {
  const { services } = deps;
  const directory: Handler = async ({ req }) =>
    shared(req.raw, jsonText(await directoryOf(services, new URL(req.url).searchParams)));
  route(app, services, "/", { GET: directory });
  route(app, services, "/feeds", { GET: directory });
  const pages: [path: string, type: string, text: () => string][] = [
    ["/openapi.json", "application/json", () => jsonText(openApi(services.site))],
    [EXTENSION_PATH, "text/html; charset=utf-8", () => extensionPage(services.site)],
    ...Object.entries(SCHEMA_FILES).map(([file, schema]): (typeof pages)[number] => [
      `/schemas/${file}`,
      "application/schema+json",
      () => jsonText(schema()),
    ]),
  ];
  for (const [path, type, text] of pages) {
    route(app, services, path, { GET: ({ req }) => shared(req.raw, text(), type) });
  }
  route(app, services, "/healthz", { GET: createHealth(deps) });
}

/** For everybody, with an ETag for who asks again. */
function shared({ headers }: Request, text: string, type = "application/json"): Response {
  const etag = md5Etag(Buffer.from(text));
  const tagged = { ...SHARED, ETag: etag };
  if (isKnown(headers, etag)) return new Response(null, { status: 304, headers: tagged });
  return new Response(text, { headers: { ...tagged, "Content-Type": type } });
}

const jsonText = (value: object) => `${JSON.stringify(value)}\n`;

/**
 * The feeds of the site file, then those of its families that articles have made, a page at a time. `after` is the last
 * feed of the page before; `next` is the address of the page behind this one.
 */
async function directoryOf(services: Services, query: URLSearchParams): Promise<Directory> {
  const { site } = services;
  const after = query.get("after");
  const plain = after === null ? site.feeds.map((feed) => feed.name) : [];
  const { names, more } = await familyFeeds(services, after);
  const last = names.at(-1);
  const listed = async (name: string): Promise<ListedFeed> => ({
    name,
    title: await titleOf(services, name),
    ...addressesOf(site.origin, name),
  });
  return {
    title: site.title,
    feeds: await pMap([...plain, ...names], listed, { concurrency: CONCURRENCY }),
    ...(more && last !== undefined ? { next: `${site.origin}/feeds?after=${encodeURIComponent(last)}` } : {}),
  };
}

async function familyFeeds({ site, stores }: Pick<Services, "site" | "stores">, after: string | null) {
  const plain = new Set(site.feeds.map((feed) => feed.name));
  const names: string[] = [];
  const isListed = (name: string) => isForReaders(name) && resolveFeed(site, name) !== undefined;
  if (after !== null && !isListed(after)) {
    throw new FlashwireError("malformed", "after must be the name of a feed");
  }
  for await (const name of listFeedNames({ stores }, after ?? undefined)) {
    if (plain.has(name) || !isListed(name)) continue;
    if (names.length === FEEDS_PAGE) return { names, more: true };
    names.push(name);
  }
  return { names, more: false };
}

/** As in the feed's documents: with the value as the newest entry spells it; without one, as the address does. */
async function titleOf(services: Services, name: string): Promise<string> {
  const feed = resolveFeed(services.site, name);
  if (feed === undefined || !feed.title.includes("{value}")) return feed?.title ?? name;
  const read = await orUnreadable(readWindow(services, feed, documentKeysOf(name)));
  const label = read instanceof UnreadableError ? undefined : read.window.entries.items[0]?.label;
  return feed.title.replaceAll("{value}", () => label ?? name.slice(name.indexOf("/") + 1));
}

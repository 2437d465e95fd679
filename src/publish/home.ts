import pMap from "p-map";
import type { Listing } from "../core/directory.ts";
import { placements, resolveFeed } from "../core/feed.ts";
import { largestIn, type News } from "../core/news.ts";
import type { Shown } from "../core/record.ts";
import { shownArticle, versionOf } from "../core/version.ts";
import { type Entry, shown, type Window } from "../core/window.ts";
import { HOME_FEEDS } from "../render/limits.ts";
import { documentKeysOf, homeOutput } from "../render/outputs.ts";
import type { FeedWindow, Front } from "../render/renderer.ts";
import { readDirectoryPage } from "../repository/directory.ts";
import { isStored, putDocument, type SeenDocument } from "../repository/documents.ts";
import { RECORDS_AT_ONCE } from "../repository/limits.ts";
import { readNews } from "../repository/news.ts";
import { findRecord } from "../repository/records.ts";
import { readWindow } from "../repository/windows.ts";
import { compareAndSwap } from "../store/cas.ts";
import { CONFLICT } from "../store/port.ts";
import { storeAssets } from "./assets.ts";
import type { Changed } from "./feed-work.ts";
import type { Press } from "./press.ts";

/** The page as it was seen, and what is read behind that look. `writes`: so often this process had written it before. */
export type BegunHome = { seen: SeenDocument | undefined; listings: Promise<Listing[]>; writes: number };

/** Looks at the page at the root, then begins to read what does not wait for the windows of a batch. `news`: as for `writeHome`. */
export async function beginHome(press: Press, news?: News): Promise<BegunHome> {
  const { writes } = press.told.home;
  const seen = await press.stores.published.head(homeOutput().key);
  const listings = readListings(press, news);
  // Who waits for them hears of a failure.
  listings.catch(() => {});
  return { seen, listings, writes };
}

/** `news`: the stories of the last days, which tell the largest feeds. `begun`: what was looked at before, for the first try. */
export type HomeWork = { news?: News; begun?: Promise<BegunHome> };

/**
 * Brings the page at the root of the wire up to date: its ETag is read before the windows that it shows, and it is put on that
 * ETag. Answers it where it has new bytes. Safe to repeat, and to run by many at once. It begins behind what this process writes
 * there already: two of one process would only lose races against each other.
 */
export function writeHome(press: Press, { news, begun }: HomeWork = {}): Promise<Changed[]> {
  const { home } = press.told;
  let first = begun;
  const begin = async () => {
    const early = await first?.catch(() => undefined);
    first = undefined;
    // The page that this process has put since that look has replaced the one that was seen.
    return early?.writes === home.writes ? early : beginHome(press, news);
  };
  const attempt = async () => {
    const { seen, listings } = await begin();
    const front = await readFront(press, listings);
    if (front === undefined) return [];
    const { latest, breaking } = front;
    const articles = await readArticles(press, breaking ? [latest, breaking] : [latest]);
    const { output, body } = press.renderer.home(front, articles);
    if (isStored(press, output, body, seen)) return [];
    await storeAssets(press);
    const etag = await putDocument(press, output, body, seen);
    if (etag === CONFLICT) return CONFLICT;
    home.writes++;
    return [{ key: output.key, etag }];
  };
  const writing = home.last.then(() => compareAndSwap(press, attempt));
  home.last = writing.catch(() => {});
  return writing;
}

/** What the page shows; undefined for a site without a feed. */
async function readFront(press: Press, listed: Promise<Listing[]>): Promise<Front | undefined> {
  const { site } = press;
  const [first] = site.feeds;
  if (first === undefined) return undefined;
  const urgent = site.feeds.find(({ where }) => where?.breaking !== undefined);
  const read = (feed = first) => readFeed(press, feed.name);
  const [latest, breaking, listings] = await Promise.all([read(), urgent && read(urgent), listed]);
  if (latest === undefined) return undefined;
  return { latest, listings, ...(breaking && { breaking }) };
}

/** The feeds of the site file, then those that most of the latest news stands in, then others as the list of feeds has them. */
async function readListings(press: Press, known: News | undefined): Promise<Listing[]> {
  const news = known ?? (await readNews(press)).news;
  const fixed = press.site.feeds.map(({ name }): Listing => ({ name }));
  const isOther = ({ name }: Listing) =>
    !fixed.some((one) => one.name === name) && resolveFeed(press.site, name) !== undefined;
  const largest = largestIn(news).filter(isOther);
  const names = new Set(largest.map(({ name }) => name));
  const listed = largest.length < HOME_FEEDS ? await readDirectoryPage(press) : [];
  const others = listed.filter((one) => isOther(one) && !names.has(one.name));
  return [...fixed, ...[...largest, ...others].slice(0, HOME_FEEDS)];
}

async function readFeed(press: Press, name: string): Promise<FeedWindow | undefined> {
  const feed = resolveFeed(press.site, name);
  if (feed === undefined) return undefined;
  const { window } = await readWindow(press, feed, documentKeysOf(name));
  return { feed, window };
}

/** What a record says now: its article with the version, and the feeds that select it; undefined for none that is live. */
type Now = { article: Shown; version: string; places: ReadonlySet<string> } | undefined;

/**
 * Reads what the renderer does not remember. A record may be newer than its window, whose publisher is still at work: then the
 * page shows the newer version, or leaves the story out where its feed does not have it any more.
 */
async function readArticles(press: Press, parts: FeedWindow[]): Promise<Map<string, Shown>> {
  const read = new Map<string, Now>();
  const missing = () => {
    const entries = parts.flatMap(({ feed, window }) => shown(feed, window).entries);
    return [...new Set(press.renderer.missing(entries).map(({ id }) => id))].filter((id) => !read.has(id));
  };
  for (let ids = missing(); ids.length > 0; ids = missing()) {
    await pMap(ids, async (id) => read.set(id, await readNow(press, id)), { concurrency: RECORDS_AT_ONCE });
    for (const part of parts) part.window = asRead(part, read);
  }
  const live = [...read].flatMap(([id, now]): [string, Shown][] => (now ? [[id, now.article]] : []));
  return new Map(live);
}

async function readNow(press: Press, id: string): Promise<Now> {
  const record = await findRecord(press, id);
  const article = record && shownArticle(record);
  if (record === undefined || article === undefined) return undefined;
  return { article, version: versionOf(record), places: new Set(placements(press.site, record).keys()) };
}

/** The window with its entries as their records are now, as far as those were read. */
function asRead({ feed, window }: FeedWindow, read: ReadonlyMap<string, Now>): Window {
  const now = <T extends Entry>(items: T[]) =>
    items.flatMap((entry) => {
      if (!read.has(entry.id)) return entry;
      const found = read.get(entry.id);
      return found?.places.has(feed.name) ? { ...entry, version: found.version } : [];
    });
  const { entries, late } = window;
  return {
    ...window,
    entries: { ...entries, items: now(entries.items) },
    late: { ...late, items: now(late.items) },
  };
}

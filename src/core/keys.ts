import { decodeArticleId, encodeArticleId } from "./article-id.ts";

/** Where things stand in the public bucket; each key prefix of the private bucket has a file of its own in repository/. */

export const FEEDS = "feeds/";

/** `file` is the last segment, such as `rss.xml`: each format has its own. */
export const documentKey = (feed: string, file: string) => `${FEEDS}${feed}/${file}`;
/** What pages load: each file is named by its bytes. */
export const ASSETS = "assets/";
export const assetKey = (file: string) => `${ASSETS}${file}`;

/** Stands where the documents of a feed stood that the site file no longer defines. */
export const removedKey = (feed: string) => `${FEEDS}${feed}/removed`;

/**
 * A page of the directory, from 1. It stands beside the folders of the feeds, where no feed can be: a document has a folder of
 * its own. A page for people finds room beside it, as `feeds/index.html`.
 */
export const directoryKey = (page: number) =>
  page === 1 ? `${FEEDS}index.json` : `${FEEDS}index-${page}.json`;

/** The page of the directory that has this key; undefined for any other key. */
export function directoryPageOf(key: string): number | undefined {
  const [, page = "1"] = /^feeds\/index(?:-([1-9]\d{0,8}))?\.json$/.exec(key) ?? [undefined, ""];
  return page === "" || (page === "1" && key !== directoryKey(1)) ? undefined : Number(page);
}

/** One story each, by the form of its id. */
export const STORIES = "stories/";
export const storyKey = (id: string) => `${STORIES}${encodeArticleId(id)}.json`;

/** The public address of a story: a form of an id holds no character that an address has to encode. */
export const storyUrl = (origin: string, id: string) => `${origin}/${storyKey(id)}`;

/** The id in a story key; undefined for any other key. */
export function storyIdOf(key: string): string | undefined {
  if (!key.startsWith(STORIES) || !key.endsWith(".json")) return undefined;
  return decodeArticleId(key.slice(STORIES.length, -5));
}

/** The change log: its open page, and the closed ones of an epoch, from 0. */
const LOG = "changes/";
export const OPEN_KEY = `${LOG}open.json`;
export const logPageKey = (epoch: string, number: number) => `${LOG}${epoch}/${number}.json`;

/** A page of the snapshot that an epoch begins with, from 0. */
const SNAPSHOTS = "snapshots/";
export const snapshotKey = (epoch: string, number: number) => `${SNAPSHOTS}${epoch}/${number}.json`;

/** Where stories and the change log stand, and nothing else. */
export const LOG_PREFIXES = [STORIES, LOG, SNAPSHOTS];

/** Whether a closed page of the log, or a page of a snapshot, may have this key. `epochAfter` makes epochs of these characters. */
export const isClosedKey = (key: string) =>
  /^(?:changes|snapshots)\/[0-9a-z]{1,40}\/(?:0|[1-9]\d{0,8})\.json$/.test(key);

/** The public address of the head of the change log. */
export const logUrl = (origin: string) => `${origin}/${OPEN_KEY}`;

/** The documents of the whole wire whose addresses are fixed by others, or that people type. */
export const HOME_KEY = "index.html";
/** All feeds in the short form that the search of that page reads. */
export const SEARCH_KEY = "search.json";
/** The stories of the last two days, for search engines. */
export const SITEMAP_KEY = "news-sitemap.xml";
export const OPML_KEY = "opml.xml";
export const ROBOTS_KEY = "robots.txt";
export const LICENSE_KEY = "license.rsl";
export const TDMREP_KEY = ".well-known/tdmrep.json";

/** The public address of a document. Feed names hold letters of every script; a URL holds their UTF-8 percent-encoded. */
export function documentUrl(origin: string, feed: string, file: string): string {
  return `${feedUrl(origin, feed)}${file}`;
}

/** The public address of the feed's page. */
function feedUrl(origin: string, feed: string): string {
  return `${origin}/${FEEDS}${feed.split("/").map(encodeURIComponent).join("/")}/`;
}

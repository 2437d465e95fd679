import type { Feed } from "../core/feed.ts";
import {
  ASSETS,
  assetKey,
  directoryKey,
  documentKey,
  documentUrl,
  FEEDS,
  HOME_KEY,
  isClosedKey,
  LICENSE_KEY,
  LOG_PREFIXES,
  logPageKey,
  OPEN_KEY,
  OPML_KEY,
  ROBOTS_KEY,
  SEARCH_KEY,
  SITEMAP_KEY,
  snapshotKey,
  storyIdOf,
  storyKey,
  TDMREP_KEY,
} from "../core/keys.ts";
import type { DocumentLink } from "./channel.ts";
import { BREAKING_CACHE, DOCUMENT_CACHE, type Format } from "./format.ts";
import { FORMATS } from "./formats.ts";
import { ASSET_TYPES } from "./page/assets.ts";

/**
 * One document of the wire: where it is stored and with which headers, and what it is rendered from. Documents of the
 * whole wire have a function beside `outputsOf`.
 */
export type Output = Pick<Format, "cacheControl"> & {
  /** The media type that the document is stored with. Readers get that of `from.format`. */
  contentType: string;
  /** The key in the public bucket, which is the path of the public address too. */
  key: string;
  from: { feed: string; format: Format };
};

/** What places and headers of a feed's documents depend on. */
export type FeedTraits = Pick<Feed, "name" | "ofBreaking"> & { formats?: readonly string[] };

/** The documents of a feed, in the order of FORMATS. */
export function outputsOf({ name, ofBreaking, formats }: FeedTraits): Output[] {
  return FORMATS.filter((format) => formats?.includes(format.name) ?? true).map((format) => ({
    key: documentKey(name, format.file),
    contentType: format.storedType,
    cacheControl: ofBreaking ? BREAKING_CACHE : format.cacheControl,
    from: { feed: name, format },
  }));
}

/** How caches keep the directory: a feed that is new stands in it within a minute, and is found within two. */
const DIRECTORY_CACHE = "public, max-age=60, stale-while-revalidate=60, stale-if-error=86400";

/** A page of the directory of all feeds, from 1. */
export function directoryOutput(page: number): Omit<Output, "from"> {
  return { key: directoryKey(page), contentType: "application/json", cacheControl: DIRECTORY_CACHE };
}

const asListed = (key: string, contentType: string): Omit<Output, "from"> => ({
  ...{ key, contentType },
  cacheControl: DIRECTORY_CACHE,
});

/**
 * The documents of the whole wire at its root, by their keys. The media type of a licence is that of RSL 1.0, section 2.2; CloudFront
 * does not compress it, and it is short. OPML's own type is in no list of CloudFront, and a list of feeds is long.
 */
export const SITE_OUTPUTS = [
  asListed(ROBOTS_KEY, "text/plain; charset=utf-8"),
  asListed(OPML_KEY, "application/xml; charset=utf-8"),
  asListed(LICENSE_KEY, "application/rsl+xml"),
  asListed(TDMREP_KEY, "application/json"),
  asListed(SEARCH_KEY, "application/json"),
] as const;

/** Where documents stand: below these prefixes, and at the root. The CDN reads nothing else. */
export const DOCUMENT_PREFIXES = [FEEDS, ASSETS, ...LOG_PREFIXES];
export const ROOT_KEYS = [...SITE_OUTPUTS.map(({ key }): string => key), HOME_KEY, SITEMAP_KEY];

/** Whether a document may stand at this key, today or one day. */
export const isDocumentKey = (key: string) =>
  ROOT_KEYS.includes(key) || DOCUMENT_PREFIXES.some((prefix) => key.startsWith(prefix));

/** The page for people at the root of the wire. */
export const homeOutput = (): Omit<Output, "from"> => ({
  ...{ key: HOME_KEY, contentType: "text/html; charset=utf-8" },
  cacheControl: DOCUMENT_CACHE,
});

/** The stories of the last two days, for search engines. */
export const sitemapOutput = (): Omit<Output, "from"> => ({
  ...{ key: SITEMAP_KEY, contentType: "application/xml; charset=utf-8" },
  cacheControl: DOCUMENT_CACHE,
});

/** How caches keep a story: a consumer that gets an older one than a change names asks again after this time. */
const STORY_CACHE = "public, max-age=5";

/** How caches keep the newest changes: partners that wait for a flash ask each second. */
const OPEN_CACHE = "public, max-age=1";

/** How caches keep what never changes. */
const CLOSED_CACHE = "public, max-age=31536000, immutable";

const asJson = (key: string, cacheControl: string): Omit<Output, "from"> => ({
  key,
  contentType: "application/json",
  cacheControl,
});

/** A file that pages load; without a media type where its name ends in another way than theirs do. */
export function assetOutput(file: string) {
  const extension = file.slice(file.lastIndexOf(".") + 1);
  const contentType = Object.entries(ASSET_TYPES).find(([name]) => name === extension)?.[1];
  return { key: assetKey(file), contentType, cacheControl: CLOSED_CACHE };
}

/** The public form of one article. */
export const storyOutput = (id: string) => asJson(storyKey(id), STORY_CACHE);

/** The head of the change log. */
export const openOutput = () => asJson(OPEN_KEY, OPEN_CACHE);

/** A closed page of the change log, from 0. */
export const logPageOutput = (epoch: string, number: number) =>
  asJson(logPageKey(epoch, number), CLOSED_CACHE);

/** A page of the snapshot that an epoch begins with, from 0. */
export const snapshotOutput = (epoch: string, number: number) =>
  asJson(snapshotKey(epoch, number), CLOSED_CACHE);

/** The document of a story or of the change log that has this key; undefined for any other key. */
export function logOutputOf(key: string): Omit<Output, "from"> | undefined {
  if (key === OPEN_KEY) return openOutput();
  if (isClosedKey(key)) return asJson(key, CLOSED_CACHE);
  const id = storyIdOf(key);
  return id === undefined ? undefined : storyOutput(id);
}

/** The documents of a feed, as its documents name each other. */
export function documentLinks(origin: string, feed: FeedTraits): DocumentLink[] {
  return outputsOf(feed).map(({ from: { format } }) => ({
    title: format.title,
    contentType: format.contentType,
    url: documentUrl(origin, feed.name, format.segment),
    forPeople: format.forPeople === true,
  }));
}

/** Every key at which a document of this feed may stand, also of formats that it does not have any more. */
export function documentKeysOf(feed: string): string[] {
  return FORMATS.map(({ file }) => documentKey(feed, file));
}

/** The feed whose document has this key; undefined for any other key. */
export function feedOfDocument(key: string): string | undefined {
  const feed = key.slice(FEEDS.length, key.lastIndexOf("/"));
  return feed !== "" && key.startsWith(FEEDS) && documentKeysOf(feed).includes(key) ? feed : undefined;
}

/** The public addresses of a feed's documents by the names of their formats. */
export function addressesOf(origin: string, feed: FeedTraits): Record<string, string> {
  return Object.fromEntries(
    outputsOf(feed).map(({ from: { format } }) => [
      format.name,
      documentUrl(origin, feed.name, format.segment),
    ]),
  );
}

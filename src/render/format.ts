import type { Correction } from "../core/article.ts";
import type { Shown } from "../core/record.ts";
import type { Site } from "../core/site.ts";
import type { Channel } from "./channel.ts";
import type { Category } from "./news.ts";
import type { Prefix } from "./xml.ts";

/** How caches keep a document: half a minute, so that a flash is everywhere within a minute and a CDN answers nearly all. */
export const DOCUMENT_CACHE = "public, max-age=30, stale-while-revalidate=30, stale-if-error=86400";

/**
 * How caches keep a feed of breaking news, where a reader waits for a flash. Some readers come back after the longest of
 * `ttl` and `max-age`, so both are as short when nothing happens as in the storm.
 */
export const BREAKING_CACHE = "public, max-age=10, stale-while-revalidate=10, stale-if-error=86400";

/** What every format file has. A document is its head, the entries with the separator between them, its tail. */
export type Format = {
  /** The format's name in the API: `rss`. */
  name: string;
  /** What people call the format. */
  title: string;
  /** The last segment of a document's key: `rss.xml`. */
  file: string;
  /** The last segment of a document's address: that of a page is empty. */
  segment: string;
  /** Whether people read it: hubs tell nobody of it, and nobody subscribes to it. */
  forPeople?: true;
  /** The media type that readers get. */
  contentType: string;
  /**
   * The media type that the document is stored with. CloudFront compresses by the type of what it fetches, and its list
   * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html) has `application/rss+xml`,
   * `application/xml` and `application/json`, but neither `application/atom+xml` nor `application/feed+json`. Where the two types
   * differ, the edge puts `contentType` in the place of this one (infra/viewer-function.ts).
   */
  storedType: string;
  /** The Cache-Control that the document is stored and served with. */
  cacheControl: string;
  /**
   * One live article. The text depends on the site and the record alone, so that it is the same in every feed.
   */
  entry(article: Shown, site: Site, parts: EntryParts): EntryText;
  /** What stands in the place of a killed story, under the same identifier. Nothing of the story is in it. */
  stub(stub: Stub, site: Site): EntryText;
  head(channel: Channel): string;
  /** ASCII. */
  separator: string;
  tail(channel: Channel): string;
};

/** A killed story as its feeds show it. All text is clean; `title` and `text` are plain, the dates RFC 3339 in UTC. */
export type Stub = {
  id: string;
  guid: string;
  title: string;
  text: string;
  published: string;
  updated: string;
};

/** What is made of an article once for all formats. */
export type EntryParts = {
  /** The HTML to show: the changes, then what `contentOf` answers; undefined when headline and summary are all. */
  content: string | undefined;
  /** HTML: the note of the newest change behind its label; empty when there is none. */
  note: string;
  /** What the newsroom says of this version. */
  signals: Category[];
  /** The elements that RSS items and Atom entries carry in the same way. */
  news: string;
  /** As it came, without the label that the site file asks for. */
  headline: string;
  /** HTML: every change with its date and note, the newest first; empty where there is none to tell. */
  changes: string;
  /** The corrections and clarifications among them. */
  corrections: Correction[];
};

/**
 * The text in parts: most are Latin, and joined with one that is not they take nearly twice as long to encode.
 * `prefixes`: of the namespaces that the text uses. `bar`: what the head of the document shows of the entry.
 */
export type EntryText = { text: string[]; prefixes: Prefix[]; bar?: string };

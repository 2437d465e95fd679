import type { Feed } from "../core/feed.ts";
import { documentKey, documentUrl } from "../core/keys.ts";
import { BREAKING_CACHE, type Format } from "./format.ts";
import { FORMATS } from "./formats.ts";

/**
 * One document of the wire: where it is stored and with which headers, and what it is rendered from. Documents of the
 * whole wire and of one article get another kind of `from`, and a function beside `outputsOf`.
 */
export type Output = Pick<Format, "cacheControl"> & {
  /** The media type that the document is stored with. Readers get that of `from.format`. */
  contentType: string;
  /** The key in the public bucket, which is the path of the public address too. */
  key: string;
  from: { feed: string; format: Format };
};

/** What places and headers of a feed's documents depend on. */
export type FeedTraits = Pick<Feed, "name" | "ofBreaking">;

/** The documents of a feed, in the order of FORMATS. */
export function outputsOf({ name, ofBreaking }: FeedTraits): Output[] {
  return FORMATS.map((format) => ({
    key: documentKey(name, format.file),
    contentType: format.storedType,
    cacheControl: ofBreaking ? BREAKING_CACHE : format.cacheControl,
    from: { feed: name, format },
  }));
}

/** The keys of a feed's documents. */
export function documentKeysOf(feed: string): string[] {
  return FORMATS.map(({ file }) => documentKey(feed, file));
}

/** The public addresses of a feed's documents by the names of their formats. */
export function addressesOf(origin: string, feed: string): Record<string, string> {
  return Object.fromEntries(FORMATS.map(({ name, file }) => [name, documentUrl(origin, feed, file)]));
}

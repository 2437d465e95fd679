import { documentKey, documentUrl } from "../core/keys.ts";
import { atom } from "./atom.ts";
import type { Format } from "./format.ts";
import { json } from "./json-feed.ts";
import { rss } from "./rss.ts";

/** The formats that every feed has. A new format is one file and one row here. */
export const FORMATS: readonly Format[] = [rss, atom, json];

/**
 * One document of the wire: where it is stored and with which headers, and what it is rendered from. Documents of the
 * whole wire and of one article get a `from` and a table of their own beside FORMATS.
 */
export type Output = Pick<Format, "contentType" | "cacheControl"> & {
  /** The key in the public bucket, which is the path of the public address too. */
  key: string;
  from: { feed: string; format: Format };
};

/** The documents of a feed, in the order of FORMATS. */
export function outputsOf(feed: string): Output[] {
  return FORMATS.map((format) => ({
    key: documentKey(feed, format.file),
    contentType: format.contentType,
    cacheControl: format.cacheControl,
    from: { feed, format },
  }));
}

/** The public addresses of a feed's documents by the names of their formats. */
export function addressesOf(origin: string, feed: string): Record<string, string> {
  return Object.fromEntries(FORMATS.map(({ name, file }) => [name, documentUrl(origin, feed, file)]));
}

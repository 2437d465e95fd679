/** Where things stand in the public bucket; each key prefix of the private bucket has a file of its own in repository/. */

export const FEEDS = "feeds/";

/** `file` is the last segment, such as `rss.xml`: each format has its own. */
export const documentKey = (feed: string, file: string) => `${FEEDS}${feed}/${file}`;
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

/** The public address of a document. Feed names hold letters of every script; a URL holds their UTF-8 percent-encoded. */
export function documentUrl(origin: string, feed: string, file: string): string {
  return `${feedUrl(origin, feed)}${file}`;
}

/** The public address of the feed's page. */
function feedUrl(origin: string, feed: string): string {
  return `${origin}/${FEEDS}${feed.split("/").map(encodeURIComponent).join("/")}/`;
}

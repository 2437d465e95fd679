/** Where things stand in the public bucket; each key prefix of the private bucket has a file of its own in repository/. */

export const FEEDS = "feeds/";

/** `file` is the last segment, such as `rss.xml`: each format has its own. */
export const documentKey = (feed: string, file: string) => `${FEEDS}${feed}/${file}`;
/** Stands where the documents of a feed stood that the site file no longer defines. */
export const removedKey = (feed: string) => `${FEEDS}${feed}/removed`;

/** The public address of a document. Feed names hold letters of every script; a URL holds their UTF-8 percent-encoded. */
export function documentUrl(origin: string, feed: string, file: string): string {
  return `${feedUrl(origin, feed)}${file}`;
}

/** The public address of the feed's page. */
function feedUrl(origin: string, feed: string): string {
  return `${origin}/${FEEDS}${feed.split("/").map(encodeURIComponent).join("/")}/`;
}

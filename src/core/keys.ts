/** Where things stand in the public bucket; each key prefix of the private bucket has a file of its own in repository/. */

export const FEEDS = "feeds/";
/** A note for each feed that waits for the sweep to fill it again. */
export const REPAIRS = "repairs/";
/** How far the sweep has come. */
export const SWEEP_KEY = "sweep/state.json";
/** Which site file windows and documents are of. */
export const SITE_KEY = "site.json";
/** Who may write: names and hashes of tokens. */
export const TOKENS_KEY = "tokens/tokens.json";
/** Where files of records are dropped. */
export const INBOX = "inbox/";

/** `file` is the last segment, such as `rss.xml`: each format has its own. */
export const documentKey = (feed: string, file: string) => `${FEEDS}${feed}/${file}`;
/** Stands where the documents of a feed stood that the site file no longer defines. */
export const removedKey = (feed: string) => `${FEEDS}${feed}/removed`;

export const repairKey = (feed: string) => `${REPAIRS}${feed}.json`;

/** The feed in the key of such a note; undefined for any other key. */
export function repairFeedOf(key: string): string | undefined {
  return key.startsWith(REPAIRS) && key.endsWith(".json") ? key.slice(REPAIRS.length, -5) : undefined;
}

/** The public address of a document. Feed names hold letters of every script; a URL holds their UTF-8 percent-encoded. */
export function documentUrl(origin: string, feed: string, file: string): string {
  return `${feedUrl(origin, feed)}${file}`;
}

/** The public address of the feed's page. */
function feedUrl(origin: string, feed: string): string {
  return `${origin}/${FEEDS}${feed.split("/").map(encodeURIComponent).join("/")}/`;
}

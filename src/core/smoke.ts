/*
 * The test of a wire from end to end. Its article takes the way of every article, into a feed of its own that stands in no
 * list, and no other feed ever has it.
 */

/** The id of the test article. No newsroom gives a story such an id by accident. */
export const SMOKE_ID = "urn:flashwire:smoke";

/** Its feed. Names of other feeds are letters, marks, digits and hyphens: see `slug`. */
export const SMOKE_FEED = "_smoke";

/** Whether the feed is for readers, and may stand in lists of feeds. */
export function isForReaders(feed: string): boolean {
  return feed !== SMOKE_FEED;
}

import type { Listing } from "../core/directory.ts";
import type { Site } from "../core/site.ts";
import { SEARCH_FEEDS } from "./limits.ts";
import { listedFeed } from "./page/feed-list.ts";

/**
 * All feeds as the search of the page at the root reads them: of each the title, the path of its page, and the path to subscribe
 * to.
 */
export function searchIndex(site: Site, listings: Listing[]): string {
  const feeds = listings.slice(0, SEARCH_FEEDS).flatMap((listing) => {
    const feed = listedFeed(site, listing);
    return feed === undefined ? [] : [[feed.title, feed.page, new URL(feed.address).pathname]];
  });
  return `${JSON.stringify({ feeds })}\n`;
}

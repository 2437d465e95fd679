import { type Feed, resolveFeed } from "./feed.ts";
import { withValue } from "./feed-names.ts";
import type { Site } from "./site.ts";
import { isForReaders } from "./smoke.ts";
import type { Window } from "./window.ts";

/**
 * A feed as the directory lists it. `value`: what makes it a feed of its family, as its newest story spells it; undefined for
 * a feed of the site file, and for one whose window nobody has looked into yet.
 */
export type Listing = { name: string; value?: string };

/** Whether the directory lists this feed. One that is not for readers begins with `_`. */
export function isListed(site: Site, name: string): boolean {
  return isForReaders(name) && resolveFeed(site, name) !== undefined;
}

/** Whether the directory lists this feed because of its articles, and not because of the site file. */
export function isListedForArticles(site: Site, name: string): boolean {
  return !site.feeds.some((feed) => feed.name === name) && isListed(site, name);
}

/** The value of a family as the newest story of this window spells it; without a story, as the feed's name does. */
export function spelledValue({ name }: Pick<Feed, "name">, window?: Window): string {
  return window?.entries.items[0]?.label ?? name.slice(name.indexOf("/") + 1);
}

/** What people call the feed. */
export function titleOf(feed: Feed, { value = spelledValue(feed) }: Listing): string {
  return withValue(feed, feed.title, value);
}

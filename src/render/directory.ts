import { type Listing, titleOf } from "../core/directory.ts";
import { resolveFeed } from "../core/feed.ts";
import { directoryKey, logUrl } from "../core/keys.ts";
import type { Site } from "../core/site.ts";
import { DIRECTORY_PAGE } from "./limits.ts";
import { addressesOf, directoryOutput } from "./outputs.ts";

/** Raised with every change of what a page holds. */
export const DIRECTORY_VERSION = 2;

export type DirectoryPage = ReturnType<typeof directoryOutput> & { body: Uint8Array };

/** The directory of these feeds in pages that name the next one, in the order of the list; one page at least. */
export function directoryPages(site: Site, listings: Listing[]): DirectoryPage[] {
  const count = Math.max(1, Math.ceil(listings.length / DIRECTORY_PAGE));
  return Array.from({ length: count }, (_, i) => {
    const feeds = listings.slice(i * DIRECTORY_PAGE, (i + 1) * DIRECTORY_PAGE);
    const next = i + 1 < count ? { next: `${site.origin}/${directoryKey(i + 2)}` } : {};
    const shown = feeds.map((listing) => listed(site, listing));
    const page = { title: site.title, changes: logUrl(site.origin), feeds: shown, ...next };
    return { ...directoryOutput(i + 1), body: Buffer.from(`${JSON.stringify(page)}\n`) };
  });
}

function listed(site: Site, listing: Listing) {
  const { name, value } = listing;
  const feed = resolveFeed(site, name);
  return {
    name,
    title: feed === undefined ? name : titleOf(feed, listing),
    ...(value === undefined ? {} : { value }),
    ...addressesOf(site.origin, feed ?? { name }),
  };
}

import type { Listing } from "../core/directory.ts";
import { OPML_KEY, ROBOTS_KEY, SEARCH_KEY } from "../core/keys.ts";
import type { Site } from "../core/site.ts";
import { opmlDocument } from "./opml.ts";
import { type Output, SITE_OUTPUTS } from "./outputs.ts";
import { robotsText } from "./robots.ts";
import { searchIndex } from "./search-index.ts";
import { said, statedOf } from "./signals.ts";

/** Raised with every change of what these documents hold. */
export const SITE_DOCUMENTS_VERSION = 2;

/** A document at the root of the wire; `body` is undefined where this site has none. */
export type SiteDocument = { place: Omit<Output, "from">; body: Uint8Array | undefined };

/** All documents of SITE_OUTPUTS, for the feeds that the directory lists. */
export function siteDocuments(site: Site, listings: Listing[]): SiteDocument[] {
  const stated = statedOf(site);
  const rights = stated === undefined ? [] : said("document", stated);
  const texts = new Map([
    [ROBOTS_KEY, robotsText(site)],
    [OPML_KEY, opmlDocument(site, listings)],
    [SEARCH_KEY, searchIndex(site, listings)],
    ...rights.map(({ name, text }) => [name, text] as const),
  ]);
  return SITE_OUTPUTS.map((place) => {
    const text = texts.get(place.key);
    return { place, body: text === undefined ? undefined : Buffer.from(text) };
  });
}

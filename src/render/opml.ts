import { type Listing, titleOf } from "../core/directory.ts";
import { resolveFeed } from "../core/feed.ts";
import type { Site } from "../core/site.ts";
import { homeOf } from "./channel.ts";
import { clean } from "./clean-record.ts";
import { OPML_FEEDS } from "./limits.ts";
import { documentLinks } from "./outputs.ts";
import { rss } from "./rss.ts";
import { element, startTag, textElement } from "./xml.ts";

/**
 * The feeds as a list of subscriptions, OPML 2.0 (http://opml.org/spec2.opml): those of the site file first, then a folder for each
 * family. Readers import it whole. It has no date, because no record has it.
 */
export function opmlDocument(wire: Site, listings: Listing[]): string {
  const site = clean(wire);
  const shown = listings.slice(0, OPML_FEEDS);
  const folders = new Map<string, string[]>();
  for (const listing of shown) {
    const [family = "", ...values] = listing.name.split("/");
    const folder = values.length === 0 ? "" : family;
    const line = outline(site, listing, folder);
    if (line !== undefined) folders.set(folder, [...(folders.get(folder) ?? []), line]);
  }
  const { "": fixed = [], ...families } = Object.fromEntries(folders);
  const body = [
    ...fixed,
    ...Object.entries(families).map(
      ([family, lines]) => `${startTag("outline", { text: family })}\n${lines.join("\n")}\n</outline>`,
    ),
  ];
  const head = [
    textElement("title", site.title),
    textElement("ownerName", site.publisher.name),
    textElement("ownerEmail", site.publisher.email),
    textElement("docs", "http://opml.org/spec2.opml"),
  ].join("");
  // A body has an outline at least, so a wire without feeds has one that is no subscription.
  const outlines = body.length === 0 ? [element("outline", { text: site.title })] : body;
  return `<?xml version="1.0" encoding="utf-8"?>
<opml version="2.0"><head>${head}</head><body>
${outlines.join("\n")}
</body></opml>
`;
}

/** Undefined where there is nothing to subscribe to: the feed is gone, or people alone read it. */
function outline(site: Site, listing: Listing, folder: string): string | undefined {
  const { name, value } = clean(listing);
  const feed = resolveFeed(site, listing.name);
  if (feed === undefined) return undefined;
  const address = documentLinks(site.origin, feed).find(({ forPeople }) => !forPeople)?.url;
  if (address === undefined) return undefined;
  const title = titleOf(feed, value === undefined ? { name } : { name, value });
  return element("outline", {
    ...{ type: "rss", version: address.endsWith(`/${rss.file}`) ? "RSS2" : undefined, text: title, title },
    xmlUrl: address,
    htmlUrl: homeOf(site, feed),
    category: folder === "" ? undefined : `/${folder}`,
  });
}

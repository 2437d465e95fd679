import { Feed, type FeedOptions, type Item } from "feed";

/*
 * The part that all feeds have in common, by the package `feed`; nothing else imports it. It is handed one item or
 * one head at a time, and text in which it finds nothing to escape, to un-escape or to end a CDATA section with.
 */

export type { FeedOptions, Item };

/** Markup characters, their stand-ins (XML-illegal, so clean text has none of its own), and their escapes. */
const MARKUP = [
  ["&", "\u0001", "&amp;"],
  ["<", "\u0002", "&lt;"],
  [">", "\u0003", "&gt;"],
] as const;

/** Clean text that the package passes on untouched. Addresses go as they are: it parses and escapes those. */
export function hide(text: string): string {
  return MARKUP.reduce((hidden, [character, standIn]) => hidden.replaceAll(character, standIn), text);
}

const FRAME: FeedOptions = { title: "", link: "urn:flashwire:frame", updated: new Date(0), generator: false };

/** The `<item>` of an RSS document. Throws when an address or a date is none. */
export function rssItem(item: Item): string {
  const xml = feedOf(FRAME, item).rss2();
  return show(xml.slice(xml.indexOf("<item>"), xml.indexOf("</channel>")));
}

/** The `<entry>` of an Atom document. Throws when an address or a date is none. */
export function atomEntry(item: Item): string {
  const xml = feedOf({ ...FRAME, id: "" }, item).atom1();
  return show(xml.slice(xml.indexOf("<entry>"), xml.lastIndexOf("</feed>")));
}

/** The item of a JSON Feed, version 1. */
export function jsonItem(item: Item): Record<string, unknown> {
  return JSON.parse(feedOf(FRAME, item).json1()).items[0];
}

/** What stands in the `<channel>` of an RSS document before its items. */
export function rssHead(options: FeedOptions): string {
  const xml = feedOf(options).rss2();
  return show(xml.slice(xml.indexOf("<channel>") + "<channel>".length, xml.indexOf("</channel>")));
}

/** What stands in the `<feed>` of an Atom document before its entries. */
export function atomHead(options: FeedOptions): string {
  const xml = feedOf(options).atom1();
  return show(xml.slice(xml.indexOf("<id>"), xml.lastIndexOf("</feed>")));
}

/** The members of a JSON Feed, version 1, before its items. */
export function jsonHead(options: FeedOptions): Record<string, unknown> {
  const { items: _, ...head } = JSON.parse(feedOf(options).json1());
  return head;
}

function feedOf(options: FeedOptions, item?: Item): Feed {
  const feed = new Feed(options);
  if (item !== undefined) feed.addItem(item);
  return feed;
}

/** Without the package's indentation and CDATA sections, each hidden character escaped once. */
function show(xml: string): string {
  const compact = xml
    .replace(/>\s+</g, "><")
    .replace(/<!\[CDATA\[|\]\]>/g, "")
    .trim();
  return MARKUP.reduce((shown, [, standIn, escaped]) => shown.replaceAll(standIn, escaped), compact);
}

import { Feed, type FeedOptions, type Item } from "feed";
import type { Channel } from "./channel.ts";
import { fill, slotDates } from "./template.ts";

/*
 * The part that all formats have in common, made by the package `feed`. No other module imports that package. For XML
 * the package makes templates only and sees nothing of a record, because it escapes some text twice and some not at all,
 * and rewrites or refuses identifiers.
 */

/** What every format says of an article. */
export type Common = {
  id: string;
  url: string;
  headline: string;
  /** As the format writes dates. */
  published: string;
  updated: string;
  /** HTML in RSS; plain text in Atom. */
  description?: string | undefined;
  /** HTML. */
  content?: string | undefined;
};

/** What every format says of a feed. */
export type CommonHead = {
  id: string;
  title: string;
  description: string;
  home: string;
  self: string;
  language: string;
  /** As the format writes dates. */
  updated: string;
  publisher: string;
  email?: string | undefined;
  publisherUrl?: string | undefined;
  copyright?: string | undefined;
  icon?: string | undefined;
  logo?: string | undefined;
};

const FRAME: FeedOptions = { id: "urn:frame", title: "", link: "urn:frame", updated: new Date(0) };

/** The inside of the `<item>` of an RSS document. */
export function rssItem(values: Common): string[] {
  return fill("rss item", values, (slots) => {
    const item = itemOf(slots, slotDates.updated, slotDates.published);
    return inside("item", feedOf(FRAME, { ...item, guid: slots.id }).rss2());
  });
}

/** The inside of the `<entry>` of an Atom document. */
export function atomEntry(values: Common): string[] {
  return fill("atom entry", values, (slots) => {
    const item = itemOf(slots, slotDates.updated, slotDates.published);
    return (
      inside("entry", feedOf(FRAME, item).atom1())
        // Without a type it is plain text (RFC 4287 §3.1.1).
        .replace('<title type="html">', "<title>")
        .replace('<summary type="html">', "<summary>")
    );
  });
}

/** The item of a JSON Feed, version 1. */
export function jsonItem(values: Common): Record<string, unknown> {
  const item = itemOf(values, new Date(values.updated), new Date(values.published));
  return JSON.parse(feedOf(FRAME, item).json1()).items[0];
}

/** What stands in the `<channel>` of an RSS document before its items. */
export function rssHead(values: CommonHead): string {
  return fill("rss head", values, (slots) => inside("channel", feedOf(optionsOf(slots)).rss2())).join("");
}

/** What stands in the `<feed>` of an Atom document before its entries. */
export function atomHead(values: CommonHead): string {
  return fill("atom head", values, (slots) => inside("feed", feedOf(optionsOf(slots)).atom1())).join("");
}

/** The members of a JSON Feed, version 1, before its items. */
export function jsonHead(values: CommonHead): Record<string, unknown> {
  const { items: _, ...head } = JSON.parse(feedOf(optionsOf(values)).json1());
  return head;
}

/** `self` and `updated` are what the format makes of the feed's address and date. */
export function commonHead(channel: Channel, self: string, updated: string): CommonHead {
  const { id, title, description, home, language, site } = channel;
  const { publisher, copyright, icon, logo } = site;
  return {
    ...{ id, title, description, home, self, language, updated, copyright, icon, logo },
    publisher: publisher.name,
    email: publisher.email,
    publisherUrl: publisher.url,
  };
}

function itemOf({ id, url, headline, description, content }: Common, updated: Date, published: Date): Item {
  return {
    id,
    title: headline,
    link: url,
    date: updated,
    published,
    ...(description === undefined ? {} : { description }),
    ...(content === undefined ? {} : { content }),
  };
}

function optionsOf({ id, title, description, home, self, language, ...values }: CommonHead): FeedOptions {
  const { publisher, email, publisherUrl, copyright, icon, logo } = values;
  return {
    ...{ id, title, description, language },
    link: home,
    updated: slotDates.updated,
    generator: "Flashwire",
    docs: "https://www.rssboard.org/rss-specification",
    feedLinks: { rss: self, atom: self, json: self },
    author: {
      name: publisher,
      ...(email === undefined ? {} : { email }),
      ...(publisherUrl === undefined ? {} : { link: publisherUrl }),
    },
    ...(copyright === undefined ? {} : { copyright }),
    ...(icon === undefined ? {} : { favicon: icon }),
    ...(logo === undefined ? {} : { image: logo }),
  };
}

function feedOf(options: FeedOptions, item?: Item): Feed {
  const feed = new Feed(options);
  if (item !== undefined) feed.addItem(item);
  return feed;
}

function inside(element: string, xml: string): string {
  const start = xml.indexOf(">", xml.search(new RegExp(`<${element}[ >]`))) + 1;
  return xml.slice(start, xml.lastIndexOf(`</${element}>`));
}

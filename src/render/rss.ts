import type { Published } from "../core/article.ts";
import { documentUrl } from "../core/keys.ts";
import type { Channel } from "./channel.ts";
import { commonHead, rssHead, rssItem } from "./feed-package.ts";
import { paragraph } from "./figure.ts";
import { DOCUMENT_CACHE, type Format } from "./format.ts";
import { enclosureOf } from "./media.ts";
import { type Category, rightsLine, taggedAddresses, topicsOf } from "./news.ts";
import { extractOf } from "./plain-text.ts";
import { declarations, element, escapeText, prefixesIn, startTag, textElement } from "./xml.ts";

/** RSS 2.0 (https://www.rssboard.org/rss-specification). It has no word for a withdrawn item: a stub stands in its place. */
export const rss: Format = {
  name: "rss",
  title: "RSS",
  file: "rss.xml",
  segment: "rss.xml",
  contentType: "application/rss+xml; charset=utf-8",
  storedType: "application/rss+xml; charset=utf-8",
  cacheControl: DOCUMENT_CACHE,

  entry(article, _site, { content, note, news, signals }) {
    const { guid, url, headline, published, updated, summary, body = "" } = article;
    const description = summary ?? extractOf(note + body, article.language);
    const item = rssItem({
      id: guid,
      url,
      headline,
      published: rfc822(published),
      updated: rfc822(updated),
      // A description is HTML, and has to stand before content:encoded.
      description: description && escapeText(description),
      content,
    });
    const elements = rssElements(article, signals) + news;
    const prefixes = prefixesIn(elements);
    return {
      text: ["<item>", ...item, elements, "</item>"],
      prefixes: content === undefined ? prefixes : [...prefixes, "content"],
    };
  },

  stub({ guid, title, text, published, updated }) {
    const item = [
      textElement("title", title),
      textElement("guid", guid, { isPermaLink: "false" }),
      textElement("pubDate", rfc822(published)),
      textElement("description", paragraph(text)),
      textElement("atom:updated", updated),
      element("fw:withdrawn", {}),
    ];
    return { text: ["<item>", ...item, "</item>"], prefixes: ["atom", "fw"] };
  },

  head(channel) {
    const self = documentUrl(channel.site.origin, channel.name, rss.file);
    const markup = rssHead(commonHead(channel, self, rfc822(channel.updated))) + headElements(channel);
    const attributes = { version: "2.0", ...declarations([...channel.prefixes, ...prefixesIn(markup)]) };
    return `<?xml version="1.0" encoding="utf-8"?>\n${startTag("rss", attributes)}<channel>${markup}\n`;
  },

  separator: "\n",
  tail: () => "\n</channel></rss>\n",
};

/** The date of RFC 822, in GMT and with a year of four digits. Throws a RangeError for an invalid date. */
function rfc822(date: string): string {
  return new Date(new Date(date).toISOString()).toUTCString();
}

function rssElements(article: Published, signals: Category[]): string {
  const { authors = [], source, related = [] } = article;
  const enclosure = enclosureOf(article);
  return [
    // Readers show both, so no `author` beside it, which would be an e-mail address.
    ...authors.map(({ name }) => textElement("dc:creator", name)),
    // Readers show the text. What programs compare is in the domain, in `fw:breaking` and in `fw:change`.
    ...[...signals, ...topicsOf(article)].map(({ label, scheme }) => category(label, scheme)),
    enclosure === undefined
      ? ""
      : element("enclosure", { url: enclosure.url, type: enclosure.type, length: enclosure.bytes ?? 0 }),
    textElement("dc:language", article.language),
    textElement("dc:rights", rightsLine(article)),
    textElement("atom:updated", new Date(article.updated).toISOString()),
    source?.url === undefined ? "" : link("via", source.url),
    ...related.map(({ url, title }) => link("related", url, title)),
    ...taggedAddresses(article).map(({ url, title }) => link("tag", url, title)),
  ].join("");
}

function headElements({ site, home, ttl, unseen }: Channel): string {
  return [
    link("alternate", home),
    ...site.hubs.map((hub) => link("hub", hub)),
    textElement("ttl", ttl),
    textElement("dc:publisher", site.publisher.name),
    textElement("fw:unseen", unseen),
  ].join("");
}

function category(name: string, domain: string | undefined): string {
  return element("category", { domain }, escapeText(name));
}

function link(rel: string, href: string, title?: string): string {
  return element("atom:link", { rel, href, title });
}

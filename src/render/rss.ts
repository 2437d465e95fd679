import type { Published } from "../core/article.ts";
import { documentUrl } from "../core/keys.ts";
import type { Channel } from "./channel.ts";
import { hide, type Item, rssHead, rssItem } from "./common.ts";
import type { Format } from "./format.ts";
import { leadOf, newsElements, rightsLine, signalsOf, syndicatedMedia, topicsOf } from "./news.ts";
import { declarations, element, escapeText, prefixesIn, startTag, textElement } from "./xml.ts";

/** RSS 2.0 (https://www.rssboard.org/rss-specification). It has no word for a withdrawn item: it drops it. */
export const rss: Format = {
  entry(article) {
    const item = rssItem(commonItem(article)).slice(0, -"</item>".length);
    return `${item}${rssElements(article)}${newsElements(article)}</item>`;
  },

  head(channel) {
    const markup = headMarkup(channel);
    const attributes = { version: "2.0", ...declarations([...channel.prefixes, ...prefixesIn(markup)]) };
    return `<?xml version="1.0" encoding="utf-8"?>\n${startTag("rss", attributes)}<channel>${markup}\n`;
  },

  separator: "\n",
  tail: "\n</channel></rss>\n",
};

function commonItem(article: Published): Item {
  const { summary, body } = article;
  // A description is HTML, and has to stand before content:encoded.
  const description = summary === undefined ? body : escapeText(summary);
  const enclosure = leadOf(syndicatedMedia(article));
  // RSS has one author, and that is an e-mail address; dc:creator names them all.
  const author = article.authors?.find(({ email }) => email !== undefined);
  // What a newsroom signals is for machines: its term. What a story is about is read by people: its label.
  const signals = signalsOf(article).map((signal) => ({ ...signal, label: signal.term }));
  const categories = [...signals, ...topicsOf(article)];
  return {
    title: hide(article.headline),
    link: article.url,
    guid: hide(article.guid),
    date: new Date(article.updated),
    published: new Date(article.published),
    ...(description === undefined ? {} : { description: hide(description) }),
    ...(body === undefined ? {} : { content: hide(body) }),
    ...(author?.email === undefined
      ? {}
      : { author: [{ name: hide(author.name), email: hide(author.email) }] }),
    category: categories.map(({ label, scheme }) => ({
      name: hide(label),
      ...(scheme === undefined ? {} : { domain: hide(scheme) }),
    })),
    ...(enclosure === undefined
      ? {}
      : {
          enclosure: { url: enclosure.url, length: enclosure.bytes ?? 0, type: hide(enclosure.type) },
        }),
  };
}

function rssElements(article: Published): string {
  const updated = new Date(article.updated).toISOString();
  const { source, related = [] } = article;
  return [
    ...(article.authors ?? []).map(({ name }) => textElement("dc:creator", name)),
    textElement("dc:language", article.language),
    textElement("dc:rights", rightsLine(article)),
    textElement("atom:updated", updated),
    textElement("dcterms:modified", updated),
    source?.url === undefined
      ? ""
      : element("atom:link", { rel: "via", href: source.url, title: source.name }),
    ...related.map(({ url, title }) => element("atom:link", { rel: "related", href: url, title })),
  ].join("");
}

function headMarkup({ site, name, title, description, updated, unseen }: Channel): string {
  const image = site.logo ?? site.icon;
  const common = rssHead({
    title: hide(title),
    link: site.home,
    description: hide(description),
    updated: new Date(updated),
    language: site.language,
    ttl: site.ttl,
    generator: "Flashwire",
    docs: "https://www.rssboard.org/rss-specification",
    feedLinks: { rss: documentUrl(site.origin, name, "rss") },
    ...(image === undefined ? {} : { image: hide(image) }),
    ...(site.copyright === undefined ? {} : { copyright: hide(site.copyright) }),
  });
  const hubs = site.hubs.map((href) => element("atom:link", { rel: "hub", href }));
  const publisher = textElement("dc:publisher", site.publisher.name);
  return [common, ...hubs, publisher, textElement("fw:unseen", unseen)].join("");
}

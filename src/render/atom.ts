import type { Author, Published } from "../core/article.ts";
import { documentUrl } from "../core/keys.ts";
import type { Site } from "../core/site.ts";
import type { Channel } from "./channel.ts";
import { atomEntry, atomHead, hide, type Item } from "./common.ts";
import type { Format } from "./format.ts";
import { leadOf, newsElements, rightsLine, signalsOf, syndicatedMedia, topicsOf } from "./news.ts";
import { declarations, element, prefixesIn, startTag, textElement } from "./xml.ts";

/** Atom 1.0 (RFC 4287), with the tombstones of RFC 6721 before the first entry: its schema wants entries last. */
export const atom: Format = {
  entry(article, site) {
    const entry = atomEntry(commonItem(article))
      .replace(`<id>${ID_SLOT}</id>`, () => textElement("id", atomId(site, article)))
      .replace('<title type="html">', '<title type="text">')
      .replace('<summary type="html">', '<summary type="text">')
      .slice("<entry>".length, -"</entry>".length);
    const markup = entry + linkElements(article) + newsElements(article);
    return element("entry", { "xml:lang": article.language }, markup);
  },

  head(channel) {
    const markup = headMarkup(channel);
    const attributes = {
      xmlns: "http://www.w3.org/2005/Atom",
      "xml:lang": channel.site.language,
      ...declarations([...channel.prefixes, ...prefixesIn(markup)]),
    };
    return `<?xml version="1.0" encoding="utf-8"?>\n${startTag("feed", attributes)}${markup}\n`;
  },

  separator: "\n",
  tail: "\n</feed>\n",
};

/** An address that the package leaves as it is; it would rewrite some identifiers, and refuse others. */
const ID_SLOT = "urn:flashwire:id";

/** Scheme, colon, and nothing that an IRI cannot have (RFC 3987 §2.2). */
const ABSOLUTE_IRI = /^[a-z][a-z0-9+.-]*:(?:[^\s<>"{}|\\^`%\p{C}]|%[0-9a-f]{2})+$/iu;

/** Readers of other formats know the article by any text; an Atom id has to be an IRI. */
function atomId(site: Site, { id, guid }: { id: string; guid: string }): string {
  return ABSOLUTE_IRI.test(guid) ? guid : `tag:${site.authority},${site.year}:article/${id}`;
}

function commonItem(article: Published): Item {
  const { summary, body } = article;
  const rights = rightsLine(article);
  return {
    title: hide(article.headline),
    link: article.url,
    id: ID_SLOT,
    date: new Date(article.updated),
    published: new Date(article.published),
    author: (article.authors ?? []).map(person),
    category: [...signalsOf(article), ...topicsOf(article)].map(({ term, label, scheme }) => ({
      term: hide(term),
      name: hide(label),
      ...(scheme === undefined ? {} : { scheme }),
    })),
    ...(summary === undefined ? {} : { description: hide(summary) }),
    ...(body === undefined ? {} : { content: hide(body) }),
    ...(rights === undefined ? {} : { copyright: hide(rights) }),
  };
}

function person({ name, email, url }: Author) {
  return {
    name: hide(name),
    ...(email === undefined ? {} : { email: hide(email) }),
    ...(url === undefined ? {} : { link: url }),
  };
}

function linkElements(article: Published): string {
  const { source, related = [] } = article;
  const enclosure = leadOf(syndicatedMedia(article));
  return [
    enclosure === undefined
      ? ""
      : element("link", {
          rel: "enclosure",
          href: enclosure.url,
          type: enclosure.type,
          length: enclosure.bytes,
        }),
    source?.url === undefined ? "" : element("link", { rel: "via", href: source.url, title: source.name }),
    ...related.map(({ url, title }) => element("link", { rel: "related", href: url, title })),
  ].join("");
}

function headMarkup({ site, name, title, description, updated, deleted, unseen }: Channel): string {
  const path = name.split("/").map(encodeURIComponent).join("/");
  const common = atomHead({
    id: `tag:${site.authority},${site.year}:feed/${path}`,
    title: hide(title),
    description: hide(description),
    updated: new Date(updated),
    author: person(site.publisher),
    link: site.home,
    generator: "Flashwire",
    feedLinks: { atom: documentUrl(site.origin, name, "atom") },
    ...(site.logo === undefined ? {} : { image: hide(site.logo) }),
    ...(site.icon === undefined ? {} : { favicon: hide(site.icon) }),
    ...(site.copyright === undefined ? {} : { copyright: hide(site.copyright) }),
  });
  const hubs = site.hubs.map((href) => element("link", { rel: "hub", href }));
  const tombstones = deleted.map((item) =>
    element("at:deleted-entry", { ref: atomId(site, item), when: item.when }),
  );
  return [common, ...hubs, textElement("fw:unseen", unseen), ...tombstones].join("");
}

import type { Published } from "../core/article.ts";
import { defaultGuid } from "../core/guid.ts";
import { documentUrl } from "../core/keys.ts";
import type { Site } from "../core/site.ts";
import type { Channel } from "./channel.ts";
import { atomEntry, atomHead, commonHead } from "./feed-package.ts";
import { paragraph } from "./figure.ts";
import { DOCUMENT_CACHE, type Format } from "./format.ts";
import { enclosureOf, positive } from "./media.ts";
import { type Category, rightsLine, taggedAddresses, topicsOf } from "./news.ts";
import { declarations, element, prefixesIn, startTag, textElement } from "./xml.ts";

/** Atom 1.0 (RFC 4287), with the tombstones of RFC 6721 before the first entry: its schema wants entries last. */
export const atom: Format = {
  name: "atom",
  title: "Atom",
  file: "atom.xml",
  segment: "atom.xml",
  contentType: "application/atom+xml; charset=utf-8",
  storedType: "application/xml; charset=utf-8",
  cacheControl: DOCUMENT_CACHE,

  entry(article, site, { content, news, signals }) {
    const { url, headline, published, updated, summary } = article;
    const entry = atomEntry({
      id: atomId(site, article),
      url,
      headline,
      published: new Date(published).toISOString(),
      updated: new Date(updated).toISOString(),
      description: summary,
      content,
    });
    const elements = atomElements(article, signals) + news;
    return {
      text: [startTag("entry", { "xml:lang": article.language }), ...entry, elements, "</entry>"],
      prefixes: prefixesIn(elements),
    };
  },

  stub({ id, guid, title, text, published, updated }, site) {
    const entry = [
      textElement("title", title),
      textElement("id", atomId(site, { id, guid })),
      textElement("updated", updated),
      // Without an address of its own an entry has content (RFC 4287 §4.1.2).
      textElement("content", `<p>${paragraph(text)}</p>`, { type: "html" }),
      textElement("published", published),
      element("fw:withdrawn", {}),
    ];
    return { text: ["<entry>", ...entry, "</entry>"], prefixes: ["fw"] };
  },

  head(channel) {
    const self = documentUrl(channel.site.origin, channel.name, atom.file);
    const markup = atomHead(commonHead(channel, self, channel.updated)) + headElements(channel);
    const attributes = {
      xmlns: "http://www.w3.org/2005/Atom",
      "xml:lang": channel.language,
      ...declarations([...channel.prefixes, ...prefixesIn(markup)]),
    };
    return `<?xml version="1.0" encoding="utf-8"?>\n${startTag("feed", attributes)}${markup}\n`;
  },

  separator: "\n",
  tail: () => "\n</feed>\n",
};

/** Scheme, colon, one fragment at the most, and nothing that an IRI cannot have (RFC 3987 §2.2). */
const ABSOLUTE_IRI =
  /^[a-z][a-z0-9+.-]*:(?:[^\s<>"{}|\\^`[\]#%\p{C}]|%[0-9a-f]{2})+(?:#(?:[^\s<>"{}|\\^`[\]#%\p{C}]|%[0-9a-f]{2})*)?$/iu;

/** Readers of other formats know the article by any text; an Atom id has to be an IRI. */
function atomId(site: Site, { id, guid }: { id: string; guid: string }): string {
  return ABSOLUTE_IRI.test(guid) && URL.canParse(guid) ? guid : defaultGuid(site, id);
}

function atomElements(article: Published, signals: Category[]): string {
  const { authors = [], source, related = [] } = article;
  const enclosure = enclosureOf(article);
  return [
    ...authors.map(({ name, email, url }) =>
      element(
        "author",
        {},
        textElement("name", name) + textElement("email", email) + textElement("uri", url),
      ),
    ),
    ...[...signals, ...topicsOf(article)].map(({ term, scheme, label }) =>
      element("category", { term, scheme, label: label === term ? undefined : label }),
    ),
    enclosure === undefined
      ? ""
      : element("link", {
          rel: "enclosure",
          href: enclosure.url,
          type: enclosure.type,
          length: positive(enclosure.bytes),
        }),
    textElement("rights", rightsLine(article)),
    source?.url === undefined ? "" : element("link", { rel: "via", href: source.url }),
    ...related.map(({ url, title }) => element("link", { rel: "related", href: url, title })),
    ...taggedAddresses(article).map(({ url, title }) => element("link", { rel: "tag", href: url, title })),
  ].join("");
}

function headElements({ site, deleted, unseen }: Channel): string {
  return [
    ...site.hubs.map((href) => element("link", { rel: "hub", href })),
    textElement("fw:unseen", unseen),
    ...deleted.map((item) =>
      element(
        "at:deleted-entry",
        { ref: atomId(site, item), when: item.when },
        // Plain text without a type (RFC 6721 §4).
        textElement("at:comment", item.notice),
      ),
    ),
  ].join("");
}

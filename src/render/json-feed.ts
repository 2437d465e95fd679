import type { Media, Published } from "../core/article.ts";
import { EXTENSION_PATH } from "../core/extension.ts";
import { documentUrl } from "../core/keys.ts";
import type { Shown } from "../core/record.ts";
import { attachmentsOf } from "./attachments.ts";
import { commonHead, jsonHead, jsonItem } from "./feed-package.ts";
import { DOCUMENT_CACHE, type Format } from "./format.ts";
import { leadImageOf, syndicatedMedia } from "./media.ts";
import { type Category, topicsOf } from "./news.ts";

/** Stands for the body, which is a part of its own; clean text has no NUL. */
const BODY = "\0";

/** JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/); what it has no word for stands under `_flashwire`. */
export const json: Format = {
  name: "json",
  title: "JSON Feed",
  file: "feed.json",
  segment: "feed.json",
  contentType: "application/feed+json; charset=utf-8",
  storedType: "application/json; charset=utf-8",
  cacheControl: DOCUMENT_CACHE,

  entry(article, _site, { content, signals }) {
    const { guid, url, headline, published, updated, summary } = article;
    const media = syndicatedMedia(article);
    const item = {
      ...jsonItem({ id: guid, url, headline, published, updated }),
      summary,
      content_html: content && BODY,
      // An item has to have content.
      content_text: content === undefined ? (summary ?? headline) : undefined,
      image: leadImageOf(media)?.url,
      authors: article.authors?.map(({ name, url }) => ({ name, url })),
      tags: orNone(tagsOf(article, signals)),
      language: article.language,
      attachments: orNone(attachmentsOf(media)),
      _flashwire: extension(article, media),
    };
    const [before = "", after] = JSON.stringify(item).split(JSON.stringify(BODY));
    const text = after === undefined ? [before] : [before, JSON.stringify(content), after];
    return { text, prefixes: [] };
  },

  stub({ guid, title, text, published, updated }) {
    const item = {
      id: guid,
      title,
      content_text: text,
      date_modified: updated,
      date_published: published,
      _flashwire: { withdrawn: true },
    };
    return { text: [JSON.stringify(item)], prefixes: [] };
  },

  head(channel) {
    const { site, name, language, deleted, unseen } = channel;
    const self = documentUrl(site.origin, name, json.file);
    const { author: _, icon: __, ...common } = jsonHead(commonHead(channel, self, channel.updated));
    const head = {
      ...common,
      version: "https://jsonfeed.org/version/1.1",
      icon: site.icon,
      authors: [{ name: site.publisher.name, url: site.publisher.url }],
      language,
      hubs: orNone(site.hubs.map((url) => ({ type: "WebSub", url }))),
      _flashwire: {
        about: `${site.origin}${EXTENSION_PATH}`,
        copyright: site.copyright,
        deleted: orNone(deleted.map(({ guid, when, notice }) => ({ id: guid, when, notice }))),
        unseen,
      },
    };
    return `${JSON.stringify(head).slice(0, -1)},"items":[\n`;
  },

  separator: ",\n",
  tail: () => "\n]}\n",
};

function tagsOf(article: Published, signals: Category[]): string[] {
  const labels = [...signals, ...topicsOf(article)].map(({ label }) => label);
  return [...new Set([...labels, ...(article.keywords ?? [])])];
}

/** undefined when the record has nothing to put there. */
function extension(article: Shown, media: Media[]): object | undefined {
  const members = {
    short_headline: article.shortHeadline,
    dateline: article.dateline,
    revision: article.revision,
    version: article.version,
    breaking: article.breaking,
    urgency: article.urgency,
    change: article.change,
    corrections: article.corrections,
    section: article.section,
    sections: article.sections,
    tags: article.tags?.some((tag) => Object.keys(tag).length > 1) ? article.tags : undefined,
    keywords: article.keywords,
    genre: article.genre,
    places: article.places,
    media: orNone(media.map(described)),
    source: article.source,
    rights: article.rights,
    related: article.related,
  };
  return Object.values(members).some((member) => member !== undefined) ? members : undefined;
}

function described({ syndicate: _, creditRole, focalPoint, ...medium }: Media) {
  return { ...medium, credit_role: creditRole, focal_point: focalPoint };
}

/** JSON leaves out what is undefined. */
function orNone<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}

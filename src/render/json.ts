import type { Media, Published } from "../core/article.ts";
import { documentUrl } from "../core/keys.ts";
import { type Item, jsonHead, jsonItem } from "./common.ts";
import type { Format } from "./format.ts";
import { BREAKING_LABEL, leadImageOf, syndicatedMedia, topicsOf } from "./news.ts";

/** JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/); what it has no word for stands under `_flashwire`. */
export const json: Format = {
  entry(article) {
    const { author: _, ...common } = jsonItem(commonItem(article));
    const media = syndicatedMedia(article);
    return JSON.stringify({
      ...common,
      // An item has to have content.
      ...(article.body === undefined ? { content_text: article.summary ?? article.headline } : {}),
      summary: article.summary,
      authors: article.authors?.map(({ name, url }) => ({ name, url })),
      language: article.language,
      attachments: media.length === 0 ? undefined : media.map(attachment),
      _flashwire: extension(article, media),
    });
  },

  head({ site, name, title, description, deleted, unseen }) {
    const { author: _, ...common } = jsonHead({
      title,
      description,
      link: site.home,
      feedLinks: { json: documentUrl(site.origin, name, "json") },
      ...(site.icon === undefined ? {} : { image: site.icon }),
    });
    const { url } = site.publisher;
    const head = {
      ...common,
      version: "https://jsonfeed.org/version/1.1",
      authors: [{ name: site.publisher.name, url }],
      language: site.language,
      hubs: site.hubs.length === 0 ? undefined : site.hubs.map((hub) => ({ type: "WebSub", url: hub })),
      _flashwire: {
        about: "urn:flashwire:ns:1",
        copyright: site.copyright,
        deleted: deleted.length === 0 ? undefined : deleted.map(({ guid, when }) => ({ id: guid, when })),
        unseen,
      },
    };
    return `${JSON.stringify(head).slice(0, -1)},"items":[\n`;
  },

  separator: ",\n",
  tail: "\n]}\n",
};

function commonItem(article: Published): Item {
  const image = leadImageOf(syndicatedMedia(article))?.url;
  const labels = topicsOf(article).map(({ label }) => label);
  if (article.breaking) labels.unshift(BREAKING_LABEL);
  return {
    title: article.headline,
    link: article.url,
    id: article.guid,
    date: new Date(article.updated),
    published: new Date(article.published),
    ...(labels.length === 0 ? {} : { category: [...new Set(labels)].map((name) => ({ name })) }),
    ...(article.body === undefined ? {} : { content: article.body }),
    ...(image === undefined ? {} : { image }),
  };
}

function attachment({ url, type, bytes }: Media) {
  return { url, mime_type: type, size_in_bytes: bytes };
}

/** undefined when the record has nothing to put there. */
function extension(article: Published, media: Media[]): object | undefined {
  const members = {
    short_headline: article.shortHeadline,
    revision: article.revision,
    breaking: article.breaking,
    change: article.change,
    section: article.section,
    sections: article.sections,
    tags: article.tags?.some((tag) => tag.scheme ?? tag.code) ? article.tags : undefined,
    places: article.places,
    media: media.length === 0 ? undefined : media.map(described),
    source: article.source,
    rights: article.rights,
    related: article.related,
  };
  return Object.values(members).some((member) => member !== undefined) ? members : undefined;
}

function described({ syndicate: _, focalPoint, ...medium }: Media) {
  return { ...medium, focal_point: focalPoint };
}

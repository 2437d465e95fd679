import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import type { FormatName } from "../support/documents.ts";

/** What a story is made of for a program that reads feeds for people. */
export type Entry = {
  guid: string;
  link: string;
  title: string;
  authors: string[];
  tags: string[];
  content: string;
  enclosures: { url: string; type?: string | undefined }[];
};

/** The entries of a document in their order, as feedsmith reads them. */
export const ENTRIES_OF: Record<FormatName, (document: string) => Entry[]> = {
  rss: (document) =>
    (parseRssFeed(document).items ?? []).map(
      ({ guid, link = "", title = "", dc, categories, content, description, enclosures, media }) => ({
        guid: guid?.value ?? "",
        link,
        title,
        authors: dc?.creators ?? [],
        tags: namesOf(categories ?? []),
        content: content?.encoded ?? description ?? "",
        enclosures: filesOf([...(enclosures ?? []), ...mediaOf(media)]),
      }),
    ),
  atom: (document) =>
    (parseAtomFeed(document).entries ?? []).map(
      ({ id = "", title, authors, categories, content, summary, links = [], media }) => ({
        guid: id,
        link: links.find(({ rel = "alternate" }) => rel === "alternate")?.href ?? "",
        title: title?.value ?? "",
        authors: namesOf(authors ?? []),
        tags: (categories ?? []).flatMap(({ term, label = term }) => label ?? []),
        content: content?.value ?? summary?.value ?? "",
        enclosures: filesOf([
          ...links.filter(({ rel }) => rel === "enclosure").map(({ href, type }) => ({ url: href, type })),
          ...mediaOf(media),
        ]),
      }),
    ),
  json: (document) =>
    (parseJsonFeed(document).items ?? []).map(
      ({ id, url = "", title = "", authors, tags, content_html, content_text, attachments, image }) => ({
        guid: id ?? "",
        link: url,
        title,
        authors: namesOf(authors ?? []),
        tags: tags ?? [],
        content: content_html ?? content_text ?? "",
        enclosures: filesOf([
          ...(attachments ?? []).map(({ url, mime_type }) => ({ url, type: mime_type })),
          { url: image, type: "image/*" },
        ]),
      }),
    ),
};

const namesOf = (named: { name?: string | undefined }[]) => named.flatMap(({ name }) => name ?? []);

type File = { url?: string | undefined; type?: string | undefined };

type MediaFiles = { contents?: File[]; thumbnails?: File[] };

function mediaOf(media?: MediaFiles & { groups?: MediaFiles[] }): File[] {
  return [media ?? {}, ...(media?.groups ?? [])].flatMap(({ contents = [], thumbnails = [] }) => [
    ...contents,
    ...thumbnails.map(({ url }) => ({ url, type: "image/*" })),
  ]);
}

function filesOf(files: File[]): Entry["enclosures"] {
  return files.flatMap(({ url, type }) => (url === undefined ? [] : [{ url, type }]));
}

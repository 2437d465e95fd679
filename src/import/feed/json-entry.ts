import { isObject, listIn, type Members, textIn } from "../json.ts";
import { defined } from "../words.ts";
import type { Channel, Entry, Person } from "./entry.ts";
import { paragraphsOf } from "./paragraphs.ts";

/*
 * JSON Feed 1.1 and 1.0 (https://www.jsonfeed.org/version/1.1/), read without a library: the one for XML leaves extensions
 * out, and `_flashwire` is what makes an article whole again.
 */

export function jsonEntry(item: Members, base: string): Entry {
  const html = textIn(item.content_html);
  // An item has to have content: one that has none repeats itself.
  const plain = [item.title, item.summary].includes(item.content_text)
    ? undefined
    : textIn(item.content_text);
  const image = textIn(item.image) ?? textIn(item.banner_image);
  return {
    ...defined({
      // Version 1.0 allowed numbers.
      guid: typeof item.id === "number" ? String(item.id) : textIn(item.id),
      url: textIn(item.url) ?? textIn(item.external_url),
      title: textIn(item.title),
      summary: textIn(item.summary),
      content: html ?? paragraphsOf(plain),
      published: textIn(item.date_published) ?? textIn(item.date_modified),
      updated: textIn(item.date_modified),
      language: textIn(item.language),
      extension: isObject(item._flashwire) ? item._flashwire : undefined,
    }),
    authors: authorsOf(item),
    tags: listIn(item.tags).flatMap((name) => (typeof name === "string" ? [{ name }] : [])),
    media: [
      ...(image === undefined ? [] : [{ url: image, type: "image/*" }]),
      ...listIn(item.attachments).flatMap((attachment) => mediumOf(attachment, image)),
    ],
    isPlainSummary: true,
    related: [],
    places: [],
    base,
  };
}

export function jsonChannel(feed: Members): Channel {
  // A wire says of each article who wrote it, and in which language.
  if (isObject(feed._flashwire)) return { ...defined({ home: textIn(feed.home_page_url) }), authors: [] };
  return {
    ...defined({
      title: textIn(feed.title),
      home: textIn(feed.home_page_url),
      language: textIn(feed.language),
    }),
    authors: authorsOf(feed),
  };
}

/** Version 1.0 had one `author`. */
function authorsOf({ authors, author }: Members): Person[] {
  return [...listIn(authors), ...(authors === undefined ? [author] : [])].flatMap((person) =>
    isObject(person) ? [defined({ name: textIn(person.name), url: textIn(person.url) })] : [],
  );
}

function mediumOf(attachment: unknown, image: string | undefined): Entry["media"] {
  if (!isObject(attachment)) return [];
  const url = textIn(attachment.url);
  if (url === undefined || url === image) return [];
  const bytes = attachment.size_in_bytes;
  return [
    {
      ...defined({
        type: textIn(attachment.mime_type),
        bytes: typeof bytes === "number" ? bytes : undefined,
        caption: textIn(attachment.title),
      }),
      url,
    },
  ];
}

import { decodeHTML } from "entities";
import { readInstant } from "../../core/instant.ts";
import { isObject, listIn, type Members, numberIn, objectOf, textIn } from "../json.ts";
import { defined, orNone, wordsOf } from "../words.ts";
import type { Attachment, Post } from "./post.ts";

/**
 * A post as the REST interface shows it with `_embed` (https://developer.wordpress.org/rest-api/reference/posts/);
 * undefined for anything else.
 */
export function restPost(value: unknown): Post | undefined {
  if (!isObject(value)) return undefined;
  const id = numberOf(value.id);
  const url = textIn(value.link);
  if (id === undefined || url === undefined) return undefined;
  const embedded = objectOf(value._embedded);
  const terms = listIn(embedded["wp:term"]).flatMap(listIn).filter(isObject);
  const content = objectOf(value.content);
  const picture = restAttachment(listIn(embedded["wp:featuredmedia"])[0]);
  return {
    id,
    url,
    // Feed readers see it without the entities that WordPress writes into it for HTML.
    guid: decodeHTML(renderedIn(value.guid) || url),
    title: renderedIn(value.title),
    content: renderedIn(value.content),
    excerpt: renderedIn(value.excerpt),
    status: textIn(value.status) ?? "publish",
    isProtected: content.protected === true,
    isPaid: isPaid(objectOf(value.meta)),
    ...defined({
      published: instantOf(value.date_gmt),
      updated: instantOf(value.modified_gmt),
      // Of Polylang and WPML, plugins for several languages.
      language: textIn(value.lang),
      picture,
    }),
    authors: listIn(embedded.author).flatMap(authorOf),
    categories: namesOf(terms, "category"),
    tags: namesOf(terms, "post_tag"),
    attachment: () => undefined,
    isRaw: false,
  };
}

/** Some plugins make texts of numbers. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : numberIn(value);
  return number !== undefined && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** Texts come as `{rendered}`. */
const renderedIn = (value: unknown) => textIn(objectOf(value).rendered) ?? textIn(value) ?? "";

/** WordPress gives the time in UTC without saying so, and zeros for none. Undefined for a date that cannot be read as well. */
export function instantOf(value: unknown): string | undefined {
  const text = textIn(value);
  if (text === undefined) return undefined;
  const read = readInstant(text, "UTC");
  return "instant" in read ? read.instant.replace(/\.0+Z$/, "Z") : undefined;
}

/** An author who may not be seen has an error in place of a name. */
function authorOf(value: unknown): Post["authors"] {
  const { name, url, link } = objectOf(value);
  const named = textIn(name);
  if (named === undefined) return [];
  return [{ name: decodeHTML(named), ...defined({ url: textIn(url) ?? textIn(link) }) }];
}

const namesOf = (terms: Members[], taxonomy: string) =>
  terms
    .flatMap((term) => (term.taxonomy === taxonomy ? (textIn(term.name) ?? []) : []))
    .map((name) => decodeHTML(name));

/** What Jetpack and the newsletters of WordPress.com say of posts for subscribers. */
function isPaid(meta: Members): boolean {
  const access = meta._jetpack_newsletter_access;
  return (
    meta.jetpack_memberships_contains_paid_content === true ||
    access === "paid_subscribers" ||
    access === "subscribers"
  );
}

/** A medium with its sizes; undefined for anything else, and for one that may not be seen. */
function restAttachment(value: unknown): Attachment | undefined {
  if (!isObject(value)) return undefined;
  const url = textIn(value.source_url);
  if (url === undefined) return undefined;
  const details = objectOf(value.media_details);
  const caption = wordsOf(renderedIn(value.caption));
  const sizes = Object.values(objectOf(details.sizes)).flatMap((size) => renditionOf(objectOf(size), url));
  return {
    url,
    ...defined({
      type: textIn(value.mime_type),
      width: numberIn(details.width),
      height: numberIn(details.height),
      alt: textIn(value.alt_text),
      caption: caption === "" ? undefined : caption,
      credit: textIn(objectOf(details.image_meta).credit),
      renditions: orNone(sizes),
    }),
  };
}

/** The largest one is the picture itself. */
function renditionOf({ source_url, mime_type, width, height }: Members, full: string) {
  const url = textIn(source_url);
  if (url === undefined || url === full) return [];
  return [{ url, ...defined({ type: textIn(mime_type), width: numberIn(width), height: numberIn(height) }) }];
}

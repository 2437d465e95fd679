import type { Published } from "../core/article.ts";
import { escapeAttribute } from "./xml.ts";

/** Matches innermost elements only: no figure within the figure. */
const FIGURE = /<figure\b[^>]*>(?:(?!<figure\b)[\s\S])*?<\/figure>/g;
const PICTURE = /<picture\b[^>]*>(?:(?!<picture\b)[\s\S])*?<\/picture>/g;
const IMAGE = /<(?:img|source)\b[^>]*>/g;

/**
 * The body without the pictures that others may not show (`syndicate: false`), in any format and size, and without
 * figures and captions that have no other picture.
 */
export function syndicatedBody({ body, media = [] }: Published): string | undefined {
  const kept = media.filter(({ syndicate }) => syndicate === false).map(({ url }) => addressOf(url));
  if (body === undefined || kept.length === 0) return body;
  const shows = (markup: string) =>
    (markup.match(IMAGE) ?? []).some((image) => kept.some((address) => holds(image, address)));
  const without = (markup: string) =>
    markup
      .replace(PICTURE, (picture) => (shows(picture) ? "" : picture))
      .replace(IMAGE, (image) => (shows(image) ? "" : image));
  return without(
    body.replace(FIGURE, (figure) => {
      if (!shows(figure)) return figure;
      const rest = without(figure);
      return rest.search(IMAGE) === -1 ? "" : rest;
    }),
  );
}

/** As it stands in an attribute, by http or https. */
function addressOf(url: string): string {
  return escapeAttribute(url.replace(/^https?:/, "").replace(/#.*$/s, ""));
}

/**
 * An address ends where its attribute, its candidate in a `srcset`, or its path does: what comes after a path, such as
 * `?w=640`, is another size of the same. In a query that is part of the address, another parameter is.
 */
function holds(image: string, address: string): boolean {
  const end = address.includes("?") ? /^(?:["\s,#]|&amp;)/ : /^["\s,?#]/;
  for (let at = image.indexOf(address); at !== -1; at = image.indexOf(address, at + 1)) {
    if (end.test(image.slice(at + address.length))) return true;
  }
  return false;
}

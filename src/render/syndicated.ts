import type { Published } from "../core/article.ts";
import { escapeAttribute } from "./xml.ts";

/** A figure that holds no other. */
const FIGURE = /<figure\b[^>]*>(?:(?!<figure\b)[\s\S])*?<\/figure>/g;
const IMAGE = /<(?:img|source)\b[^>]*>/g;

/**
 * The body without the pictures that others may not show (`syndicate: false`), and without the figures and captions
 * around them. Whatever comes after the address of a picture's file, such as `?w=640`, is another size of the same.
 */
export function syndicatedBody({ body, media = [] }: Published): string | undefined {
  const kept = media.filter(({ syndicate }) => syndicate === false).map(({ url }) => fileOf(url));
  if (body === undefined || kept.length === 0) return body;
  const shows = (markup: string) =>
    (markup.match(IMAGE) ?? []).some((image) => kept.some((file) => holds(image, file)));
  return body
    .replace(FIGURE, (figure) => (shows(figure) ? "" : figure))
    .replace(IMAGE, (image) => (shows(image) ? "" : image));
}

/** As it stands in an attribute. */
function fileOf(url: string): string {
  return escapeAttribute(url.replace(/[?#].*$/s, ""));
}

/** An address ends where its attribute, its candidate in a `srcset`, or its path does. */
function holds(image: string, file: string): boolean {
  for (let at = image.indexOf(file); at !== -1; at = image.indexOf(file, at + 1)) {
    if (/^["\s,?#]/.test(image.slice(at + file.length))) return true;
  }
  return false;
}

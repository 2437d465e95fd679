import type { Published } from "../core/article.ts";
import { filesOf } from "./media.ts";
import { isSamePicture, pictureAt, picturesIn } from "./picture-address.ts";

/** Matches innermost elements only: no figure within the figure. */
const FIGURE = /<figure\b[^>]*>(?:(?!<figure\b)[\s\S])*?<\/figure>/g;
const PICTURE = /<picture\b[^>]*>(?:(?!<picture\b)[\s\S])*?<\/picture>/g;
const IMAGE = /<(?:img|source)\b[^>]*>/g;

/**
 * The body without the pictures that others may not show (`syndicate: false`), in any format and size, and without
 * figures and captions that have no other picture.
 */
export function syndicatedBody({ body, media = [] }: Published): string | undefined {
  const kept = media
    .filter(({ syndicate }) => syndicate === false)
    .flatMap(filesOf)
    .map(pictureAt);
  if (body === undefined || kept.length === 0) return body;
  const shows = (markup: string) =>
    (markup.match(IMAGE) ?? []).some((image) =>
      picturesIn(image).some((picture) => kept.some((other) => isSamePicture(picture, other))),
    );
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

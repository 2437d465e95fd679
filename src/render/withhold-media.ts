import type { Published } from "../core/article.ts";
import { filesOf } from "./media.ts";
import { isSamePicture, type Picture, pictureAt, picturesIn } from "./picture-address.ts";

/** Matches innermost elements only: no figure within the figure. */
const FIGURE = /<figure\b[^>]*>(?:(?!<figure\b)[\s\S])*?<\/figure>/g;
const PICTURE = /<picture\b[^>]*>(?:(?!<picture\b)[\s\S])*?<\/picture>/g;
const IMAGE = /<(?:img|source)\b[^>]*>/g;
const LINK = /<a\b[^>]*>((?:(?!<a\b)[\s\S])*?)<\/a>/g;
const CAPTION = /<figcaption\b[^>]*>(?:(?!<figcaption\b)[\s\S])*?<\/figcaption>/g;

/** Without an ending, an address is that of a page. */
const FILE_ADDRESS = /\.\w{2,5}(?:[?#]|$)/;

/**
 * The body without the files that others may not have (`syndicate: false`): without their pictures in any format and size,
 * without links to them, where words stay, and without figures and captions that have nothing else to show.
 */
export function syndicatedBody({ body, media = [] }: Published): string | undefined {
  const addresses = new Set(media.filter(({ syndicate }) => syndicate === false).flatMap(filesOf));
  if (body === undefined || addresses.size === 0) return body;
  const kept = [...addresses].map(pictureAt);
  const isKept = (picture: Picture) => kept.some((other) => isSamePicture(picture, other));
  const shows = (markup: string) =>
    (markup.match(IMAGE) ?? []).some((image) => picturesIn(image).some(isKept));
  const leadsTo = (link: string) => {
    const address = /^<a\b[^>]*\shref="([^"]*)"/.exec(link)?.[1]?.replaceAll("&amp;", "&") ?? "";
    return addresses.has(address) || (FILE_ADDRESS.test(address) && isKept(pictureAt(address)));
  };
  const without = (markup: string, withWords: boolean) =>
    markup
      .replace(PICTURE, (picture) => (shows(picture) ? "" : picture))
      .replace(IMAGE, (image) => (shows(image) ? "" : image))
      .replace(LINK, (link, inside: string) => {
        if (inside.trim() === "") return "";
        if (!leadsTo(link)) return link;
        return withWords ? inside : "";
      });
  const figuresDone = body.replace(FIGURE, (figure) => {
    // The words of such a link in a figure are the name of the file, as the door writes it for sound and film.
    const rest = without(figure, false);
    if (rest === figure) return figure;
    return /<(?:img|source|a)\b/.test(rest.replace(CAPTION, "")) ? rest : "";
  });
  return without(figuresDone, true);
}

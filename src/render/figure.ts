import type { Media } from "../core/article.ts";
import { isPicture, positive } from "./media.ts";
import { element, escapeText } from "./xml.ts";

/** The picture as HTML, with what is said of it below. */
export function figureOf(medium: Media): string {
  const { url, alt = "", width, height } = medium;
  const image = element("img", { src: url, alt, width: positive(width), height: positive(height) });
  const sources = sourcesOf(medium);
  const picture = sources === "" ? image : `<picture>${sources}${image}</picture>`;
  return `<figure>${picture}${captionElement(lineBelow(medium))}</figure>`;
}

/**
 * The renditions, the smallest first: a browser takes one on a screen of half its width, where it is sharp on dense screens
 * too. A reader that looks in the content for the address of each file, as FreshRSS does, finds them all.
 */
function sourcesOf({ type: own, renditions = [] }: Media): string {
  return renditions
    .filter(isPicture)
    .sort((a, b) => (a.width ?? 0) - (b.width ?? 0))
    .map(({ url, type, width = 0 }) =>
      width > 0
        ? element("source", {
            media: `(max-width: ${Math.floor(width / 2)}px)`,
            srcset: url,
            type: type === own ? undefined : type,
          })
        : unusedSource(url),
    )
    .join("");
}

/** Names the address of a file of which no browser shows anything. */
export function unusedSource(url: string): string {
  return element("source", { media: "not all", srcset: url });
}

export function captionElement(html: string): string {
  return html === "" ? "" : `<figcaption>${html}</figcaption>`;
}

/** Caption and credit as HTML: "The bridge. (Kim Lee / Agency)". Empty when the medium has neither. */
export function lineBelow({ caption = "", credit = "" }: Pick<Media, "caption" | "credit">): string {
  const rest = credit === "" || caption.includes(credit) ? "" : inBrackets(credit);
  return [paragraph(caption), rest].filter((part) => part !== "").join(" ");
}

/** As HTML. Some newsrooms write the brackets themselves. */
export function inBrackets(credit: string): string {
  return /^\(.*\)$/s.test(credit) ? paragraph(credit) : `(${paragraph(credit)})`;
}

/** Plain text of several lines as HTML. */
export function paragraph(text: string): string {
  return escapeText(text).replaceAll("\n", "<br/>");
}

import type { Media } from "../core/article.ts";
import { positive } from "./media.ts";
import { element, escapeText } from "./xml.ts";

/** The picture as HTML, with what is said of it below. */
export function figureOf(medium: Media): string {
  const { url, alt = "", width, height } = medium;
  const image = element("img", { src: url, alt, width: positive(width), height: positive(height) });
  return `<figure>${image}${captionElement(lineBelow(medium))}</figure>`;
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

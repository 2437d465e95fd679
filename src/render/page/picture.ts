import type { Media, Rendition } from "../../core/article.ts";
import type { Shown } from "../../core/record.ts";
import { USUAL_WIDTH } from "../limits.ts";
import { isPicture, leadImageOf, positive, syndicatedMedia } from "../media.ts";
import type { Wording } from "../words/choose.ts";
import { say } from "../words/say.ts";
import { html, type Markup, NOTHING, raw } from "./markup.ts";

/**
 * As wide as the style makes it, which browsers that know `auto` find out by themselves
 * (https://html.spec.whatwg.org/multipage/images.html#sizes-attributes). The same entry leads one page and stands small on another.
 */
const SIZES = "auto, (min-width: 40em) 25rem, 100vw";

/** The lead picture of a story with what is said of it; nothing where the story has none that a page may load. */
export function figure(article: Shown, wording: Wording): Markup {
  const medium = leadOf(article);
  if (medium === undefined) return NOTHING;
  const { alt = "", width, height } = medium;
  const files = filesOf(medium);
  const image = raw(
    html`<img src="${usual(files).url}"${attribute("srcset", srcset(files))}${attribute("sizes", files.length > 1 ? SIZES : undefined)} alt="${alt}"${attribute("width", positive(width))}${attribute("height", positive(height))}${attribute("class", focusOf(medium))} loading="lazy" decoding="async" referrerpolicy="no-referrer">`.toString(),
  );
  return html`<figure>${image}${caption(medium, wording)}</figure>`;
}

/** The lead picture that a page may load: pages load nothing that is not encrypted. */
export function leadOf(article: Shown): Media | undefined {
  return leadImageOf(syndicatedMedia(article).filter((medium) => isPicture(medium) && isSecure(medium)));
}

const isSecure = ({ url }: Rendition) => url.startsWith("https:");

/** The picture's own file and its sizes, the narrowest first; crops of another shape are left out. */
function filesOf({ url, type, width, height, renditions = [] }: Media): Rendition[] {
  const own: Rendition = { url, type, ...(width && { width }), ...(height && { height }) };
  const shape = shapeOf(own);
  const sizes = renditions.filter(
    (one) =>
      isPicture(one) &&
      isSecure(one) &&
      one.url !== url &&
      (one.width ?? 0) > 0 &&
      (shape === undefined || Math.abs((shapeOf(one) ?? shape) / shape - 1) < 0.03),
  );
  return [own, ...sizes].sort(
    (a, b) => (a.width ?? Number.POSITIVE_INFINITY) - (b.width ?? Number.POSITIVE_INFINITY),
  );
}

function shapeOf({ width = 0, height = 0 }: Rendition): number | undefined {
  return width > 0 && height > 0 ? width / height : undefined;
}

function usual(files: Rendition[]): Rendition {
  return (
    files.find(({ width = Number.POSITIVE_INFINITY }) => width >= USUAL_WIDTH) ?? (files.at(-1) as Rendition)
  );
}

/** Undefined where there is nothing to choose from. A comma or a space at the ends of an address would end it too early. */
function srcset(files: Rendition[]): string | undefined {
  const known = files.filter(({ width = 0 }) => width > 0);
  if (known.length < 2) return undefined;
  return known.map(({ url, width }) => `${url.replace(/,$/, "%2C")} ${width}w`).join(", ");
}

function attribute(name: string, value: string | number | undefined): Markup {
  return value === undefined ? NOTHING : html` ${raw(name)}="${value}"`;
}

/** Which part of the picture must be seen where it is cut: one of nine. Undefined: its middle. */
function focusOf({ focalPoint }: Media): string | undefined {
  if (focalPoint === undefined) return undefined;
  const third = (value: number) => (value < 0.34 ? 0 : value > 0.66 ? 2 : 1);
  const [x, y] = [third(focalPoint.x), third(focalPoint.y)];
  return x === 1 && y === 1 ? undefined : `focus-${x}${y}`;
}

/** "The bridge. Photo: Kim Lee / Agency": a credit that says by itself what it is stands as it came. */
function caption({ caption = "", credit = "" }: Media, wording: Wording): Markup {
  const name = credit.replace(/^\((.*)\)$/s, "$1");
  const hasCredit = name !== "" && !caption.includes(name);
  if (caption === "" && !hasCredit) return NOTHING;
  const words = /[:：©]/.test(name) ? name : say(wording, "photo", { credit: name });
  const line = hasCredit ? html`<span class="credit">${words}</span>` : NOTHING;
  return html`<figcaption>${caption}${caption !== "" && hasCredit ? " " : ""}${line}</figcaption>`;
}

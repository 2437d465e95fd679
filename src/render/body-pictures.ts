import type { Media } from "../core/article.ts";
import { captionElement, inBrackets, lineBelow, paragraph, unusedSource } from "./figure.ts";
import { filesOf, isPicture } from "./media.ts";
import { isSamePicture, type Picture, pictureAt, picturesIn } from "./picture-address.ts";
import { wordsOf } from "./plain-text.ts";
import { startTag } from "./xml.ts";

/** The pictures, and the tags that say where a picture stands. */
const TAG = /<(\/?)(figure|figcaption|picture|a|img|source)\b[^>]*>/g;

/** Markup to put in at a place of the body. */
type Insertion = { at: number; markup: string };

/** A figure of the body that is open, and where the words of its caption stand. */
type Figure = { media: Set<Media>; caption?: { start: number; end: number } };

/** An `img` or `picture` of the body: where it and its inside begin, its tags, and which media it shows. */
type Image = { start: number; inside?: number; tags: string; media: Set<Media> };

/** How far the body is read. */
type Reading = {
  figures: Figure[];
  /** The `picture` that is open. */
  picture: Image | undefined;
  /** How many links are open. */
  links: number;
  /** Shown outside of any figure, in the link that is open. */
  bare: Set<Media>;
};

/** The body, and the media that it shows. */
export type Annotated = { html: string; held: Set<Media> };

/**
 * The body, in which each picture of `media` has its caption and credit where the body does not say them. A picture in
 * another size leads to the address that `media` has: a reader that looks for the address in the content, as FreshRSS
 * does, then does not show the picture again.
 */
export function annotated(body: string, media: Media[]): Annotated {
  const known = knownFiles(media);
  const [held, insertions] = [new Set<Media>(), [] as Insertion[]];
  /** Those whose words outside of any figure are settled: each once, however often the body shows the picture. */
  const lined = new Set<Media>();
  const reading: Reading = { figures: [], picture: undefined, links: 0, bare: new Set() };
  let words: string | undefined;
  /** `end`: behind the image. */
  function endImage(image: Image, end: number): void {
    const isFirst = (medium: Media) => !held.has(medium);
    const inner = renditionsIn(image, [...image.media].filter(isFirst), end);
    for (const medium of image.media) held.add(medium);
    const [link, linkEnd] = linkAround(image, end, reading.links > 0);
    insertions.push(...[link, ...inner, linkEnd].filter((insertion) => insertion !== undefined));
    const figure = reading.figures.at(-1);
    for (const medium of image.media) (figure?.media ?? reading.bare).add(medium);
    if (reading.links === 0) endBare(end);
  }
  function endBare(end: number): void {
    for (const medium of reading.bare) {
      if (lined.has(medium)) continue;
      lined.add(medium);
      words ??= folded(wordsOf(body));
      insertions.push(...lineAfter(medium, end, words));
    }
    reading.bare.clear();
  }

  for (const { 0: tag, 1: slash, 2: name, index } of body.matchAll(TAG)) {
    const end = index + tag.length;
    if (name === "img" || name === "source") {
      const image = reading.picture ?? { start: index, tags: "", media: new Set<Media>() };
      const shown = picturesIn(tag);
      const found = shown
        .flatMap((other) => known.get(other.path)?.find(({ file }) => isSamePicture(file, other)) ?? [])
        .at(0);
      image.tags += tag;
      if (found !== undefined) image.media.add(found.medium);
      if (reading.picture === undefined) endImage(image, end);
    } else if (name === "picture") {
      if (slash && reading.picture !== undefined) endImage(reading.picture, end);
      reading.picture = slash ? undefined : { start: index, inside: end, tags: "", media: new Set() };
    } else if (name === "a") {
      reading.links = slash ? Math.max(0, reading.links - 1) : reading.links + 1;
      if (reading.links === 0) endBare(end);
    } else if (name === "figure") {
      if (slash) insertions.push(...captionIn(body, reading.figures.pop(), index));
      else reading.figures.push({ media: new Set() });
    } else {
      readCaption(reading.figures.at(-1), slash ? { end: index } : { start: end });
    }
  }
  return { html: inserted(body, insertions), held };
}

/** The files of all media by their paths: a body may show ten thousand pictures, and media have two thousand files. */
function knownFiles(media: Media[]): Map<string, { medium: Media; file: Picture }[]> {
  const known = new Map<string, { medium: Media; file: Picture }[]>();
  for (const medium of media) {
    for (const file of filesOf(medium).map(pictureAt)) {
      known.set(file.path, [...(known.get(file.path) ?? []), { medium, file }]);
    }
  }
  return known;
}

/** A link to the picture, unless its tags have the address or it stands in another link. */
function linkAround({ start, tags, media }: Image, end: number, isLinked: boolean): Insertion[] {
  const [first] = media;
  if (first === undefined || isLinked || [...media].some(({ url }) => hasAttribute(tags, url))) return [];
  return [
    { at: start, markup: startTag("a", { href: first.url }) },
    { at: end, markup: "</a>" },
  ];
}

/** Renditions of media that the image does not name. It shows what it did: no browser takes one of them. */
function renditionsIn({ start, inside, tags }: Image, media: Media[], end: number): Insertion[] {
  const sources = media
    .flatMap(({ renditions = [] }) => renditions.filter(isPicture))
    .filter(({ url }) => !hasAttribute(tags, url))
    .map(({ url }) => unusedSource(url))
    .join("");
  if (sources === "") return [];
  if (inside !== undefined) return [{ at: inside, markup: sources }];
  return [
    { at: start, markup: `<picture>${sources}` },
    { at: end, markup: "</picture>" },
  ];
}

function hasAttribute(tags: string, address: string): boolean {
  return tags.includes(`"${address.replaceAll("&", "&amp;")}"`);
}

/** The caption and the credit of a picture outside of any figure, as far as the body nowhere says them. */
function lineAfter({ caption = "", credit = "" }: Media, at: number, words: string): Insertion[] {
  const [isCaptionSaid, isCreditSaid] = [says(words, caption), says(words, credit)];
  if (isCaptionSaid && isCreditSaid) return [];
  const line = isCaptionSaid
    ? inBrackets(credit)
    : isCreditSaid
      ? paragraph(caption)
      : lineBelow({ caption, credit });
  return [{ at, markup: `<br/><small>${line}</small>` }];
}

/** A caption for a figure that has none. Where it has one, what the body says holds, and the credit has to be there. */
function captionIn(body: string, figure: Figure | undefined, end: number): Insertion[] {
  const { media = new Set<Media>(), caption } = figure ?? {};
  if (media.size === 0) return [];
  const said = caption === undefined ? "" : folded(wordsOf(body.slice(caption.start, caption.end)));
  if (said === "") {
    const line = [...media].map(lineBelow).filter((part) => part !== "");
    const markup = line.join(" ");
    return caption === undefined
      ? [{ at: end, markup: captionElement(markup) }]
      : [{ at: caption.start, markup }];
  }
  const credits = new Set(
    [...media].map(({ credit = "" }) => credit).filter((credit) => !says(said, credit)),
  );
  return [...credits].map((credit) => ({ at: caption?.end ?? end, markup: ` ${inBrackets(credit)}` }));
}

function readCaption(figure: Figure | undefined, place: { start: number } | { end: number }): void {
  if (figure === undefined) return;
  if ("start" in place) figure.caption ??= { start: place.start, end: place.start };
  else if (figure.caption !== undefined) figure.caption.end = place.end;
}

/** Whether folded words have this text. Nothing is always said. */
function says(words: string, text: string): boolean {
  return words.includes(folded(text));
}

function folded(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function inserted(body: string, insertions: Insertion[]): string {
  let [html, end] = ["", 0];
  for (const { at, markup } of insertions.toSorted((a, b) => a.at - b.at)) {
    html += body.slice(end, at) + markup;
    end = at;
  }
  return html + body.slice(end);
}

import type { Media } from "../core/article.ts";
import { captionElement, inBrackets, lineBelow, paragraph } from "./figure.ts";
import { isSamePicture, type Picture, pictureAt, picturesIn } from "./picture-address.ts";
import { wordsOf } from "./plain-text.ts";
import { startTag } from "./xml.ts";

/** The tags that say where a picture stands, and the pictures. */
const TAG = /<(\/?)(figure|figcaption|picture|a)\b[^>]*>|<(?:img|source)\b[^>]*>/g;

/** Markup to put in at a place of the body. */
type Insertion = { at: number; markup: string };

/** A figure of the body that is open. */
type Figure = { media: Media[]; caption?: { start: number; end: number } };

/**
 * The body, in which each picture of `media` has its caption and credit where the body does not say them, and leads to
 * the picture at the address of `media` where it shows another size: a reader that looks for the address, as FreshRSS
 * does, then does not show the picture again. `held`: the media that the body shows.
 */
export function annotated(body: string, media: Media[]): { html: string; held: Set<Media> } {
  const known = media.map((medium) => ({ medium, picture: pictureAt(medium.url) }));
  const walk = createWalk(body, known);
  for (const match of body.matchAll(TAG)) walk.visit(match);
  return { html: inserted(body, walk.insertions), held: walk.held };
}

function createWalk(body: string, known: { medium: Media; picture: Picture }[]) {
  const insertions: Insertion[] = [];
  const held = new Set<Media>();
  const figures: Figure[] = [];
  let linkDepth = 0;
  /** The picture element that is open, or the image itself: where it begins and what it shows. */
  let picture: { start: number; media: Set<Media>; tags: string } | undefined;
  /** Pictures outside of any figure that wait for the end of the link around them. */
  let bare: Media[] = [];
  let words: string | undefined;

  const insert = (at: number, markup: string) => {
    if (markup !== "") insertions.push({ at, markup });
  };

  function endPicture(end: number): void {
    const { start, media, tags } = picture ?? { start: end, media: new Set<Media>(), tags: "" };
    picture = undefined;
    for (const medium of media) held.add(medium);
    const [first] = media;
    if (first === undefined) return;
    if (linkDepth === 0 && ![...media].some(({ url }) => names(tags, url))) {
      insert(start, startTag("a", { href: first.url }));
      insert(end, "</a>");
    }
    const figure = figures.at(-1);
    (figure?.media ?? bare).push(...media);
    if (figure === undefined && linkDepth === 0) endBare(end);
  }

  function endBare(end: number): void {
    for (const medium of bare) {
      words ??= wordsOf(body);
      const line = missingLine(medium, words);
      insert(end, line && `<br/><small>${line}</small>`);
    }
    bare = [];
  }

  function endFigure(end: number): void {
    const { media = [], caption } = figures.pop() ?? {};
    const said = caption === undefined ? "" : wordsOf(body.slice(caption.start, caption.end));
    if (caption === undefined || said === "") {
      const lines = [...new Set(media)].map(lineBelow).filter((line) => line !== "");
      const line = lines.join(" ");
      insert(caption?.end ?? end, caption === undefined ? captionElement(line) : line);
      return;
    }
    // What the body says of its picture holds; the credit has to be there.
    const credits = [...new Set(media.map(({ credit = "" }) => credit))];
    for (const credit of credits) if (!says(said, credit)) insert(caption.end, ` ${inBrackets(credit)}`);
  }

  function visit(match: RegExpExecArray): void {
    const [tag, slash, name] = match;
    const [start, end] = [match.index, match.index + tag.length];
    const isEnd = slash === "/";
    if (name === undefined) {
      const shown = picturesIn(tag);
      const isAlone = picture === undefined;
      picture ??= { start, media: new Set(), tags: "" };
      picture.tags += tag;
      const found = known.find((item) => shown.some((other) => isSamePicture(item.picture, other)));
      if (found !== undefined) picture.media.add(found.medium);
      if (isAlone) endPicture(end);
    } else if (name === "picture") {
      if (isEnd) endPicture(end);
      else picture = { start, media: new Set(), tags: "" };
    } else if (name === "a") {
      linkDepth = Math.max(0, linkDepth + (isEnd ? -1 : 1));
      if (linkDepth === 0) endBare(end);
    } else if (name === "figure") {
      if (isEnd) endFigure(start);
      else figures.push({ media: [] });
    } else {
      const figure = figures.at(-1);
      if (figure === undefined) return;
      if (isEnd && figure.caption !== undefined) figure.caption.end = start;
      else figure.caption ??= { start: end, end };
    }
  }

  return { visit, insertions, held };
}

/** Whether the tags have this address as a whole attribute. */
function names(tags: string, url: string): boolean {
  return tags.includes(`"${url.replaceAll("&", "&amp;")}"`);
}

/** What the words do not say of the medium's caption and credit. */
function missingLine({ caption = "", credit = "" }: Media, words: string): string {
  if (says(words, caption)) return says(words, credit) ? "" : inBrackets(credit);
  return says(words, credit) ? paragraph(caption) : lineBelow({ caption, credit });
}

/** Nothing is always said. */
function says(words: string, text: string): boolean {
  return folded(words).includes(folded(text));
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

import type { Media, Published } from "../core/article.ts";
import { annotated } from "./body-pictures.ts";
import { figureOf, paragraph } from "./figure.ts";
import { filesOf, isPicture, leadImageOf, syndicatedMedia } from "./media.ts";
import { isSamePicture, pictureAt } from "./picture-address.ts";

/**
 * The HTML that an entry shows: the body, in which every picture that is in `media` has its caption and credit, and before
 * it the lead picture, after it the other pictures that the body does not hold. An article without a body shows its
 * summary in its place when it has pictures. Undefined when there is nothing to show beside headline and summary.
 */
export function contentOf(article: Published): string | undefined {
  const pictures = syndicatedMedia(article).filter(isPicture);
  if (pictures.length === 0) return article.body;
  const { html, held } = annotated(article.body ?? "", pictures);
  const others = onceEach(pictures, held);
  const lead = leadImageOf(pictures);
  const isFirst = (medium: Media) => medium === lead && medium.role !== "inline";
  return [
    ...others.filter(isFirst).map(figureOf),
    html || summaryOf(article),
    ...others.filter((medium) => !isFirst(medium)).map(figureOf),
  ].join("");
}

/** The summary as a paragraph; empty when there is none. */
export function summaryOf({ summary }: Published): string {
  return summary === undefined ? "" : `<p>${paragraph(summary)}</p>`;
}

/** The pictures that are not held, without further sizes of one another; the lead stands for all of its sizes. */
function onceEach(pictures: Media[], held: Set<Media>): Media[] {
  const lead = leadImageOf(pictures);
  const ordered = lead === undefined ? pictures : [lead, ...pictures.filter((medium) => medium !== lead)];
  const known = [...held].flatMap(filesOf).map(pictureAt);
  return ordered.filter((medium) => {
    const picture = pictureAt(medium.url);
    if (known.some((other) => isSamePicture(picture, other))) return false;
    known.push(...filesOf(medium).map(pictureAt));
    return true;
  });
}

import type { Shown } from "../core/record.ts";
import type { Site } from "../core/site.ts";
import { clean } from "./clean-record.ts";
import { withDateline } from "./dateline.ts";
import { partsOf } from "./entry-parts.ts";
import type { EntryParts, Format } from "./format.ts";
import { FORMATS } from "./formats.ts";
import { labelledHeadline } from "./headline-label.ts";
import { piecesIn, type RenderedArticle } from "./piece.ts";
import { rightsOf } from "./rights.ts";
import { syndicatedBody } from "./withhold-media.ts";

/** The entry of an article in each format, by the format's name, as it stands in every feed. */
export function renderEntries(site: Site, article: Shown): Record<string, string> {
  const { pieces } = renderArticle(clean(site), clean(article));
  const texts = [...pieces].map(([format, { bytes }]) => [
    format.name,
    bytes.subarray(format.separator.length).toString(),
  ]);
  return Object.fromEntries(texts);
}

/** The article in all formats. Both arguments must be clean. */
export function renderArticle(site: Site, record: Shown): RenderedArticle {
  const { article, parts } = prepared(site, record);
  const pieces = piecesIn(FORMATS, (format) => format.entry(article, site, parts));
  return { updated: new Date(article.updated).toISOString(), pieces };
}

/** The article in this format alone, without the separator. Both arguments must be clean. */
export function renderIn(format: Format, site: Site, record: Shown): string {
  const { article, parts } = prepared(site, record);
  return format.entry(article, site, parts).text.join("");
}

function prepared(site: Site, record: Shown): { article: Shown; parts: EntryParts } {
  const { body: _, ...rest } = record;
  const body = withDateline(syndicatedBody(record), record.dateline);
  const rights = rightsOf(site, record);
  const article = {
    ...{ ...rest, headline: labelledHeadline(site, record) },
    ...(body && { body }),
    ...(rights && { rights }),
  };
  return { article, parts: partsOf(site, article, record.headline) };
}

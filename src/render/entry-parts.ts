import type { Shown } from "../core/record.ts";
import type { Site } from "../core/site.ts";
import { changesOf } from "./change-block.ts";
import { contentOf, summaryOf } from "./content.ts";
import type { EntryParts } from "./format.ts";
import { newsElements, signalsOf } from "./news.ts";

/** What formats share of an entry. `headline`: as it came. */
export function partsOf(site: Site, article: Shown, headline: string): EntryParts {
  const { block, note, corrections } = changesOf(site, article);
  return {
    content: withBlock(block, article),
    note,
    signals: signalsOf(site, article),
    news: newsElements(site, article),
    headline,
    changes: block,
    corrections,
  };
}

/** Readers show the content in place of the summary, so the block does not stand alone. */
function withBlock(block: string, article: Shown): string | undefined {
  const content = contentOf(article);
  return block === "" ? content : `${block}${content ?? summaryOf(article)}`;
}

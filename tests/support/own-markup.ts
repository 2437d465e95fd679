import type { Published } from "../../src/core/article.ts";
import { partsOf } from "../../src/render/entry-parts.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { ALL_FEED, byId, TEST_SITE, windowOf } from "./articles.ts";
import { byFormat, FORMAT_NAMES, type FormatName } from "./documents.ts";

/**
 * What an entry of each format takes beyond what people read of it, bytes of UTF-8: its elements, addresses, names, tags
 * and dates, what escaping adds, and every text that stands in the entry a second time. People read the headline, the
 * summary, the content with its changes and its pictures, and what is said of each medium.
 */
export function ownMarkup(article: Published): Record<FormatName, number> {
  const text = bytesOf(textsOf(article).join(""));
  const [one, none] = [documentsOf([article]), documentsOf([])];
  return Object.fromEntries(
    FORMAT_NAMES.map((format) => [format, entryIn(one[format], none[format]) - text]),
  ) as Record<FormatName, number>;
}

/** What people read of a story, each text once. */
function textsOf(article: Published): string[] {
  const { headline, shortHeadline, summary, media = [] } = article;
  const { content } = partsOf(TEST_SITE, article, headline);
  const shown = media.filter(({ syndicate }) => syndicate !== false);
  const words = shown.flatMap(({ alt, caption, credit }) => [alt, caption, credit]);
  return [headline, shortHeadline, summary, content, ...words].filter((text) => text !== undefined);
}

function documentsOf(articles: Published[]) {
  return byFormat(createRenderer(TEST_SITE).render(ALL_FEED, windowOf(articles), byId(articles)));
}

/** Bytes of the one entry of a document: the heads differ, so it is cut out by its first and last characters. */
function entryIn(document: Uint8Array, empty: Uint8Array): number {
  const [text, head] = [document, empty].map((bytes) => Buffer.from(bytes).toString()) as [string, string];
  const start = text.search(/<item>|<entry[ >]|\n\{"id"/);
  const tail = head.slice(head.search(/\n<\/channel>|\n<\/feed>|\n\]\}/));
  if (start === -1 || !text.endsWith(tail)) throw new Error("the document has no entry");
  return bytesOf(text.slice(start, -tail.length).trim());
}

const bytesOf = (text: string) => Buffer.byteLength(text);

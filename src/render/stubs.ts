import type { Feed } from "../core/feed.ts";
import { shownWithdrawn } from "../core/shown-dates.ts";
import type { Site } from "../core/site.ts";
import type { StubReference } from "../core/window-items.ts";
import { feedLanguage } from "./channel.ts";
import { clean } from "./clean-record.ts";
import { FORMATS } from "./formats.ts";
import { MAX_STUB_BYTES } from "./limits.ts";
import { piecesIn, type RenderedArticle } from "./piece.ts";
import { type StubWords, stubWords } from "./stub-words.ts";

/** What stands in the place of a killed story, for readers who never heard of tombstones. Throws for an invalid date. */
export function renderStub(
  site: Site,
  { title, text }: StubWords,
  tombstone: StubReference,
): RenderedArticle {
  const { id, guid, notice = text } = clean(tombstone);
  const published = new Date(tombstone.published).toISOString();
  const updated = new Date(shownWithdrawn(tombstone)).toISOString();
  const stub = { id, guid, title, text: notice, published, updated };
  return { updated, pieces: piecesIn(FORMATS, (format) => format.stub(stub, site)) };
}

/** `stub` undefined: it cannot be rendered, and is left out. */
export type RenderOne = (words: StubWords, reference: StubReference) => RenderedArticle | undefined;

/**
 * The newest of these stubs for which there is room in every document of the feed: readers load each document whole, again
 * and again. `label`: as in `Contents` of channel.ts.
 */
export function stubsThatFit(
  site: Site,
  { feed, label }: { feed: Feed; label: string | undefined },
  references: StubReference[],
  render: RenderOne,
): { reference: StubReference; stub: RenderedArticle }[] {
  if (references.length === 0) return [];
  const words = stubWords(site, feedLanguage(site, feed, label));
  const left = new Map(FORMATS.map((format) => [format, MAX_STUB_BYTES]));
  const found: { reference: StubReference; stub: RenderedArticle }[] = [];
  for (const reference of references) {
    const stub = render(words, reference);
    if (stub === undefined) continue;
    for (const [format, bytes] of left)
      left.set(format, bytes - (stub.pieces.get(format)?.bytes.byteLength ?? 0));
    if ([...left.values()].some((bytes) => bytes < 0)) break;
    found.push({ reference, stub });
  }
  return found;
}

import { encodeArticleId } from "../core/article-id.ts";
import { type StoredRecord, shownPublished, shownUpdated, type Withdrawal } from "../core/record.ts";
import type { Site } from "../core/site.ts";
import { isKilled, type StoryState, toldUpdated } from "../core/story.ts";
import { clean } from "./clean-record.ts";
import { json } from "./json-feed.ts";
import type { RenderedArticle } from "./piece.ts";
import { stubWords } from "./stub-words.ts";
import { renderStub } from "./stubs.ts";

/** What the wire says of a story, under `_flashwire.story` of its document. `after`: the last withdrawal that it came back from. */
export type StoryPart = StoryState & { id: string; updated: string; after?: Withdrawal };

/** The public form of an article: a JSON Feed item, its stub, or nothing but its identity. */
export type StoryDocument = { id: string; _flashwire: { story: StoryPart; removed?: true } };

/** The JSON Feed item of a rendered article, as JSON. */
export function itemOf(rendered: RenderedArticle | undefined): string | undefined {
  const bytes = rendered?.pieces.get(json)?.bytes;
  return bytes?.subarray(json.separator.length).toString();
}

/**
 * The document of a story. `item`: what `Renderer.item` answers for the record; where there is none, the story stands without
 * content, as one that is removed. The bytes follow from the site file and the record alone.
 */
export function storyBody(
  site: Site,
  record: StoredRecord,
  state: StoryState,
  item: string | undefined,
): Uint8Array {
  const { id, guid } = record.article;
  const content = contentOf(site, record, state, item);
  const { withdrawal: after } = record;
  const story: StoryPart = {
    id: encodeArticleId(id),
    ...state,
    updated: toldUpdated(record),
    ...(after !== undefined && { after }),
  };
  const shown = content ?? { id: guid, _flashwire: { removed: true } };
  const body = { ...shown, _flashwire: { ...shown._flashwire, story } };
  return Buffer.from(`${JSON.stringify(body)}\n`);
}

type Content = { id: string; _flashwire?: object };

function contentOf(
  site: Site,
  record: StoredRecord,
  { status }: StoryState,
  item: string | undefined,
): Content | undefined {
  if (status === "removed") return undefined;
  const text = isKilled({ status }) ? tombstone(site, record) : item;
  return text === undefined ? undefined : JSON.parse(text);
}

/** The stub that stands in feeds; undefined for an invalid date, from a record edited by hand. */
function tombstone(site: Site, record: StoredRecord): string | undefined {
  const { id, guid, status } = record.article;
  if (status !== "withdrawn") return undefined;
  const updated = shownUpdated(record);
  const { notice } = record.article;
  const reference = {
    ...{ id, guid, version: "", updated, accepted: record.accepted ?? updated },
    published: shownPublished(record),
    ...(typeof notice === "string" && { notice }),
  };
  try {
    return itemOf(renderStub(clean(site), stubWords(site, site.language), reference));
  } catch {
    return undefined;
  }
}

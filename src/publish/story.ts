import type { Told } from "../core/change.ts";
import { FlashwireError } from "../core/errors.ts";
import { type StoryState, storyState } from "../core/story.ts";
import { compareText, shownArticle, versionOf } from "../core/version.ts";
import { storyOutput } from "../render/outputs.ts";
import { storyBody } from "../render/story.ts";
import { putDocument } from "../repository/documents.ts";
import type { StoredMark } from "../repository/logged.ts";
import { isWithoutBody, readRecord, type TaggedRecord } from "../repository/records.ts";
import { digestOf, readStory, type StoredStory } from "../repository/stories.ts";
import { attempts, busy } from "../store/cas.ts";
import { CONFLICT } from "../store/port.ts";
import type { Press } from "./press.ts";

/** A story that shows this record. `etag`: of the stored story. */
export type ShownStory = Told & { record: TaggedRecord; etag: string };

/**
 * What became of the story of a record. `shown`: it shows this very version. `newer`: somebody has written a newer version,
 * whose own event does the rest. `private`: nothing of the article is public.
 */
export type StoryOutcome = ({ is: "shown" } & ShownStory) | { is: "newer" } | { is: "private" };

/**
 * `rewrites`: a story at the version of the record is written, too, where this site file makes other bytes of it. `mark`: of the
 * story, as it was read; where it tells which story is stored, no look at the story comes before the put.
 */
export type StoryOptions = { rewrites?: boolean; mark?: StoredMark | undefined };

/**
 * Brings the story of a record up to date; never over a newer one: the order that stands in the story is compared, so nothing
 * depends on whether record or story was read first. A story at the version of the record stays as it is, and the outcome is what
 * it says: publishers by two site files never write in turn. Throws `busy`, and what the store throws.
 */
export async function writeStory(
  press: Press,
  record: TaggedRecord,
  { rewrites = false, mark }: StoryOptions = {},
): Promise<StoryOutcome> {
  const { id } = record.article;
  const guess = guessed(storyState(press.site, record), mark);
  const seen = guess === undefined ? await readStory(press, id) : guess.story;
  const state = storyState(press.site, record, seen !== undefined);
  if (state === undefined) return { is: "private" };
  const whole = await wholeRecord(press, record, state);
  if (whole === undefined) return { is: "newer" };
  let found = seen;
  let body: Uint8Array | undefined;
  for await (const _ of attempts(press)) {
    const order = compareText(found?.state?.order ?? "", state.order);
    if (order > 0) return { is: "newer" };
    if (order === 0 && !rewrites) return shown(record, state, found);
    body ??= bodyOf(press, whole, state);
    if (found?.digest === digestOf(body)) return shown(record, state, found);
    const etag = await putDocument(press, storyOutput(id), body, found);
    if (etag !== CONFLICT) return { is: "shown", record, state, digest: digestOf(body), etag };
    // Another writer was there, or this put won and its answer was lost.
    found = await readStory(press, id);
  }
  throw busy();
}

/** The state that the stored story names. */
function shown(record: TaggedRecord, state: StoryState, story: StoredStory | undefined): StoryOutcome {
  return {
    is: "shown",
    record,
    state: story?.state ?? state,
    digest: story?.digest ?? "",
    etag: story?.etag ?? "",
  };
}

/**
 * The story that is most likely stored, if the mark tells of one that is older than this state, or of none. The put is on
 * condition: where another story stands, it loses.
 */
function guessed(
  state: StoryState | undefined,
  stored: StoredMark | undefined,
): { story: StoredStory | undefined } | undefined {
  // Whether there is a story decides what is public of an article without a state.
  if (state === undefined || stored === undefined) return undefined;
  const { found, mark } = stored;
  if (found === "missing") return { story: undefined };
  if (mark?.story === undefined || compareText(mark.order, state.order) >= 0) return undefined;
  return { story: { etag: mark.story, digest: "", state: mark } };
}

/** The record with its body; undefined where a newer one has come. */
async function wholeRecord(
  press: Press,
  record: TaggedRecord,
  { status }: StoryState,
): Promise<TaggedRecord | undefined> {
  if (status !== "published" || !isWithoutBody(record)) return record;
  const again = await readRecord(press, record.article.id);
  if (again === undefined)
    throw new FlashwireError("unreadable", `${record.article.id} has lost its record.`);
  return again.etag === record.etag ? again : undefined;
}

function bodyOf({ site, renderer }: Press, record: TaggedRecord, state: StoryState): Uint8Array {
  const article = state.status === "published" ? shownArticle(record) : undefined;
  const item = article && renderer.item({ id: article.id, version: versionOf(record) }, article);
  return storyBody(site, record, state, item);
}

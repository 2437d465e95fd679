import { FlashwireError } from "../core/errors.ts";
import { type StoryState, storyState } from "../core/story.ts";
import { compareText, shownArticle, versionOf } from "../core/version.ts";
import { storyOutput } from "../render/outputs.ts";
import { storyBody } from "../render/story.ts";
import { putDocument } from "../repository/documents.ts";
import { isWithoutBody, readRecord, type TaggedRecord } from "../repository/records.ts";
import { digestOf, readStory, type StoredStory } from "../repository/stories.ts";
import { attempts, busy } from "../store/cas.ts";
import { CONFLICT } from "../store/port.ts";
import type { Press } from "./press.ts";

/**
 * What became of the story of a record. `shown`: it shows this very version. `newer`: somebody has written a newer version,
 * whose own event does the rest. `private`: nothing of the article is public.
 */
export type StoryOutcome =
  | { is: "shown"; record: TaggedRecord; state: StoryState; digest: string }
  | { is: "newer" }
  | { is: "private" };

/** `rewrites`: a story at the version of the record is written, too, where this site file makes other bytes of it. */
export type StoryOptions = { rewrites?: boolean };

/**
 * Brings the story of a record up to date; never over a newer one: the order that stands in the story is compared, so nothing
 * depends on whether record or story was read first. A story at the version of the record stays as it is, and the outcome is what
 * it says: publishers by two site files never write in turn. Throws `busy`, and what the store throws.
 */
export async function writeStory(
  press: Press,
  record: TaggedRecord,
  { rewrites = false }: StoryOptions = {},
): Promise<StoryOutcome> {
  const { id } = record.article;
  const seen = await readStory(press, id);
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
    if (etag !== CONFLICT) return { is: "shown", record, state, digest: digestOf(body) };
    // Another writer was there, or this put won and its answer was lost.
    found = await readStory(press, id);
  }
  throw busy();
}

/** As the story says that stands there. */
function shown(record: TaggedRecord, state: StoryState, story: StoredStory | undefined): StoryOutcome {
  return { is: "shown", record, state: story?.state ?? state, digest: story?.digest ?? "" };
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

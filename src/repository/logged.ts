import * as v from "valibot";
import { encodeArticleId } from "../core/article-id.ts";
import type { StoryState } from "../core/story.ts";
import { type CONFLICT, type Expected, unchanged } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";
import { getStored, orUnreadable, parseStored, UnreadableError } from "./stored-json.ts";
import { STATE_FIELDS, stateOf } from "./stories.ts";

type Deps = { stores: Pick<Stores, "newsroom"> };

const LOGGED = "logged/";
const loggedKey = (id: string) => `${LOGGED}${encodeArticleId(id)}.json`;

/**
 * The mark of a story: its state as it was last logged, and where; `seq` 0 stands for the snapshot of the epoch. A mark at the
 * version of the record, or behind it, says that windows, documents, story and log all show that version. `story`: the ETag of the
 * story that shows this state, where it is known; versions before did not write it.
 */
export type Mark = StoryState & { epoch: string; seq: number; story?: string };

/** A mark with what a write over it has to expect. One that cannot be read has no state: it is older than any other. */
export type StoredMark = { found: Expected; mark?: Mark };

const Shape = v.object({
  ...STATE_FIELDS,
  epoch: v.string(),
  seq: v.pipe(v.number(), v.safeInteger()),
  story: v.exactOptional(v.string()),
});

export async function readMark({ stores }: Deps, id: string): Promise<StoredMark> {
  const key = loggedKey(id);
  const read = async (): Promise<StoredMark> => {
    const stored = await getStored(stores.newsroom, key);
    if (stored === undefined) return { found: "missing" };
    const mark = parseStored<Mark>(key, stored, (value) => v.is(Shape, value));
    const { epoch, seq, story } = mark;
    const read = { ...stateOf(mark), epoch, seq, ...(story !== undefined && { story }) };
    return { found: { etag: stored.etag }, mark: read };
  };
  const mark = await orUnreadable(read());
  return mark instanceof UnreadableError ? { found: mark.found } : mark;
}

/** No id has this form. */
const EPOCH_KEY = `${LOGGED}@epoch.json`;

/** The greatest epoch that was ever named, which is lost with no page of the log. */
export async function readEpoch({ stores }: Deps): Promise<{ found: Expected; epoch?: string }> {
  const read = async () => {
    const stored = await getStored(stores.newsroom, EPOCH_KEY);
    if (stored === undefined) return { found: "missing" as const };
    const { epoch } = parseStored<{ epoch: string }>(EPOCH_KEY, stored, (value) => v.is(EpochShape, value));
    return { found: { etag: stored.etag }, epoch };
  };
  const named = await orUnreadable(read());
  return named instanceof UnreadableError ? { found: named.found } : named;
}

const EpochShape = v.object({ epoch: v.string() });

export function putEpoch(
  { stores }: Deps,
  epoch: string,
  found: Expected,
): Promise<string | typeof CONFLICT> {
  return stores.newsroom.put(EPOCH_KEY, Buffer.from(`${JSON.stringify({ epoch })}\n`), {
    condition: unchanged(found === "missing" ? undefined : found),
    contentType: "application/json",
  });
}

/** Forgets what was logged of a story that is gone, so that one of the same id is logged as a new one. */
export async function removeMark({ stores }: Deps, id: string): Promise<void> {
  await stores.newsroom.delete(loggedKey(id));
}

export function putMark(
  { stores }: Deps,
  id: string,
  mark: Mark,
  found: Expected,
): Promise<string | typeof CONFLICT> {
  return stores.newsroom.put(loggedKey(id), Buffer.from(`${JSON.stringify(mark)}\n`), {
    condition: unchanged(found === "missing" ? undefined : found),
    contentType: "application/json",
  });
}

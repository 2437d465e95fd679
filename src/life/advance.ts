import type { StoredRecord } from "../core/record.ts";
import type { Site } from "../core/site.ts";
import { putRecord, readRecord, recordBytes, type TaggedRecord } from "../repository/records.ts";
import { type DueStory, settleStory } from "../repository/schedule.ts";
import { compareAndSwap, type Pacing } from "../store/cas.ts";
import { CONFLICT } from "../store/port.ts";
import type { Log, Stores } from "../store/stores.ts";
import { advanced } from "./due.ts";
import { adoptedLife } from "./pending.ts";
import { remind, remindAgain } from "./remind.ts";

export type LifeDeps = Pacing & { site: Site; stores: Stores; log: Log; now(): number };

/**
 * Does what a reminder reminds of: writes into the record what fell due. Safe to repeat, to cut off at any point and to
 * run twice at once. Answers whether the record was changed. The reminder stays until the caller has published the story.
 */
export async function advance(deps: LifeDeps, due: DueStory): Promise<boolean> {
  const changed = await rewrite(deps, due.id, (record) =>
    advanced(deps.site, record, { now: deps.now(), etag: record.etag }),
  );
  if (changed !== undefined) deps.log("story.due", { id: due.id, due: due.at, phase: changed.phase });
  return changed !== undefined;
}

/** Takes the reminder away. The caller has published the story. */
export async function settle(deps: LifeDeps, due: DueStory): Promise<void> {
  await settleStory(deps, due);
  // A version that came in the meantime may need the reminder that is gone.
  await remindOfStored(deps, due.id);
}

/**
 * Sees to it that the schedule knows of a record: a record of an earlier version of the wire is told when it is no breaking
 * news any more, and a reminder that was lost is written again.
 */
export async function adopt(deps: LifeDeps, record: TaggedRecord): Promise<void> {
  if (adoptedLife(deps.site, record) === undefined) return remind(deps, record);
  const adopted = await rewrite(deps, record.article.id, (current) => {
    const life = adoptedLife(deps.site, current);
    return life && { ...current, ...life, sentEtag: current.sentEtag ?? current.etag };
  });
  if (adopted !== undefined) await remindAgain(deps, adopted, deps.now());
}

async function remindOfStored(deps: LifeDeps, id: string): Promise<void> {
  const record = await readRecord(deps, id);
  if (record !== undefined) await remind(deps, record);
}

/** Writes what `change` makes of the record, with its next reminder before it. Answers what was written. */
function rewrite(
  deps: LifeDeps,
  id: string,
  change: (record: TaggedRecord) => StoredRecord | undefined,
): Promise<StoredRecord | undefined> {
  return compareAndSwap(deps, async () => {
    const record = await readRecord(deps, id);
    const next = record && change(record);
    if (next === undefined) return undefined;
    await remind(deps, next);
    const etag = await putRecord(deps, id, recordBytes(next), record);
    return etag === CONFLICT ? CONFLICT : next;
  });
}

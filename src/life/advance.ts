import type { StoredRecord } from "../core/record.ts";
import type { Site } from "../core/site.ts";
import { putRecord, readRecord, recordBytes, type TaggedRecord } from "../repository/records.ts";
import { type DueStory, settleStory } from "../repository/schedule.ts";
import { compareAndSwap, type Pacing } from "../store/cas.ts";
import { CONFLICT } from "../store/port.ts";
import type { Log, Stores } from "../store/stores.ts";
import { advanced, nextDue } from "./due.ts";
import { adoptedLife } from "./pending.ts";
import { remind } from "./remind.ts";

export type LifeDeps = Pacing & { site: Site; stores: Stores; log: Log; now(): number };

/**
 * Does what a reminder reminds of: writes into the record what fell due, which is the event that gets it published.
 * Then takes the reminder away. Safe to repeat, to cut off at any point and to run twice at once. Answers whether the
 * record was changed.
 */
export async function advance(deps: LifeDeps, due: DueStory): Promise<boolean> {
  const changed = await rewrite(deps, due.id, (record) =>
    advanced(deps.site, record, { now: deps.now(), etag: record.etag }),
  );
  await settleStory(deps, due);
  if (changed !== undefined) deps.log("story.due", { id: due.id, due: due.at, phase: changed.phase });
  return changed !== undefined;
}

/**
 * Sees to it that the schedule knows of a record: a record of an earlier version of the wire is told when it is no breaking
 * news any more, and a reminder that was lost is written again.
 */
export async function adopt(deps: LifeDeps, record: TaggedRecord): Promise<void> {
  if (adoptedLife(deps.site, record) === undefined) return remind(deps, record);
  await rewrite(deps, record.article.id, (current) => {
    const life = adoptedLife(deps.site, current);
    return life && { ...current, ...life, sentEtag: current.sentEtag ?? current.etag };
  });
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
    if (next === undefined) {
      // The time may have been moved: the record is due later, and its reminder may be lost.
      if (record !== undefined && nextDue(record) !== undefined) await remind(deps, record);
      return undefined;
    }
    await remind(deps, next);
    const etag = await putRecord(deps, id, recordBytes(next), record);
    return etag === CONFLICT ? CONFLICT : next;
  });
}

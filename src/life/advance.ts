import type { StoredRecord } from "../core/record.ts";
import type { Site } from "../core/site.ts";
import { readRecord, type TaggedRecord } from "../repository/records.ts";
import { type DueStory, settleStory } from "../repository/schedule.ts";
import { compareAndSwap, type Pacing } from "../store/cas.ts";
import type { Log, Stores } from "../store/stores.ts";
import { advanced, nextDue } from "./due.ts";
import { adoptedLife } from "./pending.ts";
import { putPhase } from "./put-phase.ts";
import { remind, remindWhereLost } from "./remind.ts";

export type LifeDeps = Pacing & { site: Site; stores: Stores; log: Log; now(): number };

/**
 * Does what a reminder reminds of: writes into the record what fell due. Safe to repeat, to cut off at any point and to
 * run twice at once. Answers whether the record was changed. The reminder stays until the caller has published the story.
 */
export async function advance(deps: LifeDeps, due: DueStory): Promise<boolean> {
  const changed = await rewrite(deps, due.id, (record) => advanced(deps.site, record, deps.now()));
  if (changed !== undefined) deps.log("story.due", { id: due.id, due: due.at, phase: changed.phase });
  return changed !== undefined;
}

/** Takes the reminder away. The caller has published the story. */
export async function settle(deps: LifeDeps, due: DueStory): Promise<void> {
  await settleStory(deps, due);
  // A version that came in the meantime may need the reminder that is gone.
  const record = await readRecord(deps, due.id);
  if (record !== undefined && nextDue(record) === due.at) await remind(deps, record);
}

/**
 * Sees to it that the schedule knows of a record: a reminder that was lost is written again, and a record of an earlier
 * version of the wire is told when it is no breaking news any more. Documents say that too, so the caller, or the event
 * of the write, publishes what was written.
 */
export async function adopt(deps: LifeDeps, record: StoredRecord): Promise<void> {
  if (adoptedLife(deps.site, record) === undefined) return remindWhereLost(deps, record);
  await rewrite(deps, record.article.id, (current) => {
    const life = adoptedLife(deps.site, current);
    return life && { ...current, ...life };
  });
}

/** Writes what `change` makes of the record as its next phase. Answers what was written. */
function rewrite(
  deps: LifeDeps,
  id: string,
  change: (record: TaggedRecord) => StoredRecord | undefined,
): Promise<StoredRecord | undefined> {
  return compareAndSwap(deps, async () => {
    const record = await readRecord(deps, id);
    const next = record && change(record);
    return next && putPhase(deps, next, record);
  });
}

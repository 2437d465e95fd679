import { putPhase } from "../life/put-phase.ts";
import { readRecord } from "../repository/records.ts";
import { compareAndSwap } from "../store/cas.ts";
import { CONFLICT } from "../store/port.ts";
import type { IngestDeps } from "./decide.ts";

/**
 * Marks a tombstone as that of a purge, in its next phase, so that followers of the log hear of the purge, also where the kill
 * was told long ago. Does nothing where the article is live or has no record. Safe to repeat.
 */
export function markPurged(deps: IngestDeps, id: string): Promise<void> {
  return compareAndSwap(deps, async () => {
    const record = await readRecord(deps, id);
    if (record?.article.status !== "withdrawn" || record.purged) return;
    const put = await putPhase(deps, { ...record, purged: true }, record);
    return put === CONFLICT ? CONFLICT : undefined;
  });
}

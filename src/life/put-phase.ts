import type { StoredRecord } from "../core/record.ts";
import { recordBytes } from "../repository/record-form.ts";
import { etagOf, putRecord, type TaggedRecord } from "../repository/records.ts";
import { CONFLICT } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";
import { remind, remindAgain } from "./remind.ts";

type Deps = { stores: Stores; now(): number };

/**
 * Writes a record over the one that was `found`: the same version in its next phase, so that documents which showed the one
 * come to show the other, and with the reminder of what time has yet to bring. Answers what was written, or CONFLICT.
 */
export async function putPhase(
  deps: Deps,
  record: StoredRecord,
  found: TaggedRecord,
): Promise<StoredRecord | typeof CONFLICT> {
  const phased = new Date(deps.now()).toISOString();
  const next = { ...record, phase: (found.phase ?? 0) + 1, phased, sentEtag: etagOf(found) };
  await remind(deps, next);
  const etag = await putRecord(deps, next.article.id, recordBytes(next), found);
  if (etag === CONFLICT) return CONFLICT;
  await remindAgain(deps, next, deps.now());
  return next;
}

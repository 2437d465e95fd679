import type { StoredRecord } from "../core/record.ts";
import { remindOf } from "../repository/schedule.ts";
import type { Stores } from "../store/stores.ts";
import { nextDue } from "./due.ts";

/**
 * Leaves the reminder that the tick finds a record by when time changes it. To be written before the record: a reminder
 * without a reason does nothing.
 */
export async function remind(
  deps: { stores: Pick<Stores, "newsroom"> },
  record: Pick<StoredRecord, "article" | "pending">,
): Promise<void> {
  const at = nextDue(record);
  if (at !== undefined) await remindOf(deps, record.article.id, at);
}

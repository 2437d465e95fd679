import type { StoredRecord } from "../core/record.ts";
import { isReminded, remindOf } from "../repository/schedule.ts";
import type { Stores } from "../store/stores.ts";
import { nextDue } from "./due.ts";
import { NEAR_MS } from "./limits.ts";

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

/** Leaves the reminder of a stored record again where it was lost. Where it is there this costs a look, and no write. */
export async function remindWhereLost(
  deps: { stores: Pick<Stores, "newsroom"> },
  record: Pick<StoredRecord, "article" | "pending">,
): Promise<void> {
  const at = nextDue(record);
  const { id } = record.article;
  // A tick that takes the reminder away behind this look reads the record after that.
  if (at !== undefined && !(await isReminded(deps, { id, at }))) await remindOf(deps, id, at);
}

/**
 * Leaves the reminder of a record that was written just now once more where its time is near: a tick that looked at the
 * reminder before the record was there took it away. `now`: milliseconds since 1970.
 */
export async function remindAgain(
  deps: { stores: Pick<Stores, "newsroom"> },
  record: Pick<StoredRecord, "article" | "pending">,
  now: number,
): Promise<void> {
  const at = nextDue(record);
  if (at !== undefined && Date.parse(at) <= now + NEAR_MS) await remindOf(deps, record.article.id, at);
}

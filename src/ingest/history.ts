import type { Correction } from "../core/article.ts";
import { notAfter } from "../core/later.ts";
import { type StoredRecord, shownUpdated } from "../core/record.ts";
import { MAX_HISTORY } from "./limits.ts";

/**
 * The history of the record `next`, which replaces `current`: the `change` of each version that was taken in, oldest first,
 * at most MAX_HISTORY. `isEdition`: `next` is other content under the version of `current`, so its change takes the place
 * of that one. A note that is still sent with the next version is told once. Empty when there is nothing to tell; a kill
 * leaves nothing.
 */
export function historyAfter(
  current: StoredRecord | undefined,
  next: StoredRecord,
  isEdition: boolean,
): Correction[] {
  if (next.article.status === "withdrawn") return [];
  const before =
    // The change of a version that waited was dated as of a time which the next version need not wait for.
    current === undefined ? [] : earlier(current, isEdition).map((one) => notAfter(one, shownUpdated(next)));
  const last = before.at(-1);
  const isTold = (change: Correction) =>
    change.note !== undefined && change.note === last?.note && change.kind === last.kind;
  return [...before, ...changeOf(next).filter((change) => !isTold(change))].slice(-MAX_HISTORY);
}

/** A record that was stored before the wire kept histories tells the change of its version. */
function earlier(current: StoredRecord, isEdition: boolean): Correction[] {
  const own = changeOf(current);
  const { history = own } = current;
  return isEdition ? history.filter(({ at }) => at !== own[0]?.at) : history;
}

function changeOf(record: StoredRecord): Correction[] {
  const { article } = record;
  if (article.status === "withdrawn" || article.change === undefined) return [];
  return [{ ...article.change, at: shownUpdated(record) }];
}

import { believed } from "../life/clock.ts";
import { etagOf, type TaggedRecord } from "../repository/records.ts";
import { UnreadableError } from "../repository/stored-json.ts";

/** What a read of the record answered: there may be none, or one that cannot be read. */
export type Stored = TaggedRecord | UnreadableError | undefined;

/** The stored record with the times that can be believed. `sent`: the date of what comes, by the clock of the newsroom. */
export function believedOf(
  stored: TaggedRecord | undefined,
  now: number,
  sent: string | undefined,
): TaggedRecord | undefined {
  return stored && believed(stored, { written: stored.modified.getTime(), now, sent });
}

/** What a write of the record replaces, be it readable or not. */
export function foundOf(stored: Stored): { etag: string } | undefined {
  if (!(stored instanceof UnreadableError)) return stored;
  return stored.found === "missing" ? undefined : stored.found;
}

/** The ETag that the newsroom knows: what time brings to a record does not change it. */
export function sentEtagOf(stored: Stored): string | undefined {
  return stored instanceof UnreadableError || stored === undefined ? foundOf(stored)?.etag : etagOf(stored);
}

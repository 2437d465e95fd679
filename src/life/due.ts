import { placements } from "../core/feed.ts";
import { compareInstants } from "../core/instant.ts";
import type { Pending, StoredRecord } from "../core/record.ts";
import type { Site } from "../core/site.ts";
import { isAhead } from "./clock.ts";

/** When time next changes the record: RFC 3339, UTC, as late as the whole millisecond. Undefined where it never does. */
export function nextDue({ pending = {} }: Pick<StoredRecord, "pending">): string | undefined {
  const [first] = Object.values(pending).sort(compareInstants);
  if (first === undefined) return undefined;
  const millisecond = Date.parse(first);
  // A time within a millisecond counts as come at the end of that millisecond.
  return new Date(millisecond + (first.length > WHOLE_MILLISECOND ? 1 : 0)).toISOString();
}

const WHOLE_MILLISECOND = "2026-01-01T00:00:00.000Z".length;

/**
 * The record with everything done that is due at `now` (milliseconds since 1970), to be written as its next phase;
 * undefined where nothing is due. The clock decides when this is written, and nothing of what is written: each instant
 * was fixed when the version came in.
 */
export function advanced(site: Site, record: StoredRecord, now: number): StoredRecord | undefined {
  const { pending = {}, settled, ...rest } = record;
  const left = Object.entries(pending).filter(([, at]) => isAhead(at, now));
  if (left.length === Object.keys(pending).length) return undefined;
  const after: Pending = Object.fromEntries(left);
  const isSettled = settled || (pending.settle !== undefined && after.settle === undefined);
  const next: StoredRecord = {
    ...rest,
    ...(left.length > 0 && { pending: after }),
    ...(isSettled && { settled: true as const }),
  };
  // A feed that the site file has got since the record was written shows the story, and is to lose it.
  const places = [...placements(site, record).keys(), ...placements(site, next).keys()];
  const feeds = [...new Set([...record.feeds, ...places])].sort();
  return { ...next, feeds };
}

import { compareInstants } from "../core/instant.ts";
import { earlier } from "../core/later.ts";
import { MAX_BELIEVED_AHEAD_MS, MAX_WITNESS_AGE_MS } from "../core/limits.ts";
import { type Dates, type StoredRecord, shownPublished, shownUpdated } from "../core/record.ts";

/*
 * Clocks of computers are wrong now and then, some by years. What a wrong clock wrote into a record is believed while it
 * lies ahead by no more than a bound, and not beyond it. All times are milliseconds since 1970.
 */

/** Whether a time lies so far ahead that a clock was wrong when it was written. */
export function isBeyondBelief(time: number, now: number): boolean {
  return time > now + MAX_BELIEVED_AHEAD_MS;
}

/** What tells which clock was wrong. `written`: when the store wrote the record, by the clock of the store. */
export type Evidence = {
  written: number;
  now: number;
  /** A date by the clock of the newsroom, RFC 3339. */
  sent?: string | undefined;
};

/**
 * The record as it would be had the clock of the wire been right when the record was taken in; the same record when that
 * time can be believed. A time that lies ahead may mean that the clock is behind now, so another clock has to say which one
 * is wrong: that of the store, which then tells when the record was taken in; or, where one machine has both, that of the
 * newsroom, and then the record counts as taken in now.
 */
export function believed<Kept extends StoredRecord>(record: Kept, { written, now, sent }: Evidence): Kept {
  const accepted = Date.parse(record.accepted ?? "");
  if (!isBeyondBelief(accepted, now)) return record;
  if (isBeyondBelief(accepted, written)) return takenIn(record, written);
  return sent !== undefined && isRecent(Date.parse(sent), now) ? takenIn(record, now) : record;
}

/** Whether a newsroom whose clock shows about this time would have sent the date. */
function isRecent(sent: number, now: number): boolean {
  return now - MAX_WITNESS_AGE_MS <= sent && !isBeyondBelief(sent, now);
}

function takenIn<Kept extends StoredRecord>(record: Kept, time: number): Kept {
  const accepted = new Date(time).toISOString();
  const { dates: _, ...rest } = record;
  const dates = datesBefore(record, accepted);
  const history = record.history?.map((change) => ({ ...change, at: earlier(change.at, accepted) }));
  return {
    ...{ ...rest, accepted, redated: (record.redated ?? 0) + 1 },
    ...(Object.keys(dates).length > 0 && { dates }),
    ...(history !== undefined && { history }),
    ...breakingFrom(record, time),
  } as Kept;
}

/** Breaking news that began ahead of this time began at it, and ends as much earlier, unless the newsroom says when. */
function breakingFrom({ article, breakingSince, pending }: StoredRecord, time: number) {
  const tooLate = Date.parse(breakingSince ?? "") - time;
  if (!(tooLate > 0)) return {};
  const isSaid = article.status === "published" && article.breaking?.until !== undefined;
  const settle = isSaid ? undefined : pending?.settle;
  return {
    breakingSince: new Date(time).toISOString(),
    ...(settle && { pending: { ...pending, settle: new Date(Date.parse(settle) - tooLate).toISOString() } }),
  };
}

/** What documents show, with no date behind the time at which the record was taken in. */
function datesBefore(record: StoredRecord, accepted: string): Dates {
  const { article } = record;
  const published = earlier(shownPublished(record), accepted);
  const updated = earlier(shownUpdated(record), accepted);
  return {
    ...(published !== article.published && { published }),
    ...(updated !== article.updated && { updated }),
  };
}

/** Whether the instant has yet to come at `now` (milliseconds since 1970). Fractions of a millisecond count. */
export function isAhead(instant: string, now: number): boolean {
  return compareInstants(instant, new Date(now).toISOString()) > 0;
}

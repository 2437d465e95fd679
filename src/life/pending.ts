import type { Article, Breaking, Published } from "../core/article.ts";
import { compareInstants } from "../core/instant.ts";
import { isLevelRaised } from "../core/levels.ts";
import { MAX_CLOCK_AHEAD_MS, MINUTE_MS } from "../core/limits.ts";
import { isWaiting, type Pending, type StoredRecord, shownUpdated } from "../core/record.ts";
import type { Site } from "../core/site.ts";
import { isAhead } from "./clock.ts";

/** The part of a record that time changes, as it is when a version comes in. */
export type Life = Pick<StoredRecord, "pending" | "breakingSince" | "settled">;

type LiveRecord = StoredRecord & { article: Published };

/**
 * What time has yet to bring to a version that comes at `now` (milliseconds since 1970). What has passed already is over:
 * an `expires` in the past has expired, a `breaking.until` in the past is no breaking news. What has come in the current
 * record by another clock does not lie ahead again.
 */
export function lifeOf(site: Site, article: Article, current: StoredRecord | undefined, now: number): Life {
  if (article.status === "withdrawn") return {};
  const before =
    current?.article.status === "published" ? { ...current, article: current.article } : undefined;
  const release = releaseOf(article, before, now);
  const since = breakingSince(article, before, release ?? new Date(now).toISOString());
  const settle = since === undefined ? undefined : settlesAt(site, article.breaking as Breaking, since);
  const isSettled = settle !== undefined && (!isAhead(settle, now) || settle === settledAt(site, before));
  const { expires } = article;
  const isExpired = before?.pending?.expire === undefined && before?.article.expires === expires;
  const pending: Pending = {
    ...(release !== undefined && { release }),
    ...(settle !== undefined && !isSettled && { settle }),
    ...(expires !== undefined && !isExpired && isAhead(expires, now) && { expire: expires }),
  };
  return {
    ...(Object.keys(pending).length > 0 && { pending }),
    ...(since !== undefined && { breakingSince: since }),
    ...(isSettled && { settled: true as const }),
  };
}

/**
 * When the article becomes public; undefined where it is at once. An embargo is to the letter. A date of publication
 * that lies ahead by no more than clocks differ counts as now.
 */
function releaseOf(
  { embargo, published }: Published,
  before: LiveRecord | undefined,
  now: number,
): string | undefined {
  // No other clock takes back what came out at its time.
  const was = before === undefined || isWaiting(before) ? undefined : before.article;
  const isHeld = embargo !== undefined && embargo !== was?.embargo && isAhead(embargo, now);
  const isDated = published !== was?.published && Date.parse(published) > now + MAX_CLOCK_AHEAD_MS;
  const dates = [...(isHeld ? [embargo] : []), ...(isDated ? [published] : [])];
  return dates.sort(compareInstants).at(-1);
}

/** A version that sets or raises the level begins its time again; a correction of breaking news does not. */
function breakingSince(
  { breaking }: Published,
  before: LiveRecord | undefined,
  start: string,
): string | undefined {
  if (breaking === undefined) return undefined;
  const was = before?.article.breaking;
  if (before === undefined || was === undefined || isLevelRaised(was.level, breaking.level)) return start;
  // The time of a story that was never public has not begun.
  return isWaiting(before) ? start : sinceOf(before);
}

/** Records of earlier versions of the wire do not tell. */
function sinceOf(record: StoredRecord): string {
  return record.breakingSince ?? record.accepted ?? shownUpdated(record);
}

function settlesAt({ breakingMinutes }: Site, { level, until }: Breaking, since: string): string {
  return until ?? new Date(Date.parse(since) + breakingMinutes[level] * MINUTE_MS).toISOString();
}

/** When the breaking news of this record ended, if it has. */
function settledAt(site: Site, before: LiveRecord | undefined): string | undefined {
  if (before?.article.breaking === undefined || before.settled === undefined) return undefined;
  return settlesAt(site, before.article.breaking, sinceOf(before));
}

/** The life of a record that an earlier version of the wire wrote; undefined where time changes nothing of it. */
export function adoptedLife(site: Site, record: StoredRecord): Life | undefined {
  const { article, pending, settled } = record;
  if (article.status === "withdrawn" || article.breaking === undefined) return undefined;
  if (settled || pending?.settle !== undefined) return undefined;
  const since = sinceOf(record);
  return { pending: { ...pending, settle: settlesAt(site, article.breaking, since) }, breakingSince: since };
}

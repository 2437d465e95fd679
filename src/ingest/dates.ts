import type { Article } from "../core/article.ts";
import { compareInstants } from "../core/instant.ts";
import { later } from "../core/later.ts";
import { MAX_CLOCK_AHEAD_MS } from "../core/limits.ts";
import { type Dates, isWaiting, type StoredRecord, shownUpdated } from "../core/record.ts";
import { deletedAt } from "../core/shown-dates.ts";
import { compareVersions } from "../core/version.ts";

/**
 * What documents show in place of the dates of this version, because readers know versions by their `updated`
 * (RFC 4287 §4.2.15): no date lies ahead; none is before the version that it replaces; after a withdrawal it is later, because a
 * tombstone would win otherwise (RFC 6721 §3). An update or a correction without a later date is dated now, also where it comes
 * under a version that is there already. `now`: milliseconds since 1970.
 */
export function datesShown(article: Article, current: StoredRecord | undefined, now: number): Dates {
  const published = publishedShown(article, current, now);
  const updated = updatedShown(article, current, now);
  return {
    ...(published !== article.published && { published }),
    ...(updated !== article.updated && { updated }),
  };
}

function publishedShown({ published }: Article, current: StoredRecord | undefined, now: number): string {
  const first = current?.dates?.published;
  if (first === undefined || published !== current?.article.published) return notAhead(published, now);
  // The instant of the first acceptance stays, also when the date that was sent has come. That of a kill is none, and that
  // of a version which waits has yet to come.
  const isAcceptance = Date.parse(published) - Date.parse(first) <= MAX_CLOCK_AHEAD_MS;
  if (!isAcceptance) return notAhead(published, now);
  return isWaiting(current) ? notAhead(first, now) : first;
}

function updatedShown(article: Article, current: StoredRecord | undefined, now: number): string {
  const sent = notAhead(article.updated, now);
  if (current === undefined) return sent;
  // A version that waits was never seen, and may be dated ahead.
  const before = isWaiting(current) ? notAhead(shownUpdated(current), now) : shownUpdated(current);
  const today = new Date(now).toISOString();
  if (article.status === "withdrawn") return later(sent, before);
  if (compareVersions({ article, accepted: today }, current) === 0) {
    return later(sent, hasNewChange(article, current.article) ? later(today, before) : before);
  }
  const floor = current.article.status === "withdrawn" ? afterKill(current) : before;
  const isNews = article.change !== undefined && compareInstants(sent, before) <= 0;
  return later(isNews ? later(sent, today) : sent, floor);
}

/** `when` of the tombstone, which does not count against an entry of the same time. */
function afterKill(killed: StoredRecord): string {
  const updated = shownUpdated(killed);
  return deletedAt({ updated, accepted: killed.accepted ?? updated });
}

function hasNewChange(article: Article, before: Article): boolean {
  if (article.status === "withdrawn" || article.change === undefined) return false;
  const old = before.status === "withdrawn" ? undefined : before.change;
  return JSON.stringify(article.change) !== JSON.stringify(old);
}

function notAhead(date: string, now: number): string {
  return Date.parse(date) > now ? new Date(now).toISOString() : date;
}

import { hash } from "node:crypto";
import type { Article } from "../core/article.ts";
import { FlashwireError } from "../core/errors.ts";
import { placements } from "../core/feed.ts";
import { orderOf } from "../core/order.ts";
import { type Standing, type StoredRecord, shownUpdated, type Withdrawal } from "../core/record.ts";
import type { Site } from "../core/site.ts";
import { compareVersions, isDatedAhead, versionOf } from "../core/version.ts";
import { lifeOf } from "../life/pending.ts";
import { datesShown } from "./dates.ts";
import { historyAfter } from "./history.ts";
import { MAX_PLACEMENTS, MAX_REPLACED } from "./limits.ts";

/**
 * How what is sent stands to what is stored. `same`: the same content. `edition`: other content under the same version.
 * `superseded`: a content that another one has replaced under the same version.
 */
export type Relation = "first" | "newer" | "edition" | "superseded" | "same" | "older";

/** `now`: milliseconds since 1970. */
export function relate(article: Article, current: StoredRecord | undefined, now: number): Relation {
  if (current === undefined) return "first";
  const order = compareVersions({ article, accepted: new Date(now).toISOString() }, current);
  if (isSameContent(article, current, order)) return "same";
  if (order < 0) return "older";
  if (current.replaced?.includes(digestOf(article))) return "superseded";
  return order === 0 ? "edition" : "newer";
}

/** Records of earlier versions of the wire hold the date that documents show in place of the one that was sent. */
function isSameContent(article: Article, current: StoredRecord, order: number): boolean {
  const stored = JSON.stringify(current.article);
  if (JSON.stringify(article) === stored) return true;
  return order === 0 && JSON.stringify({ ...article, updated: shownUpdated(current) }) === stored;
}

/** `found`: feeds that show the article though no record says so. `now`: milliseconds since 1970. */
export type Replacing = {
  current: StoredRecord | undefined;
  relation: Relation;
  found: string[];
  now: number;
};

/** The record that this article makes of the stored one. Throws `invalid` for more feeds than a record may name. */
export function nextRecord(
  site: Site,
  article: Article,
  { current, relation, found, now }: Replacing,
): StoredRecord {
  const replaced = replacedBy(current, relation);
  const life = lifeOf(site, article, current, now);
  // A story that waits is dated as of the time at which it becomes public.
  const shownAt = life.pending?.release === undefined ? now : Date.parse(life.pending.release);
  const dates = datesShown(article, current, shownAt);
  const record: StoredRecord = {
    article,
    feeds: placesOf(site, { article, ...life }, current, found),
    accepted: acceptedAfter(now, current),
    ...(relation !== "newer" && current !== undefined && { edition: (current.edition ?? 1) + 1 }),
    ...(replaced.length > 0 && { replaced }),
    ...(Object.keys(dates).length > 0 && { dates }),
    ...life,
    ...(current?.redated !== undefined && { redated: current.redated }),
    ...withdrawalBefore(article, current),
  };
  const history = historyAfter(current, record, relation !== "newer");
  return { ...record, ...(history.length > 0 && { history }) };
}

/** The last withdrawal from which a live article came back: followers of the log learn of it though nobody logged it. */
function withdrawalBefore({ status }: Article, current: StoredRecord | undefined) {
  if (current === undefined) return {};
  // A purged story stays purged under a later kill, also where it came back in between.
  if (status === "withdrawn")
    return current.purged || current.withdrawal?.purged ? { purged: true as const } : {};
  if (current.article.status === "withdrawn") return { withdrawal: withdrawalOf(current) };
  return current.withdrawal === undefined ? {} : { withdrawal: current.withdrawal };
}

function withdrawalOf(record: StoredRecord): Withdrawal {
  const { purged } = record;
  return { version: versionOf(record), order: orderOf(record), ...(purged && { purged }) };
}

/**
 * A content that is sent again is not taken for a new one: that of an earlier edition, and that of an earlier version which
 * was dated ahead and would be the newest again. Any other earlier version is older by its order.
 */
function replacedBy(current: StoredRecord | undefined, relation: Relation): string[] {
  if (current === undefined) return [];
  const mayComeAgain = relation !== "newer" || isDatedAhead(current);
  const digests = [...(current.replaced ?? []), ...(mayComeAgain ? [digestOf(current.article)] : [])];
  return [...new Set(digests)].slice(-MAX_REPLACED);
}

/** 96 bits: no two of the few contents of one article are alike. */
function digestOf(article: Article): string {
  return hash("sha256", JSON.stringify(article), "base64url").slice(0, 16);
}

/** Every feed that the article was in, is in by the site file of today, and will be in. */
function placesOf(site: Site, next: Standing, current: StoredRecord | undefined, found: string[]): string[] {
  const feeds = new Set([...found, ...(current?.feeds ?? [])]);
  if (current !== undefined) for (const feed of placements(site, current).keys()) feeds.add(feed);
  for (const feed of placements(site, next).keys()) feeds.add(feed);
  // A kill adds none, or one for a family of today; it is never refused.
  if (next.article.status === "published" && feeds.size > MAX_PLACEMENTS) {
    const detail = `would bring the article into more than ${MAX_PLACEMENTS} feeds over its life`;
    throw new FlashwireError("invalid", "The record is not valid.", [{ pointer: "#/tags", detail }]);
  }
  return [...feeds].sort();
}

/** Clocks differ, and the order in which an article's versions were taken in has to show. */
function acceptedAfter(now: number, current: StoredRecord | undefined): string {
  const last = Date.parse(current?.accepted ?? "");
  return new Date(Number.isNaN(last) ? now : Math.max(now, last + 1)).toISOString();
}

import type { Article, Breaking, Correction, Published } from "./article.ts";
import { compareInstants } from "./instant.ts";

/**
 * What is stored under `articles/{id}.json`. `article` is the newsroom's part, as it was sent. The rest is the wire's own;
 * documents follow from both, and from nothing else.
 */
export type StoredRecord = {
  article: Article;
  /** Every feed that the article was ever placed in, sorted. */
  feeds: string[];
  /** When the wire took this version in: RFC 3339, UTC, later than that of the version before. Not in what was put by hand. */
  accepted?: string;
  /** How many contents came under this version, where there was more than one. */
  edition?: number;
  /** Digests of the last contents that were replaced though they may come again as the newest, oldest first. */
  replaced?: string[];
  /** What documents show in place of the dates that the newsroom sent. */
  dates?: Dates;
  /** The change of each version that the wire took in, oldest first: documents show it where the record sends no list. */
  history?: Correction[];
  /** The changes that time has yet to bring. Until then only the schedule knows of them. */
  pending?: Pending;
  /** Since when the article is breaking news at its level or a higher one: RFC 3339, UTC. */
  breakingSince?: string;
  /** Breaking news that has ended: documents show no flag. */
  settled?: true;
  /** How often time has changed what documents show of this version. */
  phase?: number;
  /** When time brought the version to its phase: RFC 3339, UTC. Records of earlier versions of the wire do not say it. */
  phased?: string;
  /** How often the wire took back what a wrong clock had written: `accepted` goes back with it. */
  redated?: number;
  /** The last withdrawal from which the article came back, by its version and its order (order.ts). */
  withdrawal?: Withdrawal;
  /** A purge removed the content of the withdrawn article wherever the wire kept it; partners have to delete their copies too. */
  purged?: true;
  /** The ETag of the record as the version was taken in, where the wire has written it since. */
  sentEtag?: string;
};

/** A withdrawal that an article had. `purged`: it was a purge. */
export type Withdrawal = { version: string; order: string; purged?: true };

/**
 * RFC 3339, UTC. `release`: the article becomes public. `settle`: it is no breaking news any more. `expire`: it leaves
 * every feed. An entry that fell due is removed.
 */
export type Pending = { release?: string; settle?: string; expire?: string };

/** RFC 3339, UTC. Only the dates that differ from those of the article. */
export type Dates = { published?: string; updated?: string };

/** A live article as documents show it. `version` is there where neither its revision nor its dates name the version. */
export type Shown = Published & { version?: string };

/** The part of a record that says whether and where an article stands. */
export type Standing = Pick<StoredRecord, "article" | "pending" | "settled">;

/** Whether no feed has the article: it was withdrawn, waits for its time, or has expired. */
export function isOut({ article, pending }: Standing): boolean {
  if (article.status === "withdrawn" || isWaiting({ pending })) return true;
  return article.expires !== undefined && pending?.expire === undefined;
}

/** Whether the article has yet to become public. */
export function isWaiting({ pending }: { pending?: Pending | undefined }): boolean {
  return pending?.release !== undefined;
}

/** The breaking flag that documents show. */
export function shownBreaking({ article, settled, pending }: Standing): Breaking | undefined {
  if (article.status === "withdrawn" || settled || article.breaking === undefined) return undefined;
  // Partners learn when it ends, also where the site file says so.
  return pending?.settle === undefined ? article.breaking : { ...article.breaking, until: pending.settle };
}

/** When documents say that the article was first published. */
export function shownPublished({ article, dates }: StoredRecord): string {
  return dates?.published ?? article.published;
}

/**
 * When documents say that the article was updated: never before it was published. Systems that schedule stories send an
 * earlier `updated`, by which versions are ordered nevertheless.
 */
export function shownUpdated(record: StoredRecord): string {
  const published = shownPublished(record);
  const updated = record.dates?.updated ?? record.article.updated;
  return compareInstants(updated, published) < 0 ? published : updated;
}

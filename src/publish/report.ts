import type { Unreadable } from "../repository/records.ts";
import { UnreadableError } from "../repository/stored-json.ts";
import type { Changed, Outcome } from "./feed-work.ts";

export type PublishReport = {
  /** Feeds brought up to date. */
  feeds: string[];
  /** Feeds that only a rebuild can fill again; those whose window cannot be read have failed as well. */
  underfilled: string[];
  /** Feeds left behind, with what went wrong; the others are not held up by them. */
  failed: { feed: string; error: unknown }[];
  /** Feeds that the directory was asked to list. */
  listed: string[];
  /** The documents in the public bucket that are no longer what they were. */
  changed: Changed[];
};

/** A report that grows by the final outcome of each feed. */
export function createReport(): PublishReport & {
  add(feed: string, outcome: Exclude<Outcome, { is: "lost" }>): void;
} {
  const report: PublishReport = { feeds: [], underfilled: [], failed: [], listed: [], changed: [] };
  return {
    ...report,
    add(feed, outcome) {
      if (outcome.is === "failed") {
        report.failed.push({ feed, error: outcome.error });
        if (outcome.error instanceof UnreadableError) report.underfilled.push(feed);
        return;
      }
      report.feeds.push(feed);
      if (outcome.isNew) report.listed.push(feed);
      report.changed.push(...outcome.changed);
      if (outcome.isUnderfilled) report.underfilled.push(feed);
    },
  };
}

/** What became of some articles and of their feeds. */
export type ArticlesReport = PublishReport &
  Unreadable & {
    /** Articles that are not published, or not everywhere, with what went wrong: to be published again. */
    left: Map<string, unknown>;
  };

/** By article, what went wrong. */
export type Wrongs = ReadonlyMap<string, unknown>;

/**
 * What is still under way when documents are written: `told`, the log is told; `marked`, the marks say so. Both answer the
 * articles for which that failed, and never reject.
 */
export type Telling = { told: Promise<Wrongs>; marked: Promise<Wrongs> };

/** Articles whose documents are written. */
export type Written = ArticlesReport & Telling;

export const nothingToTell = (): Telling => ({
  told: Promise.resolve(new Map()),
  marked: Promise.resolve(new Map()),
});

/** The report when the log is told as well, and everything is marked. */
export async function allTold({ told, marked, ...report }: Written): Promise<ArticlesReport> {
  for (const wrongs of [told, marked]) for (const [id, error] of await wrongs) report.left.set(id, error);
  return report;
}

export function emptyReport(): ArticlesReport {
  return { feeds: [], underfilled: [], failed: [], listed: [], changed: [], unreadable: [], left: new Map() };
}

/** Adds what was done to some feeds. */
export function mergeFeeds(into: PublishReport, part: PublishReport): void {
  into.feeds.push(...part.feeds);
  into.underfilled.push(...part.underfilled);
  into.failed.push(...part.failed);
  into.listed.push(...part.listed);
  into.changed.push(...part.changed);
}

export function merge(into: ArticlesReport, part: ArticlesReport): void {
  mergeFeeds(into, part);
  into.unreadable.push(...part.unreadable);
  for (const [id, error] of part.left) into.left.set(id, error);
}

/** The report for a caller that asked for these articles alone. What was done to feeds stays in it. */
export function reportOn(report: ArticlesReport, ids: ReadonlySet<string>): ArticlesReport {
  const left = new Map([...report.left].filter(([id]) => ids.has(id)));
  return { ...report, left, unreadable: report.unreadable.filter((id) => ids.has(id)) };
}

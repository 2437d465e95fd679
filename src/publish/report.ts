import { UnreadableError } from "../repository/stored-json.ts";
import type { Changed, Outcome } from "./feed-work.ts";

export type PublishReport = {
  /** Feeds brought up to date. */
  feeds: string[];
  /** Feeds that only a rebuild can fill again; those whose window cannot be read have failed as well. */
  underfilled: string[];
  /** Feeds left behind, with what went wrong; the others are not held up by them. */
  failed: { feed: string; error: unknown }[];
  /** The documents in the public bucket that are no longer what they were. */
  changed: Changed[];
};

/** A report that grows by the final outcome of each feed. */
export function createReport(): PublishReport & {
  add(feed: string, outcome: Exclude<Outcome, { is: "lost" }>): void;
} {
  const report: PublishReport = { feeds: [], underfilled: [], failed: [], changed: [] };
  return {
    ...report,
    add(feed, outcome) {
      if (outcome.is === "failed") {
        report.failed.push({ feed, error: outcome.error });
        if (outcome.error instanceof UnreadableError) report.underfilled.push(feed);
        return;
      }
      report.feeds.push(feed);
      report.changed.push(...outcome.changed);
      if (outcome.isUnderfilled) report.underfilled.push(feed);
    },
  };
}

import type { PublishReport } from "../publish/report.ts";
import type { Unreadable } from "../repository/records.ts";
import { orUnreadable } from "../repository/stored-json.ts";
import type { Failure } from "./attempt.ts";
import type { UpkeepDeps } from "./deps.ts";
import { writeDirectory } from "./directory.ts";
import { MAX_FOUND_AT_ONCE } from "./limits.ts";
import { beginRebuild, continueRebuild, type RebuildPart, type RebuildProgress } from "./rebuild-job.ts";
import { settleMark, unsettleMark } from "./rollout.ts";
import type { Range } from "./scan-records.ts";

export type { RebuildProgress } from "./rebuild-job.ts";

export type RebuildOptions = {
  /** Only these feeds; all of them without it. */
  feeds?: string[];
  onProgress?: (progress: RebuildProgress) => void;
  /** Gives the rebuild up between two steps. Windows stay open, and so underfilled, until another rebuild. */
  signal?: AbortSignal;
};

/** `failed` also names records that the store did not give. */
export type RebuildReport = PublishReport & Unreadable & { records: number };

/**
 * Makes windows and documents from the records alone, while the wire is live: the work of the tick without a deadline.
 * Memory holds one reference for each shown or spare entry of each feed, never the archive. A rebuild of all feeds in
 * which nothing fails makes them what this site file says, and the mark says so.
 */
export async function rebuild(deps: UpkeepDeps, options: RebuildOptions = {}): Promise<RebuildReport> {
  const { feeds, signal } = options;
  const report: RebuildReport = {
    records: 0,
    unreadable: [],
    feeds: [],
    underfilled: [],
    failed: [],
    listed: [],
    changed: [],
  };
  await unsettleMark(deps);
  for (let range: Range | undefined = feeds === undefined ? {} : undefined; ; ) {
    const opening: Failure[] = [];
    const job = await beginRebuild(deps, feeds ?? [], opening, range);
    const part = await continueRebuild(deps, job, () => signal?.aborted === true, {
      maxFound: MAX_FOUND_AT_ONCE,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    signal?.throwIfAborted();
    add(report, part, opening);
    if (part.done?.to === undefined) break;
    range = { from: part.done.to };
  }
  if (feeds === undefined) {
    await writeDirectory(deps, { feeds: new Set(), isAll: true });
    await orUnreadable(deps.publisher.writeHome());
  }
  if (feeds === undefined && report.failed.length === 0) await settleMark(deps);
  return report;
}

function add(report: RebuildReport, part: RebuildPart, opening: Failure[]): void {
  const { feeds, underfilled, failed, listed, changed } = part.report;
  report.feeds.push(...feeds);
  report.underfilled.push(...underfilled);
  report.listed.push(...listed);
  report.changed.push(...changed);
  const others = [...opening, ...part.failed].map(({ name, error }) => ({ feed: name, error }));
  report.failed.push(...failed, ...others);
  // Each walk reads all records.
  report.records = Math.max(report.records, part.records);
  report.unreadable = [...new Set([...report.unreadable, ...part.unreadable])];
}

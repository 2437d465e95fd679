import pMap from "p-map";
import { decodeArticleId } from "../core/article-id.ts";
import type { Open, SnapshotItem } from "../core/change-log.ts";
import { compareText } from "../core/version.ts";
import { openLog } from "../publish/change-log.ts";
import { readOpen, readSnapshot } from "../repository/change-log.ts";
import { putMark, readMark } from "../repository/logged.ts";
import { listRecordIds } from "../repository/records.ts";
import { isEpochAsked, settleEpoch } from "../repository/schedule.ts";
import { stateOf } from "../repository/stories.ts";
import { CONCURRENCY } from "../store/limits.ts";
import type { Failure } from "./attempt.ts";
import type { TimeIsUp, UpkeepDeps } from "./deps.ts";
import { beginEpoch } from "./epoch.ts";
import { LOG_RECORDS, SNAPSHOT_STORIES } from "./limits.ts";
import { pagesOf } from "./pages.ts";
import { writeSnapshot } from "./snapshot.ts";

/**
 * What an epoch of the log begins with, made a part at a time. Plain data: between two parts it lies in the bucket.
 *
 * 1. `rewrite`, where an epoch was asked for: the story of each record is brought to what the site file says, also where the
 *    record did not change. Then the epoch is begun, and 3 follows: no change of it has the digest of an old rendering.
 * 2. `stories`, where an epoch was begun because there was none: the story of each record is written that is behind it.
 * 3. `snapshot`: the stories are listed in pages that never change; then the open page names the snapshot.
 * 4. `marks`: each story of the snapshot without a mark gets one, at the version that the snapshot has, and a mark of the
 *    same version that says otherwise follows it.
 *
 * The epoch is begun before 2 and 3, so a version that is newer than the snapshot is a change of the epoch. Publishers never
 * wait. Safe to cut off at any point, and to run twice at once.
 */
export type LogJob = {
  epoch: string;
  stage: "rewrite" | "stories" | "snapshot" | "marks" | "whole";
  /** The id of the last record of `rewrite` and `stories`, or the form of that of the last story of `snapshot`. */
  after?: string | undefined;
  /** Pages of the snapshot that are done in this stage. */
  pages: number;
  /** The notes for which the stories are rewritten. */
  asked?: string[];
};

export type LogOptions = { snapshotStories?: number };

/** `asked`: the notes that ask for an epoch. `failed`: articles without a story. */
export type LogPart = { isOver: TimeIsUp; failed: Failure[]; asked?: string[] };

/** Whether the log is as the job left it, and nothing has to be done. */
export async function isLogWhole(deps: UpkeepDeps, job: LogJob | undefined): Promise<boolean> {
  if (job?.stage !== "whole") return false;
  const { open } = await readOpen(deps);
  return open !== undefined && open.snapshot !== null && open.epoch === job.epoch;
}

/** Goes on with the job until it is `whole` or the time is up. Throws what the store throws: the next tick tries again. */
export async function continueLog(
  deps: UpkeepDeps,
  job: LogJob | undefined,
  part: LogPart,
  { snapshotStories = SNAPSHOT_STORIES }: LogOptions = {},
): Promise<LogJob> {
  const { isOver, asked = [] } = part;
  const { open } = await openLog(deps);
  let left = asked.length > 0 ? rewriteFor(open, job, asked) : jobFor(open, job);
  if (left.stage === "rewrite") left = await rewriteStories(deps, left, part);
  if (left.stage === "rewrite") return left;
  if (left.stage === "stories") left = await writeStories(deps, left, part);
  if (left.stage === "snapshot") left = await continueSnapshot(deps, left, isOver, snapshotStories);
  if (left.stage === "marks") left = await writeMarks(deps, left, isOver);
  return left;
}

/** The walk begins again where somebody has asked since it began: the site file may be another one. */
function rewriteFor({ epoch }: Open, job: LogJob | undefined, asked: string[]): LogJob {
  const isKnown = job?.stage === "rewrite" && asked.every((token) => job.asked?.includes(token));
  return isKnown ? { ...job, epoch } : { epoch, stage: "rewrite", pages: 0, asked };
}

/** The job as it stands for this open page: another process may have begun another epoch, or continued this one. */
function jobFor({ epoch, snapshot }: Open, job: LogJob | undefined): LogJob {
  const isEarly = job?.stage === "stories" || job?.stage === "snapshot";
  const isOfEpoch = job?.epoch === epoch && job.stage !== "rewrite";
  if (isOfEpoch && isEarly === (snapshot === null)) return job;
  return { epoch, stage: snapshot === null ? "stories" : "marks", pages: 0 };
}

/** The epoch is begun when the last story is written, and the notes go when it is begun. */
async function rewriteStories(deps: UpkeepDeps, job: LogJob, part: LogPart): Promise<LogJob> {
  const walk = await walkRecords(deps, job, part, (ids) => deps.publisher.rewriteStories(ids));
  // A story that could not be written would be in the epoch as it was.
  if (!walk.isWhole) return { ...job, after: walk.after };
  const asked = job.asked ?? [];
  const open = await Promise.all(asked.map((token) => isEpochAsked(deps, token)));
  // Another process has begun the epoch.
  if (!open.includes(true)) return jobFor((await openLog(deps)).open, undefined);
  const epoch = await beginEpoch(deps);
  for (const token of asked) await settleEpoch(deps, token);
  return { epoch, stage: "snapshot", pages: 0 };
}

async function writeStories(deps: UpkeepDeps, job: LogJob, part: LogPart): Promise<LogJob> {
  const walk = await walkRecords(deps, job, part, (ids) => deps.publisher.writeStories(ids));
  if (walk.isOver) return { ...job, after: walk.after };
  // The audit comes to those that failed: they have no mark.
  return { epoch: job.epoch, stage: "snapshot", pages: 0 };
}

type Walk = { after: string | undefined; isOver: boolean; isWhole: boolean };

/** `write` answers the articles that failed. */
async function walkRecords(
  deps: UpkeepDeps,
  { after }: LogJob,
  { isOver, failed }: LogPart,
  write: (ids: string[]) => Promise<Map<string, unknown>>,
): Promise<Walk> {
  let last = after;
  let hasFailed = false;
  for await (const ids of pagesOf(listRecordIds(deps, after), LOG_RECORDS)) {
    const wrongs = await write(ids);
    for (const [name, error] of wrongs) failed.push({ name, error });
    hasFailed ||= wrongs.size > 0;
    if (!hasFailed) last = ids.at(-1);
    if (isOver()) return { after: last, isOver: true, isWhole: false };
  }
  return { after: last, isOver: false, isWhole: !hasFailed };
}

async function continueSnapshot(
  deps: UpkeepDeps,
  { epoch, after, pages }: LogJob,
  isOver: TimeIsUp,
  size: number,
): Promise<LogJob> {
  const { isWhole, ...part } = await writeSnapshot(deps, epoch, { after, pages }, { isOver, size });
  return isWhole ? { epoch, stage: "marks", pages: 0 } : { epoch, stage: "snapshot", ...part };
}

async function writeMarks(deps: UpkeepDeps, job: LogJob, isOver: TimeIsUp): Promise<LogJob> {
  const { open } = await openLog(deps);
  if (open.epoch !== job.epoch || open.snapshot === null) return job;
  for (let { pages } = job; pages < open.snapshot.pages; pages++) {
    const page = await readSnapshot(deps, job.epoch, pages);
    await pMap(page?.stories ?? [], (item) => writeMark(deps, job.epoch, item), { concurrency: CONCURRENCY });
    if (isOver()) return { ...job, pages: pages + 1 };
  }
  return { epoch: job.epoch, stage: "whole", pages: open.snapshot.pages };
}

/** A mark that loses here was overtaken by a publisher. A mark of an older version stays: its publisher is still at work. */
async function writeMark(deps: UpkeepDeps, epoch: string, { id, ...item }: SnapshotItem): Promise<void> {
  const articleId = decodeArticleId(id);
  if (articleId === undefined) return;
  const { found, mark } = await readMark(deps, articleId);
  const state = stateOf(item);
  const isBeside = mark !== undefined && compareText(mark.order, state.order) !== 0;
  if (isBeside || (mark && JSON.stringify(stateOf(mark)) === JSON.stringify(state))) return;
  await putMark(deps, articleId, { ...state, epoch, seq: 0 }, found);
}

import pMap from "p-map";
import { decodeArticleId, encodeArticleId } from "../core/article-id.ts";
import { emptyOpen, type Open, type SnapshotItem } from "../core/change-log.ts";
import { storyKey } from "../core/keys.ts";
import { nameEpoch, openLog } from "../publish/change-log.ts";
import { openOutput, snapshotOutput } from "../render/outputs.ts";
import { putClosedPage, putLogPage, readOpen, readSnapshot } from "../repository/change-log.ts";
import { hasMark, putMark } from "../repository/logged.ts";
import { listRecordIds } from "../repository/records.ts";
import { listStoryIds, readStory, stateOf } from "../repository/stories.ts";
import { compareAndSwap } from "../store/cas.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { CONFLICT } from "../store/port.ts";
import type { Failure } from "./attempt.ts";
import type { TimeIsUp, UpkeepDeps } from "./deps.ts";
import { LOG_RECORDS, SNAPSHOT_STORIES } from "./limits.ts";
import { pagesOf } from "./pages.ts";

/**
 * What an epoch of the log begins with, made a part at a time. Plain data: between two parts it lies in the bucket.
 *
 * 1. `stories`: the story of each record is written, without a change and without a mark.
 * 2. `snapshot`: the stories are listed in pages that never change; then the open page names the snapshot.
 * 3. `marks`: each story of the snapshot without a mark gets one, at the version that the snapshot has.
 *
 * The epoch is begun before 1, so a version that is newer than the snapshot is a change of the epoch. Publishers never wait.
 * Safe to cut off at any point, and to run twice at once.
 */
export type LogJob = {
  epoch: string;
  stage: "stories" | "snapshot" | "marks" | "whole";
  /** The id of the last record of `stories`, or the form of that of the last story of `snapshot`. */
  after?: string | undefined;
  /** Pages of the snapshot that are done in this stage. */
  pages: number;
};

export type LogOptions = { snapshotStories?: number };

/**
 * Begins a new epoch, whose snapshot the job makes. Its name is made in the swap, greater than the one that was read. Answers
 * the name.
 */
export function beginEpoch(deps: UpkeepDeps): Promise<string> {
  const own = new Set<string>();
  return compareAndSwap(deps, async () => {
    const { found, open } = await openLog(deps);
    // The put won, and its answer was lost.
    if (own.has(open.epoch)) return open.epoch;
    const epoch = await nameEpoch(deps, open.epoch);
    if (epoch === CONFLICT) return CONFLICT;
    own.add(epoch);
    const etag = await putLogPage(deps, openOutput(), emptyOpen(epoch), found);
    return etag === CONFLICT ? CONFLICT : epoch;
  });
}

/** Whether the log is as the job left it, and nothing has to be done. */
export async function isLogWhole(deps: UpkeepDeps, job: LogJob | undefined): Promise<boolean> {
  if (job?.stage !== "whole") return false;
  const { open } = await readOpen(deps);
  return open !== undefined && open.snapshot !== null && open.epoch === job.epoch;
}

/** Goes on with the job until it is `whole` or the time is up. `failed`: articles without a story. Throws what the store throws: the next tick tries again. */
export async function continueLog(
  deps: UpkeepDeps,
  job: LogJob | undefined,
  { isOver, failed }: { isOver: TimeIsUp; failed: Failure[] },
  { snapshotStories = SNAPSHOT_STORIES }: LogOptions = {},
): Promise<LogJob> {
  const { open } = await openLog(deps);
  let left = jobFor(open, job);
  if (left.stage === "stories") left = await writeStories(deps, left, isOver, failed);
  if (left.stage === "snapshot") left = await writeSnapshot(deps, left, isOver, snapshotStories);
  if (left.stage === "marks") left = await writeMarks(deps, left, isOver);
  return left;
}

/** The job as it stands for this open page: another process may have begun another epoch, or have gone on with this one. */
function jobFor({ epoch, snapshot }: Open, job: LogJob | undefined): LogJob {
  const isEarly = job?.stage === "stories" || job?.stage === "snapshot";
  if (job?.epoch === epoch && isEarly === (snapshot === null)) return job;
  return { epoch, stage: snapshot === null ? "stories" : "marks", pages: 0 };
}

async function writeStories(
  deps: UpkeepDeps,
  job: LogJob,
  isOver: TimeIsUp,
  failed: Failure[],
): Promise<LogJob> {
  let after = job.after;
  for await (const ids of pagesOf(listRecordIds(deps, after), LOG_RECORDS)) {
    // The audit comes to those that fail: they have no mark.
    for (const [name, error] of await deps.publisher.writeStories(ids)) failed.push({ name, error });
    after = ids.at(-1);
    if (isOver()) return { ...job, after };
  }
  return { epoch: job.epoch, stage: "snapshot", pages: 0 };
}

async function writeSnapshot(deps: UpkeepDeps, job: LogJob, isOver: TimeIsUp, size: number): Promise<LogJob> {
  let { after, pages } = job;
  for (;;) {
    const ids = await firstOf(listStoryIds(deps, after), size);
    if (ids.length === 0) break;
    const stories = (await pMap(ids, (id) => itemOf(deps, id), { concurrency: CONCURRENCY })).flat();
    const page = { epoch: job.epoch, stories };
    const last = encodeArticleId(ids.at(-1) as string);
    const put = await putClosedPage(deps, snapshotOutput(job.epoch, pages), page);
    if (put === CONFLICT) return { ...job, after, pages };
    // Somebody else makes the same snapshot: it goes on behind what that page has.
    const there = put === "there" ? await readSnapshot(deps, job.epoch, pages) : page;
    after = there?.stories.at(-1)?.id ?? last;
    pages++;
    if (isOver()) return { ...job, after, pages };
  }
  await announce(deps, job.epoch, pages);
  return { epoch: job.epoch, stage: "marks", pages: 0 };
}

async function firstOf<T>(listed: AsyncIterable<T>, size: number): Promise<T[]> {
  for await (const page of pagesOf(listed, size)) return page;
  return [];
}

/** None for a story that nobody can read and no record can mend. */
async function itemOf(deps: UpkeepDeps, id: string): Promise<SnapshotItem[]> {
  let story = await readStory(deps, id);
  if (story !== undefined && story.state === undefined) {
    await deps.publisher.writeStories([id]);
    story = await readStory(deps, id);
  }
  if (story?.state === undefined) return [];
  const { state, guid = "", digest, after } = story;
  const names = { id: encodeArticleId(id), guid, href: `/${storyKey(id)}`, digest };
  return [{ ...names, ...state, ...(after !== undefined && { after }) }];
}

/** The open page names the snapshot of its epoch, unless another process was faster or has begun another epoch. */
function announce(deps: UpkeepDeps, epoch: string, pages: number): Promise<void> {
  return compareAndSwap(deps, async () => {
    const { found, open } = await openLog(deps);
    if (open.epoch !== epoch || open.snapshot !== null) return;
    const next = { ...open, snapshot: { seq: 0, pages } };
    return (await putLogPage(deps, openOutput(), next, found)) === CONFLICT ? CONFLICT : undefined;
  });
}

async function writeMarks(deps: UpkeepDeps, job: LogJob, isOver: TimeIsUp): Promise<LogJob> {
  const { open } = await openLog(deps);
  if (open.epoch !== job.epoch || open.snapshot === null) return job;
  const mark = async ({ id, ...item }: SnapshotItem) => {
    const story = { ...stateOf(item), epoch: job.epoch, seq: 0 };
    const articleId = decodeArticleId(id);
    if (articleId !== undefined && !(await hasMark(deps, articleId)))
      await putMark(deps, articleId, story, "missing");
  };
  for (let { pages } = job; pages < open.snapshot.pages; pages++) {
    const page = await readSnapshot(deps, job.epoch, pages);
    await pMap(page?.stories ?? [], mark, { concurrency: CONCURRENCY });
    if (isOver()) return { ...job, pages: pages + 1 };
  }
  return { epoch: job.epoch, stage: "whole", pages: open.snapshot.pages };
}

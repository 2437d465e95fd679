import type { Rollout } from "../repository/rollout.ts";
import { askForDirectory, askForSnapshot, settleSnapshot } from "../repository/schedule.ts";
import { listFeedNames } from "../repository/windows.ts";
import { attempt, type Failure } from "./attempt.ts";
import { continueRound, newRound, type Round } from "./audit-round.ts";
import type { TimeIsUp, UpkeepDeps } from "./deps.ts";
import { AUDIT_FEEDS } from "./limits.ts";
import { continueLog, isLogWhole, type LogJob, type LogOptions } from "./log-job.ts";
import { pagesOf } from "./pages.ts";
import { askForRepair, beginRebuild, continueRebuild, type RebuildJob } from "./rebuild-job.ts";
import { noteReached } from "./rollout.ts";
import type { Range } from "./scan-records.ts";
import type { State, TickReport } from "./state.ts";

/*
 * The kinds of work of a tick. Each goes on until it is done or the time is up, adds to the report what it did, and
 * answers the state in which it leaves its work.
 */

export type Part = { isOver: TimeIsUp; report: TickReport };

/** Fills the feeds that were asked for. */
export async function repairFeeds(
  deps: UpkeepDeps,
  state: State,
  repairs: string[],
  part: Part,
): Promise<State> {
  const { job: _, jobOf: __, ...rest } = state;
  const pending = state.jobOf === undefined ? state.job : undefined;
  const { job } = await rebuildPart(deps, { ...part, repairs, pending });
  return { ...rest, job };
}

/** Carries a rollout out, as far as the time goes. */
export async function rollOut(
  deps: UpkeepDeps,
  state: State,
  { rollout, repairs, ...part }: Part & { rollout: Rollout; repairs: string[] },
): Promise<State> {
  const { job: _, jobOf: __, ...rest } = state;
  // The next tick writes the rights of machines, before all feeds are rendered.
  if (rollout.reached === undefined && state.jobOf !== rollout.begins) await askForDirectory(deps);
  if (rollout.scope === "documents") {
    await renderAgain(deps, rollout, part);
    return rest;
  }
  let pending = state.jobOf === rollout.begins ? state.job : undefined;
  for (let from = rollout.reached; ; ) {
    const { job, done } = await rebuildPart(deps, { ...part, repairs, pending, range: { from } });
    if (done === undefined) return { ...rest, job, jobOf: rollout.begins };
    await endRange(deps, rollout, done.to);
    if (done.to === undefined || part.isOver()) return rest;
    [from, pending] = [done.to, undefined];
  }
}

type Rebuilding = Part & { repairs: string[]; pending: RebuildJob | undefined; range?: Range };

async function rebuildPart(
  deps: UpkeepDeps,
  { repairs, pending, range, isOver, report }: Rebuilding,
): Promise<{ job?: RebuildJob | undefined; done?: Range | undefined }> {
  const failed: Failure[] = [];
  const run = async () =>
    continueRebuild(deps, pending ?? (await beginRebuild(deps, repairs, failed, range)), isOver);
  const part = await attempt(deps, "repairs", failed, run);
  const short = new Set(part?.report.underfilled);
  report.filled.push(
    ...(part?.report.feeds ?? []).filter((name) => repairs.includes(name) && !short.has(name)),
  );
  const others = [...failed, ...(part?.failed ?? [])].map(({ name }) => name);
  const unwritten = (part?.report.failed ?? []).map(({ feed }) => feed);
  report.failed.push(...others, ...unwritten, ...(part?.unreadable ?? []));
  return part ?? { job: pending };
}

/** Renders the documents of every feed from its window. A feed that fails is asked for, so that the rollout can end. */
async function renderAgain(deps: UpkeepDeps, rollout: Rollout, { isOver, report }: Part): Promise<void> {
  for await (const names of pagesOf(listFeedNames(deps, rollout.reached), AUDIT_FEEDS)) {
    for (const name of names) {
      const { failed, underfilled } = await deps.publisher.writeFeeds(new Map([[name, { ids: new Set() }]]));
      await askForRepair(deps, new Set([...underfilled, ...failed.map(({ feed }) => feed)]));
      report.failed.push(...failed.map(({ feed }) => feed));
    }
    if (names.length < AUDIT_FEEDS) break;
    await noteReached(deps, rollout, names.at(-1));
    if (isOver()) return;
  }
  await endRange(deps, rollout, undefined);
}

/** The directory is written by the next tick: the site file says which feeds there are, and what they are called. */
async function endRange(deps: UpkeepDeps, rollout: Rollout, to: string | undefined): Promise<void> {
  if (to === undefined) await askForDirectory(deps);
  await noteReached(deps, rollout, to);
}

/** Goes on with the round of the audit, or begins one. `hasMarks`: every story that was logged has a mark. */
export async function audit(
  deps: UpkeepDeps,
  round: Round | undefined,
  part: Part & { hasMarks: boolean },
): Promise<Round | undefined> {
  const { round: left, report } = await continueRound(deps, round ?? newRound(), part);
  part.report.feeds += report.feeds;
  part.report.records += report.records;
  part.report.repaired.push(...report.repaired);
  part.report.documents += report.documents;
  part.report.failed.push(...report.failed.map(({ name }) => name));
  return left;
}

type LogWork = Part & { epochs: string[]; isSnapshotDue: boolean; options: LogOptions };

/** Makes what the log begins with, as far as the time goes; answers how far that is. */
export async function beginLog(
  deps: UpkeepDeps,
  job: LogJob | undefined,
  { report, isOver, epochs, isSnapshotDue, options }: LogWork,
): Promise<LogJob | undefined> {
  const failed: Failure[] = [];
  const begin = async () =>
    epochs.length === 0 && (await isLogWhole(deps, job))
      ? job
      : continueLog(deps, job, { isOver, failed, asked: epochs }, options);
  const left = (await attempt(deps, "log", failed, begin)) ?? job;
  if (isSnapshotDue && left?.stage === "whole")
    await attempt(deps, "log", failed, () => settleLog(deps, left));
  report.failed.push(...failed.map(({ name }) => name));
  return left;
}

/** Somebody may have begun another epoch since then, and have asked before the note went. */
async function settleLog(deps: UpkeepDeps, job: LogJob): Promise<void> {
  await settleSnapshot(deps);
  if (!(await isLogWhole(deps, job))) await askForSnapshot(deps);
}

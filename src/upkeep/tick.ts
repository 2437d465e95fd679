import { DAY_MS } from "../core/limits.ts";
import { isBeyondBelief } from "../life/clock.ts";
import type { Rollout } from "../repository/rollout.ts";
import { type Due, listDue, nothingDue } from "../repository/schedule.ts";
import { putUpkeepState, readUpkeepState } from "../repository/upkeep-state.ts";
import { attempt, type Failure } from "./attempt.ts";
import type { TimeIsUp, UpkeepDeps } from "./deps.ts";
import { listFeeds } from "./directory.ts";
import { createHomeKeeper } from "./home.ts";
import { finishKills } from "./kills.ts";
import { MAX_DUE } from "./limits.ts";
import { isLogWhole } from "./log-job.ts";
import { dueRollout } from "./rollout.ts";
import { startFeeds } from "./start.ts";
import { emptyReport, type State, type TickReport, withoutFilled, withReport } from "./state.ts";
import { tellStories } from "./stories.ts";
import { audit, beginLog, type Part, repairFeeds, rollOut } from "./work.ts";

export type UpkeepOptions = {
  /** How long functions of the version before a deploy may be at work, milliseconds. */
  settlesMs: number;
  /** Whether a round of the audit begins with the process, or only when it is due. */
  auditsAtStart: boolean;
  /** Milliseconds between two writes of the directory, and of the page at the root; without it, each tick may write them. */
  listsEveryMs?: number;
  /** Stories on a page of a snapshot: SNAPSHOT_STORIES but in a test. */
  snapshotStories?: number;
};

/** Looks after a wire. One for each process: it remembers the marks that it has read. */
export type Upkeep = {
  /** Compares the site file with the mark. To be called before the process writes its first document. */
  begin(): Promise<void>;
  /**
   * Does what is due: kills first, stories that time changes, the directory, the page at the root, then a rollout, repairs that are
   * asked for, the audit. With nothing due it is one LIST and one HEAD, and writes nothing. Safe to cut off at any point, and
   * to run twice at once.
   */
  tick(isOver: TimeIsUp): Promise<TickReport>;
};

/** Remembered, so that an idle tick reads no mark. */
type Memory = {
  isBegun: boolean;
  /** The fixed feeds exist, and the notes of an earlier version are taken over. */
  isStarted: boolean;
  rollout: Rollout | undefined;
  hasJob: boolean;
  /** The log has a snapshot, and every story of it a mark. */
  isLogWhole: boolean;
  /** Milliseconds since 1970. */
  nextRound: number;
  /** The next round begins from the start, with any stored state. */
  isRoundFresh: boolean;
  /** When the directory was last written, milliseconds since 1970. */
  listedAt: number;
};

type Asked = Pick<Due, "repairs" | "epochs" | "isSnapshotDue">;

export function createUpkeep(deps: UpkeepDeps, options: UpkeepOptions): Upkeep {
  const memory: Memory = {
    ...{
      isBegun: false,
      isStarted: false,
      isLogWhole: false,
      rollout: undefined,
      hasJob: false,
      nextRound: 0,
    },
    ...{ isRoundFresh: options.auditsAtStart, listedAt: Number.NEGATIVE_INFINITY },
  };

  const home = createHomeKeeper(deps, options.listsEveryMs ?? 0);

  async function begin(): Promise<void> {
    memory.rollout = await dueRollout(deps, options.settlesMs);
    const { job, round, nextRound, log } = await readUpkeepState<State>(deps);
    memory.isLogWhole = (await attempt(deps, "log", [], () => isLogWhole(deps, log))) ?? false;
    memory.hasJob = job !== undefined;
    const isUnderWay = round !== undefined || nextRound === undefined || options.auditsAtStart;
    memory.nextRound = isUnderWay ? deps.now() : Date.parse(nextRound);
    memory.isBegun = true;
  }

  async function tick(isOver: TimeIsUp): Promise<TickReport> {
    const failed: Failure[] = [];
    if (!memory.isBegun) await begin();
    if (!memory.isStarted) memory.isStarted = await startFeeds(deps, failed);
    const { kills, listings, stories, ...asked } = await dueNow(deps, failed);
    const report = { ...emptyReport(), failed: failed.map(({ name }) => name) };
    await finishKills(deps, kills, report);
    await tellStories(deps, stories, { isOver, report });
    const isListing = listings.length > 0 && mayList();
    if (isListing) await listFeeds(deps, listings, report);
    const isHomeKept = await home.keep(isListing, report);
    const isAuditDue = deps.now() >= believedRound(memory.nextRound);
    const isIdle =
      memory.rollout === undefined &&
      !memory.hasJob &&
      asked.repairs.length + asked.epochs.length === 0 &&
      !asked.isSnapshotDue &&
      !isAuditDue &&
      memory.isLogWhole;
    const isQuiet = stories.length + kills.length === 0 && !isListing;
    const isAtRest = report.failed.length === 0 && isQuiet;
    if (isIdle && (!isQuiet || isHomeKept)) await noteFailures(report);
    if (isIdle) return { ...report, isAtRest };
    if (memory.rollout !== undefined) memory.rollout = await dueRollout(deps, options.settlesMs);
    await work(asked, { isOver, report });
    return withoutFilled(report);
  }

  /** Whether the last write of the directory is long enough ago; not known where the clock went back. */
  function mayList({ listsEveryMs = 0 } = options): boolean {
    const since = deps.now() - memory.listedAt;
    if (since >= 0 && since < listsEveryMs) return false;
    memory.listedAt = deps.now();
    return true;
  }

  /** For the operator: what a tick without other work could not do, until a tick could. */
  async function noteFailures(report: TickReport): Promise<void> {
    const state = await readUpkeepState<State>(deps);
    if (report.failed.length + (state.last?.failed.length ?? 0) === 0) return;
    await putUpkeepState(deps, withReport(state, report, deps.now()));
  }

  const roundMs = () => (deps.site.upkeep?.auditDays ?? 1) * DAY_MS;

  /** A round that lies further ahead than rounds are apart was put there by a wrong clock. */
  const believedRound = (at: number) => (at > deps.now() + roundMs() ? deps.now() : at);

  /** A rollout that lies further ahead than it can was put there by a wrong clock. */
  function hasBegun({ begins }: Rollout): boolean {
    const [at, now] = [Date.parse(begins), deps.now()];
    return now >= at || isBeyondBelief(at, now);
  }

  async function work({ repairs, epochs, isSnapshotDue }: Asked, part: Part): Promise<void> {
    const { rollout } = memory;
    let state = await readUpkeepState<State>(deps);
    const isRollingOut = rollout !== undefined && hasBegun(rollout);
    const hasRepairs = repairs.length > 0 || state.job !== undefined;
    if (isRollingOut) state = await rollOut(deps, state, { ...part, rollout, repairs });
    else if (hasRepairs) state = await repairFeeds(deps, state, repairs, part);
    if (rollout !== undefined) memory.rollout = await dueRollout(deps, options.settlesMs);
    // A tick does one thing at least. While a rollout is under way everything is behind, so the audit waits.
    // The stories of a rollout are rewritten when it is over.
    const asked = { epochs: memory.rollout === undefined ? epochs : [], isSnapshotDue };
    if (!(isRollingOut || hasRepairs) || !part.isOver()) state = await keepLog(state, asked, part);
    const isTimeLeft = !(isRollingOut || hasRepairs || state.log?.stage !== "whole") || !part.isOver();
    if (memory.rollout === undefined && isTimeLeft) state = await auditIfDue(state, part);
    memory.hasJob = state.job !== undefined;
    await putUpkeepState(deps, withReport(state, withoutFilled(part.report), deps.now()));
  }

  /** Begins an epoch where one is asked for. Looks whether the log is whole when a round of the audit is due, too. */
  async function keepLog(state: State, asked: Pick<Asked, "epochs" | "isSnapshotDue">, part: Part) {
    const isAsked = asked.epochs.length > 0 || asked.isSnapshotDue;
    if (memory.isLogWhole && !isAsked && deps.now() < believedRound(memory.nextRound)) return state;
    const next: State = { ...state, log: await beginLog(deps, state.log, { ...part, ...asked, options }) };
    memory.isLogWhole = next.log?.stage === "whole";
    return next;
  }

  async function auditIfDue(state: State, part: Part): Promise<State> {
    const next = believedRound(Date.parse(state.nextRound ?? ""));
    // Another process may have ended the round that this one remembers.
    if (!memory.isRoundFresh && state.round === undefined && next > deps.now()) memory.nextRound = next;
    if (deps.now() < believedRound(memory.nextRound)) return state;
    const from = memory.isRoundFresh ? undefined : state.round;
    const round = await audit(deps, from, { ...part, hasMarks: memory.isLogWhole });
    memory.isRoundFresh = false;
    const { repairs } = await dueNow(deps, []);
    // The repairs that the audit asked for need not wait for the next tick.
    const isRepaired = repairs.length > 0 && !part.isOver();
    const after = isRepaired ? await repairFeeds(deps, state, repairs, part) : state;
    if (round !== undefined) return { ...after, round };
    memory.nextRound = deps.now() + roundMs();
    return { ...after, round, nextRound: new Date(memory.nextRound).toISOString() };
  }

  return { begin, tick };
}

/** What the schedule asks for: one LIST where nothing is due. */
async function dueNow(deps: UpkeepDeps, failed: Failure[]): Promise<Due> {
  return (await attempt(deps, "schedule", failed, () => listDue(deps, deps.now(), MAX_DUE))) ?? nothingDue();
}

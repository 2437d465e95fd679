import type { Round } from "./audit-round.ts";
import type { LogJob } from "./log-job.ts";
import type { RebuildJob } from "./rebuild-job.ts";

/** What a tick did. Names are ids of articles and names of feeds. */
export type TickReport = {
  /** Feeds and records that the audit looked at. */
  feeds: number;
  records: number;
  /** What the audit found behind, and brought up to date. */
  repaired: string[];
  /** The number of documents that were behind, and were written. */
  documents: number;
  /** The number of kills that were finished. */
  killed: number;
  /** The number of stories that time has changed. */
  told: number;
  /** Feeds that were asked for, and are filled again. */
  filled: string[];
  /** What could not be read or written, and may be behind still. */
  failed: string[];
  /** Nothing was due. */
  isAtRest: boolean;
};

/** A report for the operator, with the time of the tick (RFC 3339). */
export type LastReport = Omit<TickReport, "isAtRest"> & { at: string };

/** What lies in the bucket between two ticks that had something to do. */
export type State = {
  /** The rebuild that is under way, and when the rollout begins that it belongs to. */
  job?: RebuildJob | undefined;
  jobOf?: string | undefined;
  /** What the epoch of the log begins with: whole, or under way. */
  log?: LogJob | undefined;
  /** The round of the audit that is under way, and when the next one is due (RFC 3339). */
  round?: Round | undefined;
  nextRound?: string | undefined;
  /**
   * The last tick that rebuilt or audited something, and the last such one that found something behind. One that only
   * finished kills or changed stories writes no state.
   */
  last?: LastReport | undefined;
  found?: LastReport | undefined;
};

export const emptyReport = (): TickReport => ({
  ...{ feeds: 0, records: 0, repaired: [], documents: 0, killed: 0, told: 0, filled: [], failed: [] },
  isAtRest: false,
});

/** A feed that failed, and was filled after all, has not failed. */
export function withoutFilled(report: TickReport): TickReport {
  const failed = [...new Set(report.failed)].filter((name) => !report.filled.includes(name));
  return { ...report, failed };
}

/** The state with this report as the last one. */
export function withReport(state: State, report: TickReport, now: number): State {
  const { isAtRest: _, ...rest } = report;
  const last: LastReport = { at: new Date(now).toISOString(), ...rest };
  const isBehind = report.repaired.length + report.failed.length > 0;
  return { ...state, last, found: isBehind ? last : state.found };
}

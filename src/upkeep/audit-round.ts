import { listRecordIds } from "../repository/records.ts";
import { listFeedPage } from "../repository/windows.ts";
import { attempt, type Failure } from "./attempt.ts";
import { auditFeeds, auditRecords, type Findings } from "./audit.ts";
import type { TimeIsUp, UpkeepDeps } from "./deps.ts";
import { AUDIT_FEEDS, AUDIT_RECORDS } from "./limits.ts";

/** How far a round of the audit has come: first all feeds, then all records. */
export type Round = { stage: "feeds" | "records"; after?: string | undefined };

export type RoundReport = Findings & {
  /** Feeds and records that were looked at. */
  feeds: number;
  records: number;
};

export const newRound = (): Round => ({ stage: "feeds" });

/**
 * Goes on with a round until it is over or the time is up; answers what is left of the round. The documents of each feed
 * are held against its window, and each record against the windows of its feeds; what is behind is brought up to date.
 */
export async function continueRound(
  deps: UpkeepDeps,
  round: Round,
  isOver: TimeIsUp,
): Promise<{ round?: Round | undefined; report: RoundReport }> {
  const report: RoundReport = { feeds: 0, records: 0, repaired: [], documents: 0, failed: [] };
  for (let at: Round | undefined = round; at !== undefined; ) {
    at = at.stage === "feeds" ? await lookAtFeeds(deps, at, report) : await lookAtRecords(deps, at, report);
    if (at !== undefined && isOver()) return { round: at, report };
  }
  return { report };
}

async function lookAtFeeds(deps: UpkeepDeps, { after }: Round, report: RoundReport): Promise<Round> {
  const names = await listFeedPage(deps, after, AUDIT_FEEDS);
  report.feeds += names.length;
  add(report, await look(deps, "feeds", () => auditFeeds(deps, names)));
  return names.length < AUDIT_FEEDS ? { stage: "records" } : { stage: "feeds", after: names.at(-1) };
}

async function lookAtRecords(
  deps: UpkeepDeps,
  { after }: Round,
  report: RoundReport,
): Promise<Round | undefined> {
  const ids = await listRecordIds(deps, after, AUDIT_RECORDS);
  report.records += ids.length;
  add(report, await look(deps, "records", () => auditRecords(deps, ids)));
  return ids.length < AUDIT_RECORDS ? undefined : { stage: "records", after: ids.at(-1) };
}

/** Whatever fails in a page, the round goes on behind it. */
async function look(deps: UpkeepDeps, what: string, run: () => Promise<Findings>): Promise<Findings> {
  const failed: Failure[] = [];
  return (await attempt(deps, what, failed, run)) ?? { repaired: [], documents: 0, failed };
}

function add(report: RoundReport, { repaired, documents, failed }: Findings): void {
  report.repaired.push(...repaired);
  report.documents += documents;
  report.failed.push(...failed);
}

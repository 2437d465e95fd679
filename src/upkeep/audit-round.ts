import { listRecordIds } from "../repository/records.ts";
import { listFeedNames } from "../repository/windows.ts";
import { attempt, type Failure } from "./attempt.ts";
import { auditFeeds, auditRecords, type Findings } from "./audit.ts";
import type { TimeIsUp, UpkeepDeps } from "./deps.ts";
import { auditDirectory } from "./directory.ts";
import { AUDIT_FEEDS, AUDIT_RECORDS } from "./limits.ts";
import { auditNews } from "./news.ts";
import { pagesOf } from "./pages.ts";
import { createWindowMemory } from "./window-memory.ts";

/** What a report calls the directory: its address. No feed has such a name. */
const DIRECTORY = "/feeds";

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
 * are held against its window, and each record against the windows of its feeds and, with `hasMarks`, against its mark; what is
 * behind is brought up to date.
 */
export async function continueRound(
  deps: UpkeepDeps,
  round: Round,
  { isOver, hasMarks }: { isOver: TimeIsUp; hasMarks: boolean },
): Promise<{ round?: Round | undefined; report: RoundReport }> {
  const report: RoundReport = { feeds: 0, records: 0, repaired: [], documents: 0, failed: [] };
  let after = round.after;
  if (round.stage === "feeds") {
    after = undefined;
    if (round.after === undefined) add(report, await look(deps, "directory", () => auditedDirectory(deps)));
    if (round.after === undefined) add(report, await look(deps, "news", () => auditedNews(deps)));
    for await (const names of pagesOf(listFeedNames(deps, round.after), AUDIT_FEEDS)) {
      report.feeds += names.length;
      add(report, await look(deps, "feeds", () => auditFeeds(deps, names)));
      if (isOver()) return { round: behind({ stage: "feeds" }, names, AUDIT_FEEDS), report };
    }
  }
  const windows = createWindowMemory(deps);
  for await (const ids of pagesOf(listRecordIds(deps, after), AUDIT_RECORDS)) {
    report.records += ids.length;
    add(report, await look(deps, "records", () => auditRecords(deps, ids, windows, hasMarks)));
    if (isOver()) return { round: behind({ stage: "records" }, ids, AUDIT_RECORDS), report };
  }
  return { report };
}

async function auditedDirectory(deps: UpkeepDeps): Promise<Findings> {
  const documents = await auditDirectory(deps);
  if (documents > 0) deps.log("audit.behind", { directory: documents });
  return { repaired: documents > 0 ? [DIRECTORY] : [], documents, failed: [] };
}

async function auditedNews(deps: UpkeepDeps): Promise<Findings> {
  const repaired = await auditNews(deps);
  if (repaired.length > 0) deps.log("audit.behind", { news: repaired });
  return { repaired, documents: 0, failed: [] };
}

/** What is left of a round behind this page. The last page of a stage is shorter than the others. */
function behind({ stage }: Round, page: string[], size: number): Round | undefined {
  if (page.length === size) return { stage, after: page.at(-1) };
  return stage === "feeds" ? { stage: "records" } : undefined;
}

/** The round continues after a page in which something fails. */
async function look(deps: UpkeepDeps, what: string, run: () => Promise<Findings>): Promise<Findings> {
  const failed: Failure[] = [];
  return (await attempt(deps, what, failed, run)) ?? { repaired: [], documents: 0, failed };
}

function add(report: RoundReport, { repaired, documents, failed }: Findings): void {
  report.repaired.push(...repaired);
  report.documents += documents;
  report.failed.push(...failed);
}

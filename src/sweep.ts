import { auditRecords, auditWindows, type Found } from "./audit.ts";
import { ARTICLES, SWEEP_KEY, WINDOWS } from "./core/keys.ts";
import { AUDIT_RECORDS, AUDIT_WINDOWS } from "./core/limits.ts";
import { pageOf, type Repair, repairUntil } from "./repair.ts";
import type { Services } from "./services.ts";
import { parseStored } from "./unreadable.ts";

/** How far the sweep has come, kept in the newsroom bucket. */
type State = {
  records?: string;
  windows?: string;
  repair?: Repair;
  last?: LastSweep;
  /** The last sweep that found something behind, be it long ago. */
  found?: LastSweep;
};

/** What a sweep found, for the operator. */
export type LastSweep = SweepReport & { at: string };

export type SweepReport = Found & {
  /** Records and windows that were looked at. */
  records: number;
  windows: number;
  /** Feeds that had lost more entries than their slack, and were filled again. */
  filled: string[];
};

/**
 * One step of a walk without end: a page of records is held against the windows, a page of windows against the
 * documents, and what is behind is brought up to date. With the time left until `until` (milliseconds since 1970)
 * feeds that ran short are filled again. Safe to cut off at any point, and to run twice at once.
 */
export async function sweep(services: Services, until: number): Promise<SweepReport> {
  const { newsroom } = services.stores;
  const state = await readState(services);

  const recordKeys = await pageOf(newsroom, ARTICLES, state.records, AUDIT_RECORDS);
  const articles = await auditRecords(services, recordKeys);
  const windowKeys = await pageOf(newsroom, WINDOWS, state.windows, AUDIT_WINDOWS);
  const feeds = await auditWindows(services, windowKeys);
  const { repair, filled } = await repairUntil(services, state.repair, until);

  const report: SweepReport = {
    records: recordKeys.length,
    windows: windowKeys.length,
    repaired: [...articles.repaired, ...feeds.repaired],
    documents: articles.documents + feeds.documents,
    failed: [...new Set([...articles.failed, ...feeds.failed])].filter((name) => !filled.includes(name)),
    filled,
  };
  const last: LastSweep = { at: new Date(services.now()).toISOString(), ...report };
  const found = report.repaired.length + report.failed.length > 0 ? last : state.found;
  const next: State = {
    ...cursor("records", recordKeys, AUDIT_RECORDS),
    ...cursor("windows", windowKeys, AUDIT_WINDOWS),
    ...(repair === undefined ? {} : { repair }),
    last,
    ...(found === undefined ? {} : { found }),
  };
  await newsroom.put(SWEEP_KEY, Buffer.from(JSON.stringify(next)), { contentType: "application/json" });
  return report;
}

/** What the last sweep found, and the last one that found something behind; nothing before the first one. */
export async function lastSweeps(services: Services): Promise<Pick<State, "last" | "found">> {
  const { last, found } = await readState(services);
  return { ...(last === undefined ? {} : { last }), ...(found === undefined ? {} : { found }) };
}

async function readState({ stores, log }: Services): Promise<State> {
  const stored = await stores.newsroom.get(SWEEP_KEY);
  try {
    return stored === undefined ? {} : parseStored<State>(SWEEP_KEY, stored, () => true);
  } catch (error) {
    // The walk has no end, so it may begin anywhere.
    log("sweep.state.failed", { error: String(error) });
    return {};
  }
}

/** Where the next page begins; nothing, that is the start, after the last page. */
function cursor(name: "records" | "windows", keys: string[], page: number): State {
  const last = keys.at(-1);
  return last === undefined || keys.length < page ? {} : { [name]: last };
}

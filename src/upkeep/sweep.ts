import { SWEEP_KEY } from "../core/keys.ts";
import { WINDOWS } from "../repository/feeds.ts";
import { ARTICLES } from "../repository/records.ts";
import { type Rollout, readMark } from "../repository/rollout.ts";
import { parseStored } from "../repository/stored-json.ts";
import type { Services } from "../services.ts";
import { pageOf } from "../store/list-page.ts";
import { tried } from "./attempt.ts";
import { type AuditReport, auditRecords, auditWindows } from "./audit.ts";
import { AUDIT_RECORDS, AUDIT_WINDOWS } from "./limits.ts";
import { type Repair, type Repaired, repairUntil } from "./resumable-rebuild.ts";
import { noteReached, siteChange } from "./site-change.ts";

/** How far the sweep has come, kept in the newsroom bucket. */
type State = {
  records?: string | undefined;
  windows?: string | undefined;
  repair?: Repair | undefined;
  /** When the change of the site file begins during which that was left. */
  during?: string | undefined;
  last?: LastSweep | undefined;
  /** The last sweep that found something behind, be it long ago. */
  found?: LastSweep | undefined;
};

/** `change`: what is under way because the site file has changed. */
export type Sweeps = Pick<State, "last" | "found"> & { change?: Rollout | undefined };

/** What a sweep found, for the operator. */
export type LastSweep = SweepReport & { at: string };

export type SweepReport = AuditReport & {
  /** Records and windows that were looked at. */
  records: number;
  windows: number;
  /** Feeds that had lost more entries than their slack, and were filled again. */
  filled: string[];
};

/**
 * One step of a walk without end: a page of records is held against the windows, a page of windows against the
 * documents, and what is behind is brought up to date. With the time left until `until` (milliseconds since 1970)
 * feeds that ran short are filled again. A changed site file has every feed rebuilt in this way; as long as that takes
 * the walk rests, for everything is behind. Safe to cut off at any point, and to run twice at once.
 */
export async function sweep(services: Services, until: number): Promise<SweepReport> {
  const state = await readState(services);
  const change = await siteChange(services);
  const { cursors, ...seen } = change === undefined ? await audit(services, state) : atRest(state);
  // What was found by another site file is no longer so.
  const pending = state.during === change?.begins ? state.repair : undefined;
  const { repair, filled, failed, done } = await goOn(services, pending, until, change);

  const names = [...new Set([...seen.failed, ...failed])].filter((name) => !filled.includes(name));
  const report: SweepReport = { ...seen, failed: names, filled };
  const last: LastSweep = { at: new Date(services.now()).toISOString(), ...report };
  const isBehind = report.repaired.length + report.failed.length > 0;
  const found = isBehind ? last : state.found;
  if (change !== undefined && done !== undefined) await noteReached(services, change, done);
  const next: State = { ...cursors, repair, during: change?.begins, last, found };
  const body = Buffer.from(JSON.stringify(next));
  await services.stores.newsroom.put(SWEEP_KEY, body, { contentType: "application/json" });
  return report;
}

type Cursors = Pick<State, "records" | "windows">;
type Seen = Omit<SweepReport, "filled"> & { cursors: Cursors };

/** Looks at the next page of records, and of windows. Whatever fails, the next sweep looks at the pages behind them. */
async function audit(services: Services, { records, windows }: Cursors): Promise<Seen> {
  const { newsroom } = services.stores;
  const failed: string[] = [];
  const recordKeys = await pageOf(newsroom, ARTICLES, records, AUDIT_RECORDS);
  const articles = await tried(services, "records", failed, () => auditRecords(services, recordKeys));
  const windowKeys = await pageOf(newsroom, WINDOWS, windows, AUDIT_WINDOWS);
  const feeds = await tried(services, "windows", failed, () => auditWindows(services, windowKeys));
  return {
    records: recordKeys.length,
    windows: windowKeys.length,
    repaired: [...(articles?.repaired ?? []), ...(feeds?.repaired ?? [])],
    documents: (articles?.documents ?? 0) + (feeds?.documents ?? 0),
    failed: [...failed, ...(articles?.failed ?? []), ...(feeds?.failed ?? [])],
    cursors: {
      records: cursor(recordKeys, AUDIT_RECORDS),
      windows: cursor(windowKeys, AUDIT_WINDOWS),
    },
  };
}

function atRest({ records, windows }: Cursors): Seen {
  return { records: 0, windows: 0, repaired: [], documents: 0, failed: [], cursors: { records, windows } };
}

/** Fills feeds, as long as there is time. What cannot even be begun is left as it was. */
async function goOn(
  services: Services,
  pending: Repair | undefined,
  until: number,
  change: Rollout | undefined,
): Promise<Repaired> {
  const isDue = change !== undefined && services.now() >= Date.parse(change.begins);
  const all = isDue ? { from: change.reached } : undefined;
  const failed: string[] = [];
  const run = () => repairUntil(services, pending, until, all);
  return (await tried(services, "repairs", failed, run)) ?? { repair: pending, filled: [], failed };
}

/** Where the next page begins; nothing, that is the start, after the last page. */
function cursor(keys: string[], page: number): string | undefined {
  return keys.length < page ? undefined : keys.at(-1);
}

/** What the last sweep found, the last one that found something behind, and what a changed site file has under way. */
export async function lastSweeps(services: Services): Promise<Sweeps> {
  const { last, found } = await readState(services);
  return { last, found, change: (await readMark(services))?.change };
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

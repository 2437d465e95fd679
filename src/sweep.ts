import pMap from "p-map";
import { type Feed, resolveFeed, touchedFeeds } from "./core/feeds.ts";
import { ARTICLES, articleIdOf, articleKey, feedOf, SWEEP_KEY, WINDOWS, windowKey } from "./core/keys.ts";
import { AUDIT_RECORDS, AUDIT_WINDOWS, CONCURRENCY, SETTLED_MS } from "./core/limits.ts";
import { fold, type Window } from "./core/window.ts";
import { bringUpToDate } from "./feed-rounds.ts";
import { readWindow } from "./feed-state.ts";
import { publish } from "./publish.ts";
import { readRecord, type TaggedRecord } from "./records.ts";
import { askForRepair, pageOf, type Repair, repairUntil } from "./repair.ts";
import type { Services } from "./services.ts";
import type { Store } from "./store/port.ts";

/** How far the sweep has come, kept in the newsroom bucket. */
type State = { records?: string; windows?: string; repair?: Repair; last?: LastSweep };

/** What the last sweep found, for the operator. */
export type LastSweep = { at: string; repaired: string[]; filled: string[] };

export type SweepReport = {
  /** Records and windows that were looked at. */
  records: number;
  windows: number;
  /** What was behind its records, though nothing was under way: articles by id, feeds by name. Should be none. */
  repaired: string[];
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

  const next: State = {
    ...cursor("records", recordKeys, AUDIT_RECORDS),
    ...cursor("windows", windowKeys, AUDIT_WINDOWS),
    ...(repair === undefined ? {} : { repair }),
    last: { at: new Date(services.now()).toISOString(), repaired: [...articles, ...feeds], filled },
  };
  await newsroom.put(SWEEP_KEY, Buffer.from(JSON.stringify(next)), { contentType: "application/json" });
  return {
    records: recordKeys.length,
    windows: windowKeys.length,
    repaired: [...articles, ...feeds],
    filled,
  };
}

/** What the last sweep found; undefined before the first one. */
export async function lastSweep(services: Services): Promise<LastSweep | undefined> {
  return (await readState(services)).last;
}

async function readState({ stores }: Services): Promise<State> {
  const stored = await stores.newsroom.get(SWEEP_KEY);
  return stored === undefined ? {} : JSON.parse(Buffer.from(stored.body).toString());
}

/** Where the next page begins; nothing, that is the start, after the last page. */
function cursor(name: "records" | "windows", keys: string[], page: number): State {
  const last = keys.at(-1);
  return last === undefined || keys.length < page ? {} : { [name]: last };
}

/** Publishes the records of this page that a window does not show as they are; answers their ids. */
async function auditRecords(services: Services, keys: string[]): Promise<string[]> {
  const ids = keys.flatMap((key) => articleIdOf(key) ?? []);
  const records = await recordsOf(services, ids);
  const windows = await windowsOf(services, [...records.values()]);
  const suspects = ids.filter((id) => isBehind(services, id, records.get(id), windows));
  const behind: string[] = [];
  for (const id of suspects) {
    const head = await services.stores.newsroom.head(articleKey(id));
    // Written since or just before: the queue has it.
    if (head && head.etag === records.get(id)?.etag && isSettled(services, head)) behind.push(id);
  }
  if (behind.length === 0) return [];
  services.log("sweep.behind", { articles: behind });
  const report = await publish(services, behind);
  await askForRepair(services, report.underfilled);
  return behind;
}

/** Without those that cannot be read: one of them must not stop the walk. */
async function recordsOf(services: Services, ids: string[]): Promise<Map<string, TaggedRecord>> {
  const records = new Map<string, TaggedRecord>();
  const read = async (id: string) => {
    try {
      const record = await readRecord(services, id);
      if (record !== undefined) records.set(id, record);
    } catch (error) {
      services.log("sweep.record.failed", { id, error: String(error) });
    }
  };
  await pMap(ids, read, { concurrency: CONCURRENCY });
  return records;
}

type Windows = Map<string, { feed: Feed; window: Window }>;

async function windowsOf(services: Services, records: TaggedRecord[]): Promise<Windows> {
  const names = new Set(records.flatMap((record) => touchedFeeds(services.site, record)));
  const windows: Windows = new Map();
  const read = async (name: string) => {
    const feed = resolveFeed(services.site, name);
    if (feed === undefined) return;
    try {
      windows.set(name, { feed, window: (await readWindow(services, feed)).window });
    } catch (error) {
      services.log("sweep.window.failed", { feed: name, error: String(error) });
    }
  };
  await pMap(names, read, { concurrency: CONCURRENCY });
  return windows;
}

function isBehind(
  { site }: Services,
  id: string,
  record: TaggedRecord | undefined,
  windows: Windows,
): boolean {
  return (record === undefined ? [] : touchedFeeds(site, record)).some((name) => {
    const known = windows.get(name);
    // An open window takes what a closed one need not have.
    if (known === undefined || known.window.rebuilding !== undefined) return false;
    return fold(site, known.feed, known.window, id, record) !== known.window;
  });
}

/** Writes the documents of this page's windows that are not what their window renders; answers the feeds. */
async function auditWindows(services: Services, keys: string[]): Promise<string[]> {
  const repaired: string[] = [];
  for (const name of keys.flatMap((key) => feedOf(key) ?? [])) {
    const head = await services.stores.newsroom.head(windowKey(name));
    const { store: site, writes } = withWritesCounted(services.stores.site);
    const counting = { ...services, stores: { ...services.stores, site } };
    const report = await bringUpToDate(counting, new Map([[name, { ids: new Set<string>() }]]));
    await askForRepair(services, report.underfilled);
    if (writes() === 0 || head === undefined || !isSettled(services, head)) continue;
    services.log("sweep.behind", { feed: name, documents: writes() });
    repaired.push(name);
  }
  return repaired;
}

function isSettled(services: Services, head: { modified: Date }): boolean {
  return services.now() - head.modified.getTime() > SETTLED_MS;
}

function withWritesCounted(store: Store): { store: Store; writes: () => number } {
  let count = 0;
  const put: Store["put"] = (key, body, options) => {
    count++;
    return store.put(key, body, options);
  };
  return {
    store: {
      get: (key) => store.get(key),
      head: (key) => store.head(key),
      delete: (key) => store.delete(key),
      list: (prefix, after) => store.list(prefix, after),
      etagOf: (body) => store.etagOf(body),
      put,
    },
    writes: () => count,
  };
}

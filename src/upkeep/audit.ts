import pMap from "p-map";
import { type Feed, resolveFeed, touchedFeeds } from "../core/feed.ts";
import { fold, type Window } from "../core/window.ts";
import { documentKeysOf } from "../render/outputs.ts";
import { feedOf, readWindow, type TaggedWindow, windowKey } from "../repository/feeds.ts";
import { articleIdOf, articleKey, readRecord, type TaggedRecord } from "../repository/records.ts";
import { orUnreadable, UnreadableError } from "../repository/stored-json.ts";
import type { Services } from "../services.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { tried } from "./attempt.ts";
import { SETTLED_MS } from "./limits.ts";
import { askForRepair } from "./resumable-rebuild.ts";

/** What a look at some records or windows found. */
export type AuditReport = {
  /** What was behind its records, though nothing was under way: articles by id, feeds by name. Should be none. */
  repaired: string[];
  /** The documents that were behind, and were written anew. */
  documents: number;
  /** What could not be read or written, and may be behind still: articles by id, feeds by name. */
  failed: string[];
};

/** Publishes those of these records that a window does not show as they are. */
export async function auditRecords(services: Services, keys: string[]): Promise<AuditReport> {
  const ids = keys.flatMap((key) => articleIdOf(key) ?? []);
  const failed: string[] = [];
  const records = await recordsOf(services, ids, failed);
  const windows = await windowsOf(services, [...records.values()], failed);
  const suspects = ids.filter((id) => isBehind(services, id, records.get(id), windows));
  const repaired: string[] = [];
  for (const id of suspects) {
    const head = await tried(services, id, failed, () => services.stores.newsroom.head(articleKey(id)));
    // Written since or just before: the queue has it.
    if (head && head.etag === records.get(id)?.etag && isSettled(services, head)) repaired.push(id);
  }
  if (repaired.length === 0) return { repaired, documents: 0, failed };
  services.log("sweep.behind", { articles: repaired });
  const report = await services.publisher.publish(repaired);
  await askForRepair(services, report.underfilled);
  return {
    repaired,
    documents: report.changed.length,
    failed: [...failed, ...report.failed.map(({ feed }) => feed)],
  };
}

/** Without those that cannot be read. */
async function recordsOf(
  services: Services,
  ids: string[],
  failed: string[],
): Promise<Map<string, TaggedRecord>> {
  const records = new Map<string, TaggedRecord>();
  const read = async (id: string) => {
    const record = await tried(services, id, failed, () => readRecord(services, id));
    if (record !== undefined) records.set(id, record);
  };
  await pMap(ids, read, { concurrency: CONCURRENCY });
  return records;
}

type Windows = Map<string, { feed: Feed; window: Window }>;

async function windowsOf(services: Services, records: TaggedRecord[], failed: string[]): Promise<Windows> {
  const names = new Set(records.flatMap((record) => touchedFeeds(services.site, record)));
  const windows: Windows = new Map();
  const read = async (name: string) => {
    const feed = resolveFeed(services.site, name);
    if (feed === undefined) return;
    const read = await tried(services, name, failed, () => readOrAsk(services, feed));
    if (read !== undefined) windows.set(name, { feed, window: read.window });
  };
  await pMap(names, read, { concurrency: CONCURRENCY });
  return windows;
}

/** A window that is gone is in no listing of windows: its records lead to it. */
async function readOrAsk(services: Services, feed: Feed): Promise<TaggedWindow> {
  const read = await orUnreadable(readWindow(services, feed, documentKeysOf(feed.name)));
  if (!(read instanceof UnreadableError)) return read;
  await askForRepair(services, [feed.name]);
  throw read;
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

/** Writes the documents of these windows that are not what their window renders. */
export async function auditWindows(services: Services, keys: string[]): Promise<AuditReport> {
  const found: AuditReport = { repaired: [], documents: 0, failed: [] };
  for (const name of keys.flatMap((key) => feedOf(key) ?? []))
    await tried(services, name, found.failed, () => auditWindow(services, name, found));
  return found;
}

async function auditWindow(services: Services, name: string, found: AuditReport): Promise<void> {
  const head = await services.stores.newsroom.head(windowKey(name));
  const report = await services.publisher.writeFeeds(new Map([[name, { ids: new Set<string>() }]]));
  const documents = report.changed.length;
  found.failed.push(...report.failed.map(({ feed }) => feed));
  await askForRepair(services, report.underfilled);
  if (documents === 0 || head === undefined || !isSettled(services, head)) return;
  services.log("sweep.behind", { feed: name, documents });
  found.repaired.push(name);
  found.documents += documents;
}

function isSettled(services: Services, head: { modified: Date }): boolean {
  return services.now() - head.modified.getTime() > SETTLED_MS;
}

import pMap from "p-map";
import { type Feed, resolveFeed, touchedFeeds } from "../core/feed.ts";
import { storyState } from "../core/story.ts";
import { compareText } from "../core/version.ts";
import { fold } from "../core/window.ts";
import { adopt } from "../life/advance.ts";
import { isBeyondBelief } from "../life/clock.ts";
import { documentKeysOf } from "../render/outputs.ts";
import { readMark } from "../repository/logged.ts";
import { headRecord, readRecord, type TaggedRecord } from "../repository/records.ts";
import { orUnreadable, UnreadableError } from "../repository/stored-json.ts";
import { headWindow, readWindow, type TaggedWindow } from "../repository/windows.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { attempt, type Failure } from "./attempt.ts";
import type { UpkeepDeps } from "./deps.ts";
import { SETTLED_MS } from "./limits.ts";
import { unlistedIn } from "./news.ts";
import { askForRepair } from "./rebuild-job.ts";
import { redate } from "./redate.ts";
import type { SeenWindow, WindowMemory } from "./window-memory.ts";

/** What a look at some records or windows found. */
export type Findings = {
  /** What was behind its records, though nothing was under way: articles by id, feeds by name. Should be none. */
  repaired: string[];
  /** The number of documents that were behind, and were written. */
  documents: number;
  /** What could not be read or written, and may be behind still: articles by id, feeds by name. */
  failed: Failure[];
};

/**
 * Publishes those of these articles that a window does not show as their record is, or, with `hasMarks`, whose mark does not
 * say that the log has the version of the record.
 */
export async function auditRecords(
  deps: UpkeepDeps,
  ids: string[],
  seen: WindowMemory,
  hasMarks: boolean,
): Promise<Findings> {
  const failed: Failure[] = [];
  const records = await recordsOf(deps, ids, failed);
  const redated = await redate(deps, records, failed);
  const windows = await windowsOf(deps, [...records.values()], seen, failed);
  const unlogged = hasMarks ? await unloggedOf(deps, records, failed) : new Set<string>();
  const unlisted =
    (await attempt(deps, "news", failed, () => unlistedIn(deps, records))) ?? new Set<string>();
  const isSuspect = (id: string) =>
    unlogged.has(id) || unlisted.has(id) || isBehind(deps, id, records.get(id), windows);
  const suspects = ids.filter(isSuspect);
  const repaired: string[] = [...redated];
  for (const id of suspects) {
    const head = await attempt(deps, id, failed, () => headRecord(deps, id));
    // A record that was written since, or just before, is still in the queue.
    if (head && head.etag === records.get(id)?.etag && isSettled(deps, head)) repaired.push(id);
  }
  if (repaired.length === 0) return { repaired, documents: 0, failed };
  deps.log("audit.behind", { articles: repaired });
  const report = await deps.publisher.publish(repaired);
  const news = repaired.filter((id) => unlisted.has(id));
  if (news.length > 0) await attempt(deps, "news", failed, () => deps.publisher.writeNews(news));
  seen.clear();
  await askForRepair(deps, report.underfilled);
  const others = report.failed.map(({ feed, error }) => ({ name: feed, error }));
  return { repaired, documents: report.changed.length, failed: [...failed, ...others] };
}

/** The records that can be read, by id. */
async function recordsOf(
  deps: UpkeepDeps,
  ids: string[],
  failed: Failure[],
): Promise<Map<string, TaggedRecord>> {
  const records = new Map<string, TaggedRecord>();
  const read = async (id: string) => {
    const record = await attempt(deps, id, failed, () => readRecord(deps, id));
    if (record === undefined) return;
    records.set(id, record);
    await attempt(deps, id, failed, () => adopt(deps, record));
  };
  await pMap(ids, read, { concurrency: CONCURRENCY });
  return records;
}

type Windows = Map<string, SeenWindow>;

async function windowsOf(
  deps: UpkeepDeps,
  records: TaggedRecord[],
  seen: WindowMemory,
  failed: Failure[],
): Promise<Windows> {
  const names = new Set(records.flatMap((record) => touchedFeeds(deps.site, record)));
  const windows: Windows = new Map();
  const read = async (name: string) => {
    const feed = resolveFeed(deps.site, name);
    if (feed === undefined) return;
    const known = seen.get(name) ?? (await attempt(deps, name, failed, () => readOrAsk(deps, feed)));
    if (known === undefined) return;
    windows.set(name, { feed, window: known.window });
    if (seen.get(name) === undefined) seen.set(name, { feed, window: known.window });
  };
  await pMap(names, read, { concurrency: CONCURRENCY });
  return windows;
}

/** A window that is gone is in no listing of windows: its records lead to it. */
async function readOrAsk(deps: UpkeepDeps, feed: Feed): Promise<TaggedWindow> {
  const read = await orUnreadable(readWindow(deps, feed, documentKeysOf(feed.name)));
  if (!(read instanceof UnreadableError)) return read;
  await askForRepair(deps, [feed.name]);
  throw read;
}

function isBehind(
  { site }: UpkeepDeps,
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

/** Those whose mark is behind the record, or missing: one read each. */
async function unloggedOf(
  deps: UpkeepDeps,
  records: ReadonlyMap<string, TaggedRecord>,
  failed: Failure[],
): Promise<Set<string>> {
  const unlogged = new Set<string>();
  const look = async (id: string, record: TaggedRecord) => {
    const { mark } = await readMark(deps, id);
    const state = storyState(deps.site, record, mark !== undefined);
    if (state !== undefined && compareText(mark?.order ?? "", state.order) < 0) unlogged.add(id);
  };
  await pMap(records, ([id, record]) => attempt(deps, id, failed, () => look(id, record)), {
    concurrency: CONCURRENCY,
  });
  return unlogged;
}

/** Writes the documents of these feeds that are not what their window renders. */
export async function auditFeeds(deps: UpkeepDeps, names: string[]): Promise<Findings> {
  const found: Findings = { repaired: [], documents: 0, failed: [] };
  for (const name of names) await attempt(deps, name, found.failed, () => auditFeed(deps, name, found));
  return found;
}

async function auditFeed(deps: UpkeepDeps, name: string, found: Findings): Promise<void> {
  const head = await headWindow(deps, name);
  const report = await deps.publisher.writeFeeds(new Map([[name, { ids: new Set<string>() }]]));
  found.failed.push(...report.failed.map(({ feed, error }) => ({ name: feed, error })));
  await askForRepair(deps, report.underfilled);
  const documents = report.changed.length;
  if (documents === 0) return;
  // A window that was written just now may have had its documents under way: that is no damage.
  const isRecent = head === undefined || !isSettled(deps, head);
  deps.log("audit.behind", { feed: name, documents, ...(isRecent ? { isRecent } : {}) });
  if (isRecent) return;
  found.repaired.push(name);
  found.documents += documents;
}

function isSettled(deps: UpkeepDeps, head: { modified: Date }): boolean {
  const [now, modified] = [deps.now(), head.modified.getTime()];
  return now - modified > SETTLED_MS || isBeyondBelief(modified, now);
}

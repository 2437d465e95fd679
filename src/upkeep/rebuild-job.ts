import pMap from "p-map";
import { type Feed, resolveFeed } from "../core/feed.ts";
import { closeRebuild, emptyShelves, isUnderfilled, openForRebuild, type Shelves } from "../core/window.ts";
import { referencesIn } from "../core/window-items.ts";
import type { FeedWork } from "../publish/feed-work.ts";
import { createReport, mergeFeeds, type PublishReport } from "../publish/report.ts";
import { documentKeysOf } from "../render/outputs.ts";
import { askForRepairOf, settleRepairOf } from "../repository/schedule.ts";
import { orUnreadable, UnreadableError } from "../repository/stored-json.ts";
import { putWindow, readWindow } from "../repository/windows.ts";
import { compareAndSwap } from "../store/cas.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { CONFLICT, type Expected } from "../store/port.ts";
import { attempt, type Failure } from "./attempt.ts";
import type { TimeIsUp, UpkeepDeps } from "./deps.ts";
import { MAX_FOUND } from "./limits.ts";
import { type Range, rangeBehind, type Scan, scanRecords } from "./scan-records.ts";

/**
 * A rebuild of some feeds that is done a part at a time. Plain data: between two parts it lies in the bucket.
 *
 * 1. Every window is opened: from here on it takes each change of any rank.
 * 2. The records are read once; per feed the newest references are kept.
 * 3. Each feed goes through the guarded write of publishing with what was found, and with every reference that its
 *    window already has; then the window is closed again.
 *
 * A change before its record was read is in 2; a later change folds itself into a window that is open. A window that
 * cannot be read stays as it is until 3: nothing is published from it, so a later change is still to be published then.
 */
export type RebuildJob = {
  token: string;
  /** What was found so far, by feed, without the feeds that are written already. A job of an earlier version lacks shelves. */
  found: [feed: string, found: Partial<Shelves>][];
  /** Feeds whose windows take every change since the job began. */
  opened: string[];
  /** Windows of those that cannot be read, or are gone. */
  lost: [feed: string, found: Expected][];
  range?: Range | undefined;
  /** The id of the last record that was read. */
  after?: string | undefined;
  records: number;
  unreadable: string[];
  /** All records are read, and the feeds are being written. */
  isRead: boolean;
};

export type RebuildPart = {
  /** What is left to do. */
  job?: RebuildJob | undefined;
  /** What this part published. `failed` names feeds. */
  report: PublishReport;
  /** What could not be opened or read: articles by id, feeds by name. */
  failed: Failure[];
  records: number;
  unreadable: string[];
  /** The range, when all its feeds are written. */
  done?: Range | undefined;
};

export type PartOptions = {
  maxFound?: number;
  onProgress?: (progress: RebuildProgress) => void;
};

export type RebuildProgress = { step: "scan" | "feeds"; done: number; total?: number };

/** Opens these feeds, and all feeds of a range behind `range.from`, as many as one walk can have. */
export async function beginRebuild(
  deps: UpkeepDeps,
  feeds: Iterable<string>,
  failed: Failure[],
  range?: Range,
): Promise<RebuildJob> {
  const token = Math.floor(deps.random() * 2 ** 48).toString(36);
  const ranged = range && (await rangeBehind(deps, range.from));
  const names = new Set([...feeds, ...(ranged?.names ?? [])]);
  const found: RebuildJob["found"] = [];
  const lost: RebuildJob["lost"] = [];
  const open = async (name: string) => {
    const feed = resolveFeed(deps.site, name);
    const unreadable = feed && (await openWindow(deps, feed, token));
    if (unreadable !== undefined) lost.push([name, unreadable]);
    found.push([name, emptyShelves()]);
  };
  await pMap(names, (name) => attempt(deps, name, failed, () => open(name)), { concurrency: CONCURRENCY });
  // A feed that could not be opened would not take the changes of the scan: it is asked for again.
  await askForRepair(
    deps,
    failed.flatMap(({ name }) => (names.has(name) ? [name] : [])),
  );
  const opened = found.map(([name]) => name);
  return { token, found, opened, lost, range: ranged?.range, records: 0, unreadable: [], isRead: false };
}

/** Goes on with the job until it is done or the time is up. Safe to cut off at any point, and to run twice at once. */
export async function continueRebuild(
  deps: UpkeepDeps,
  job: RebuildJob,
  isOver: TimeIsUp,
  { maxFound = MAX_FOUND, onProgress = () => {} }: PartOptions = {},
): Promise<RebuildPart> {
  const { token, opened, lost, records, unreadable, after, range } = job;
  const found = new Map(job.found.map(([name, some]) => [name, { ...emptyShelves(), ...some }]));
  const scan: Scan = { found, range, maxFound, after, records, unreadable, failed: [] };
  const { add: _, ...report } = createReport();
  const isRead =
    job.isRead || (await scanRecords(deps, scan, isOver, (done) => onProgress({ step: "scan", done })));
  const isDone = isRead && (await writeAll(deps, job, scan.found, { isOver, report, onProgress }));
  const part = { report, failed: scan.failed, records: scan.records, unreadable: scan.unreadable };
  if (isDone) return { ...part, done: scan.range };
  const left = { token, opened, lost, found: [...scan.found], range: scan.range, after: scan.after, isRead };
  return { ...part, job: { ...left, records: scan.records, unreadable: scan.unreadable } };
}

type Writing = { isOver: TimeIsUp; report: PublishReport; onProgress(progress: RebuildProgress): void };

/** Writes feeds until the time is up, one at a time: a round holds the articles of all entries of its feeds. */
async function writeAll(
  deps: UpkeepDeps,
  job: RebuildJob,
  found: Map<string, Shelves>,
  { isOver, report, onProgress }: Writing,
): Promise<boolean> {
  const total = found.size;
  for (const [name, shelves] of found) {
    found.delete(name);
    const failed: Failure[] = [];
    const part = await attempt(deps, name, failed, () => writeFeed(deps, job, name, shelves));
    if (part !== undefined) mergeFeeds(report, part);
    report.failed.push(...failed.map(({ error }) => ({ feed: name, error })));
    onProgress({ step: "feeds", done: total - found.size, total });
    if (isOver()) break;
  }
  return found.size === 0;
}

/** Publishing during the rebuild sees an open window and asks for a repair too: what is filled is no longer asked for. */
async function writeFeed(
  deps: UpkeepDeps,
  { token, opened, lost }: RebuildJob,
  name: string,
  found: Shelves,
): Promise<PublishReport> {
  // A feed that only records name had no window.
  const replaces = opened.includes(name) ? new Map(lost).get(name) : "missing";
  const report = await deps.publisher.writeFeeds(new Map([[name, workFor(found, token, replaces)]]));
  if (report.feeds.length > 0 && report.underfilled.length === 0) await settleRepair(deps, name);
  else await askForRepair(deps, [name]);
  return report;
}

/**
 * Takes the reminder of a feed away that is filled. Somebody may have seen the feed short again since then, and have asked
 * before the reminder went: the window tells, because it is written before anybody asks.
 */
async function settleRepair(deps: UpkeepDeps, name: string): Promise<void> {
  await settleRepairOf(deps, name);
  const feed = resolveFeed(deps.site, name);
  const read = feed && (await readWindow(deps, feed, documentKeysOf(name)));
  if (feed && read && isUnderfilled(feed, read.window)) await askForRepair(deps, [name]);
}

/** The guarded write that ends the rebuild of a feed: what the scan found, folded in, and the window closed. */
function workFor(found: Shelves, token: string, replaces: Expected | undefined): FeedWork {
  return {
    ids: new Set(referencesIn(found).map(({ id }) => id)),
    recheck: true,
    finish: (window) => closeRebuild(window, found, token),
    ...(replaces === undefined ? {} : { replaces }),
  };
}

/** From here on the feed's window takes every change. Answers what a window that cannot be read is replaced by. */
async function openWindow(deps: UpkeepDeps, feed: Feed, token: string): Promise<Expected | undefined> {
  return compareAndSwap(deps, async () => {
    const read = await orUnreadable(readWindow(deps, feed, documentKeysOf(feed.name)));
    if (read instanceof UnreadableError) {
      deps.log("window.failed", { feed: feed.name, key: read.key, error: read.message });
      return read.found;
    }
    const opened = openForRebuild(feed, read.window, token);
    if (opened === read.window) return;
    return (await putWindow(deps, opened, read)) === CONFLICT ? CONFLICT : undefined;
  });
}

/** Asks that the next tick fills these feeds, which only a rebuild can fill. */
export async function askForRepair(
  { stores, log }: Pick<UpkeepDeps, "stores" | "log">,
  feeds: Iterable<string>,
): Promise<void> {
  for (const feed of feeds) {
    log("feed.underfilled", { feed });
    await askForRepairOf({ stores }, feed);
  }
}

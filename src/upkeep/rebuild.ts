import pMap from "p-map";
import { type Feed, resolveFeed, touchedFeeds } from "../core/feed.ts";
import { closeRebuild, emptyShelves, foldShelves, openForRebuild, type Shelves } from "../core/window.ts";
import type { FeedWork } from "../publish/feed-work.ts";
import type { PublishReport } from "../publish/report.ts";
import { documentKeysOf } from "../render/outputs.ts";
import { feedOf, putWindow, readWindow, WINDOWS } from "../repository/feeds.ts";
import { ARTICLES, articleIdOf, findRecord, type Unreadable } from "../repository/records.ts";
import { orUnreadable, UnreadableError } from "../repository/stored-json.ts";
import type { Services } from "../services.ts";
import { compareAndSwap } from "../store/cas.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { CONFLICT, type Expected } from "../store/port.ts";
import { MAX_NAMED } from "./limits.ts";

export type RebuildProgress = { step: "scan" | "feeds"; done: number; total?: number };

export type RebuildOptions = {
  /** Only these feeds; all of them without it. */
  feeds?: string[];
  onProgress?: (progress: RebuildProgress) => void;
  /** Gives it up, between two steps. Windows stay open, and so underfilled, until another rebuild. */
  signal?: AbortSignal;
};

/** It names at most MAX_NAMED articles that are unreadable. */
export type RebuildReport = PublishReport & Unreadable & { records: number };

/**
 * Makes windows and documents from the records alone, while the wire is live. Memory holds one reference per shown or
 * spare entry of each feed, never the archive.
 *
 * 1. Every window is opened: from here on it takes each change, whatever its rank.
 * 2. The records are read once; per feed the newest references are kept.
 * 3. Each feed goes through the guarded write of publish with what was found, and with every reference that its
 *    window already has; then the window is closed again.
 *
 * A change before its record was scanned is in 2; a later one folds itself into a window that is open. A window that
 * cannot be read stays as it is until 3: nothing is published from it, so a later change is still to be published then.
 */
export async function rebuild(services: Services, options: RebuildOptions = {}): Promise<RebuildReport> {
  const token = Math.floor(services.random() * 2 ** 48).toString(36);
  const wanted = options.feeds && new Set(options.feeds);
  const windows = await openWindows(services, token, wanted);
  const { found, records, unreadable } = await scan(services, wanted, options);
  for (const name of windows.keys()) if (!found.has(name)) found.set(name, emptyShelves());

  const report: RebuildReport = { records, unreadable, feeds: [], underfilled: [], failed: [], changed: [] };
  let done = 0;
  // A feed at a time: a round holds the articles of all entries of its feeds.
  for (const [name, items] of found) {
    options.signal?.throwIfAborted();
    // One that only records name had no window, unless it came up since.
    const replaces = windows.has(name) ? windows.get(name) : "missing";
    const part = await services.publisher.writeFeeds(new Map([[name, workFor(items, token, replaces)]]));
    report.feeds.push(...part.feeds);
    report.underfilled.push(...part.underfilled);
    report.failed.push(...part.failed);
    report.changed.push(...part.changed);
    options.onProgress?.({ step: "feeds", done: ++done, total: found.size });
  }
  return report;
}

/** The guarded write that ends a rebuild of one feed: what the scan found, folded in, and the window closed. */
export function workFor(found: Shelves, token: string, replaces?: Expected): FeedWork {
  const items = [...found.entries.items, ...found.tombstones.items, ...found.changes.items];
  return {
    ids: new Set(items.map((item) => item.id)),
    recheck: true,
    finish: (window) => closeRebuild(window, found, token),
    ...(replaces === undefined ? {} : { replaces }),
  };
}

/** Opens the windows; answers every feed that has one or must have one, with the ETag of one that cannot be read. */
async function openWindows(
  services: Services,
  token: string,
  wanted: Set<string> | undefined,
): Promise<Map<string, Expected | undefined>> {
  const names = new Set(services.site.feeds.map((feed) => feed.name));
  for await (const key of services.stores.newsroom.list(WINDOWS)) {
    const name = feedOf(key);
    if (name !== undefined) names.add(name);
  }
  if (wanted) for (const name of names) if (!wanted.has(name)) names.delete(name);
  const open = async (name: string): Promise<[string, Expected | undefined]> => {
    const feed = resolveFeed(services.site, name);
    return [name, feed && (await openWindow(services, feed, token))];
  };
  return new Map(await pMap(names, open, { concurrency: CONCURRENCY }));
}

/** The first step for one feed: its window takes every change from here on. Answers the ETag of one that cannot be read. */
export async function openWindow(
  services: Services,
  feed: Feed,
  token: string,
): Promise<Expected | undefined> {
  return compareAndSwap(services, async () => {
    const read = await orUnreadable(readWindow(services, feed, documentKeysOf(feed.name)));
    if (read instanceof UnreadableError) {
      services.log("window.failed", { feed: feed.name, key: read.key, error: read.message });
      return read.found;
    }
    const opened = openForRebuild(feed, read.window, token);
    if (opened === read.window) return;
    return (await putWindow(services, opened, read)) === CONFLICT ? CONFLICT : undefined;
  });
}

async function scan(
  services: Services,
  wanted: Set<string> | undefined,
  { onProgress, signal }: RebuildOptions,
): Promise<{ found: Map<string, Shelves>; records: number; unreadable: string[] }> {
  const found = new Map<string, Shelves>();
  const unreadable: string[] = [];
  let records = 0;
  const onUnreadable = (id: string) => {
    if (unreadable.length < MAX_NAMED) unreadable.push(id);
  };
  const visit = async (key: string) => {
    const id = articleIdOf(key);
    const record = id === undefined ? undefined : await findRecord(services, id, onUnreadable);
    if (id === undefined || record === undefined) return;
    for (const name of touchedFeeds(services.site, record)) {
      if (wanted && !wanted.has(name)) continue;
      const feed = resolveFeed(services.site, name);
      const before = found.get(name) ?? emptyShelves();
      found.set(name, feed ? foldShelves(services.site, feed, before, id, record) : before);
    }
    if (++records % 1_000 === 0) onProgress?.({ step: "scan", done: records });
  };
  await pMap(services.stores.newsroom.list(ARTICLES), visit, { concurrency: CONCURRENCY, signal });
  onProgress?.({ step: "scan", done: records });
  return { found, records, unreadable };
}

import pMap from "p-map";
import { type Feed, resolveFeed, touchedFeeds } from "./core/feeds.ts";
import { ARTICLES, articleIdOf, feedOf, WINDOWS } from "./core/keys.ts";
import { CONCURRENCY } from "./core/limits.ts";
import { closeRebuild, type Found, foldFound, nothingFound, openForRebuild } from "./core/window.ts";
import { bringUpToDate, type FeedWork, type PublishReport } from "./feed-rounds.ts";
import { putWindow, readWindow } from "./feed-state.ts";
import { readRecord } from "./records.ts";
import type { Services } from "./services.ts";
import { compareAndSwap } from "./store/cas.ts";
import { CONFLICT } from "./store/port.ts";

export type RebuildProgress = { step: "scan" | "feeds"; done: number; total?: number };

export type RebuildOptions = {
  /** Only these feeds; all of them without it. */
  feeds?: string[];
  onProgress?: (progress: RebuildProgress) => void;
};

export type RebuildReport = PublishReport & { records: number };

/**
 * Makes windows and documents from the records alone, while the wire is live. Memory holds one reference per shown or
 * spare entry of each feed, never the archive.
 *
 * 1. Every window is opened: from here on it takes each change, whatever its rank.
 * 2. The records are read once; per feed the newest references are kept.
 * 3. Each feed goes through the guarded write of publish with what was found, and with every reference that its
 *    window already has; then the window is closed again.
 *
 * A change before its record was scanned is in 2; a later one folds itself into a window that is open.
 */
export async function rebuild(services: Services, options: RebuildOptions = {}): Promise<RebuildReport> {
  const token = Math.floor(services.random() * 2 ** 48).toString(36);
  const wanted = options.feeds && new Set(options.feeds);
  const names = await openWindows(services, token, wanted);
  const { found, records } = await scan(services, wanted, options.onProgress);
  for (const name of names) if (!found.has(name)) found.set(name, nothingFound());

  const report: RebuildReport = { records, feeds: [], underfilled: [], failed: [] };
  let done = 0;
  // A feed at a time: a round holds the articles of all entries of its feeds.
  for (const [name, items] of found) {
    const part = await bringUpToDate(services, new Map([[name, workFor(items, token)]]));
    report.feeds.push(...part.feeds);
    report.underfilled.push(...part.underfilled);
    report.failed.push(...part.failed);
    options.onProgress?.({ step: "feeds", done: ++done, total: found.size });
  }
  return report;
}

/** The guarded write that ends a rebuild of one feed: what the scan found, folded in, and the window closed. */
export function workFor(found: Found, token: string): FeedWork {
  const items = [...found.entries.items, ...found.tombstones.items, ...found.changes.items];
  return {
    ids: new Set(items.map((item) => item.id)),
    recheck: true,
    finish: (window) => closeRebuild(window, found, token),
  };
}

/** Opens the windows; answers every feed that has one or must have one. */
async function openWindows(
  services: Services,
  token: string,
  wanted: Set<string> | undefined,
): Promise<Set<string>> {
  const names = new Set(services.site.feeds.map((feed) => feed.name));
  for await (const key of services.stores.newsroom.list(WINDOWS)) {
    const name = feedOf(key);
    if (name !== undefined) names.add(name);
  }
  if (wanted) for (const name of names) if (!wanted.has(name)) names.delete(name);
  await pMap(
    names,
    async (name) => {
      const feed = resolveFeed(services.site, name);
      if (feed !== undefined) await openWindow(services, feed, token);
    },
    { concurrency: CONCURRENCY },
  );
  return names;
}

/** The first step for one feed: its window takes every change from here on. */
export async function openWindow(services: Services, feed: Feed, token: string): Promise<void> {
  await compareAndSwap(services, async () => {
    const read = await readWindow(services, feed);
    const opened = openForRebuild(feed, read.window, token);
    if (opened === read.window) return;
    return (await putWindow(services, opened, read)) === CONFLICT ? CONFLICT : undefined;
  });
}

async function scan(
  services: Services,
  wanted: Set<string> | undefined,
  onProgress: RebuildOptions["onProgress"],
): Promise<{ found: Map<string, Found>; records: number }> {
  const found = new Map<string, Found>();
  let records = 0;
  const visit = async (key: string) => {
    const id = articleIdOf(key);
    const record = id === undefined ? undefined : await readRecord(services, id);
    if (id === undefined || record === undefined) return;
    for (const name of touchedFeeds(services.site, record)) {
      if (wanted && !wanted.has(name)) continue;
      const feed = resolveFeed(services.site, name);
      const before = found.get(name) ?? nothingFound();
      found.set(name, feed ? foldFound(services.site, feed, before, id, record) : before);
    }
    if (++records % 1_000 === 0) onProgress?.({ step: "scan", done: records });
  };
  await pMap(services.stores.newsroom.list(ARTICLES), visit, { concurrency: CONCURRENCY });
  onProgress?.({ step: "scan", done: records });
  return { found, records };
}

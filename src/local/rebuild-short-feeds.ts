import { resolveFeed } from "../core/feed.ts";
import { isUnderfilled } from "../core/window.ts";
import { documentKeysOf } from "../render/outputs.ts";
import { readWindow } from "../repository/feeds.ts";
import type { Services } from "../services.ts";
import { rebuild } from "../upkeep/rebuild.ts";
import { REPAIR_EVERY_MS } from "./limits.ts";
import { createPause, longer } from "./queue/backoff.ts";

/** Rebuilds the feeds that only a rebuild can fill, all at once and one time after the other. */
export type Repairs = {
  /** Somebody saw that these are short: they are rebuilt if they still are. */
  check(feeds: Iterable<string>): void;
  /** These are rebuilt. */
  need(feeds: string[]): void;
  /** What is under way. */
  running(): Promise<void> | undefined;
  /** Gives up what is under way: the next process finds the windows that are open. */
  close(): Promise<void>;
};

export function startRepairs(services: Services): Repairs {
  const seen = new Set<string>();
  /** Whatever their windows say: documents may be behind them. */
  const needed = new Set<string>();
  const pause = createPause(services);
  const closing = new AbortController();
  let running: Promise<void> | undefined;
  let failures = 0;
  let next = 0;

  function check(feeds: Iterable<string>): void {
    for (const feed of feeds) seen.add(feed);
    if (seen.size > 0) running ??= run();
  }

  function need(feeds: string[]): void {
    for (const feed of feeds) needed.add(feed);
    check(feeds);
  }

  async function run(): Promise<void> {
    try {
      while (seen.size > 0 && !closing.signal.aborted) {
        const feeds = await takeShort();
        if (feeds.length === 0 || closing.signal.aborted) continue;
        const wait = Math.min(next - services.now(), longer(REPAIR_EVERY_MS, failures));
        if (wait <= 0) await repair(feeds);
        else {
          for (const feed of feeds) seen.add(feed);
          await pause.take(wait);
        }
      }
    } finally {
      running = undefined;
    }
  }

  /** While a feed is rebuilt, each of its publishers sees that it is short: most of what was seen is over. */
  async function takeShort(): Promise<string[]> {
    const names = [...seen];
    seen.clear();
    const short: string[] = [];
    for (const name of names) if (needed.has(name) || (await isShort(services, name))) short.push(name);
    return short;
  }

  async function repair(feeds: string[]): Promise<void> {
    services.log("feeds.repair", { feeds });
    for (const feed of feeds) needed.delete(feed);
    const left = await leftBy(feeds);
    failures = left.length > 0 ? failures + 1 : 0;
    next = services.now() + longer(REPAIR_EVERY_MS, failures);
    need(left);
  }

  async function leftBy(feeds: string[]): Promise<string[]> {
    const { signal } = closing;
    try {
      const report = await rebuild(services, { feeds, signal });
      check(report.underfilled);
      return report.failed.map(({ feed }) => feed);
    } catch (error) {
      if (!signal.aborted) services.log("repair.failed", { feeds, error: String(error) });
      return feeds;
    }
  }

  return {
    check,
    need,
    running: () => running,
    async close() {
      closing.abort();
      pause.end();
      await running;
    },
  };
}

/** Whether only a rebuild can fill the feed, as its window is now: also where that cannot be read. */
export async function isShort(services: Services, name: string): Promise<boolean> {
  const feed = resolveFeed(services.site, name);
  if (feed === undefined) return false;
  try {
    return isUnderfilled(feed, (await readWindow(services, feed, documentKeysOf(name))).window);
  } catch {
    return true;
  }
}

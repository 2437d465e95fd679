import { LRUCache } from "lru-cache";
import type { Site } from "./core/site.ts";
import { MAX_CACHED_REFERENCES } from "./publish/limits.ts";
import { createRenderer, type Renderer } from "./render/renderer.ts";
import type { FeedState } from "./repository/feeds.ts";
import type { Log, Stores } from "./store/stores.ts";

/** What the use cases need. Built once, at the edge: time, randomness and the network enter here and nowhere else. */
export type Services = {
  site: Site;
  stores: Stores;
  renderer: Renderer;
  /** What a warm process remembers of the feeds that it last wrote. Only ever a hint: every write is conditional. */
  states: FeedStates;
  /** Milliseconds since 1970. */
  now(): number;
  /** 0 up to but not including 1. */
  random(): number;
  sleep(milliseconds: number): Promise<void>;
  log: Log;
};

export type FeedStates = {
  get(feed: string): FeedState | undefined;
  set(feed: string, state: FeedState): unknown;
  delete(feed: string): unknown;
  entries(): Iterable<[string, FeedState]>;
};

/** The services on these stores, with the real clock and the real randomness. */
export function createServices(options: { site: Site; stores: Stores; log: Log }): Services {
  const { site, stores, log } = options;
  return {
    site,
    stores,
    renderer: createRenderer(site, {
      onError: (id, error) => log("entry.left-out", { id, error: String(error) }),
    }),
    states: new LRUCache<string, FeedState>({
      maxSize: MAX_CACHED_REFERENCES,
      sizeCalculation: ({ window: { entries, tombstones, changes } }) =>
        1 + entries.items.length + tombstones.items.length + changes.items.length,
    }),
    now: Date.now,
    random: Math.random,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    log,
  };
}

import pMap from "p-map";
import { resolveFeed, touchedFeeds } from "./core/feeds.ts";
import { ARTICLES, articleIdOf, REPAIRS, repairFeedOf, repairKey } from "./core/keys.ts";
import { CONCURRENCY, MAX_REPAIRS, REPAIR_PAGE } from "./core/limits.ts";
import { type Found, foldFound, nothingFound } from "./core/window.ts";
import { bringUpToDate } from "./feed-rounds.ts";
import { openWindow, workFor } from "./rebuild.ts";
import { findRecord } from "./records.ts";
import type { Services } from "./services.ts";
import type { Store } from "./store/port.ts";

/** A rebuild of some feeds that is done a part at a time, each in a run of its own. Plain data. */
export type Repair = {
  token: string;
  /** What the walk has found so far, by feed. */
  found: [feed: string, found: Found][];
  /** The ETags of windows that cannot be read, by feed. */
  lost?: [feed: string, etag: string][];
  /** The last key that the walk has read. */
  after?: string;
};

/** Leaves a note that only a rebuild can fill these feeds. */
export async function askForRepair(services: Services, feeds: Iterable<string>): Promise<void> {
  for (const feed of feeds) {
    services.log("feed.underfilled", { feed });
    await services.stores.newsroom.put(repairKey(feed), Buffer.from("{}\n"), {
      contentType: "application/json",
    });
  }
}

/**
 * Goes on with a rebuild, or begins one for the feeds that notes ask for, until the time `until` (milliseconds since
 * 1970). Answers what is left to do; nothing when the feeds in `filled` are filled.
 */
export async function repairUntil(
  services: Services,
  pending: Repair | undefined,
  until: number,
): Promise<{ repair?: Repair; filled: string[] }> {
  const repair = pending ?? (await begin(services));
  if (repair === undefined) return { filled: [] };
  const found = new Map(repair.found);
  let { after } = repair;
  for (;;) {
    const keys = await pageOf(services.stores.newsroom, ARTICLES, after, REPAIR_PAGE);
    await pMap(keys, (key) => visit(services, found, key), { concurrency: CONCURRENCY });
    if (keys.length < REPAIR_PAGE)
      return { filled: await finish(services, { ...repair, found: [...found] }) };
    after = keys.at(-1) as string;
    if (services.now() >= until) return { repair: { ...repair, found: [...found], after }, filled: [] };
  }
}

/** The first `max` keys after `after`. */
export async function pageOf(
  store: Store,
  prefix: string,
  after: string | undefined,
  max: number,
): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list(prefix, after)) {
    keys.push(key);
    if (keys.length === max) break;
  }
  return keys;
}

async function begin(services: Services): Promise<Repair | undefined> {
  const token = Math.floor(services.random() * 2 ** 48).toString(36);
  const notes = await pageOf(services.stores.newsroom, REPAIRS, undefined, MAX_REPAIRS);
  const found: Repair["found"] = [];
  const lost: [string, string][] = [];
  for (const name of notes.flatMap((key) => repairFeedOf(key) ?? [])) {
    const feed = resolveFeed(services.site, name);
    const etag = feed && (await openWindow(services, feed, token));
    if (etag !== undefined) lost.push([name, etag]);
    found.push([name, nothingFound()]);
  }
  return found.length === 0 ? undefined : { token, found, lost };
}

async function visit(services: Services, found: Map<string, Found>, key: string): Promise<void> {
  const id = articleIdOf(key);
  const record = id === undefined ? undefined : await findRecord(services, id);
  if (id === undefined || record === undefined) return;
  for (const name of touchedFeeds(services.site, record)) {
    const before = found.get(name);
    const feed = before && resolveFeed(services.site, name);
    if (before && feed) found.set(name, foldFound(services.site, feed, before, id, record));
  }
}

async function finish(services: Services, { token, found, lost }: Repair): Promise<string[]> {
  const filled: string[] = [];
  const etags = new Map(lost);
  for (const [name, items] of found) {
    const work = workFor(items, token, etags.get(name));
    const { feeds, underfilled } = await bringUpToDate(services, new Map([[name, work]]));
    if (feeds.length === 0 || underfilled.length > 0) continue;
    await services.stores.newsroom.delete(repairKey(name));
    filled.push(name);
  }
  return filled;
}

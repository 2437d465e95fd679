import pMap from "p-map";
import { resolveFeed } from "../core/feed.ts";
import { REPAIRS, repairFeedOf, repairKey } from "../core/keys.ts";
import { emptyShelves, type Shelves } from "../core/window.ts";
import type { Services } from "../services.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { pageOf } from "../store/list-page.ts";
import type { Expected } from "../store/port.ts";
import { tried } from "./attempt.ts";
import { MAX_REPAIRS } from "./limits.ts";
import { openWindow, workFor } from "./rebuild.ts";
import { type Range, rangeAfter, type Walk, walkRecords } from "./scan-records.ts";

/** A rebuild of some feeds that is done a part at a time, each in a run of its own. Plain data. */
export type Repair = {
  token: string;
  /** What the walk has found so far, by feed; less what is written already. */
  found: [feed: string, found: Shelves][];
  /** Windows that cannot be read, or are gone, by feed. */
  lost?: [feed: string, found: Expected][];
  /** Feeds that notes ask for … */
  noted: string[];
  /** … and all feeds of this range. */
  range?: Range | undefined;
  /** The last key that the walk has read. */
  after?: string | undefined;
  /** The walk is over, and the feeds are being written. */
  isRead: boolean;
};

export type Repaired = {
  /** What is left to do. */
  repair?: Repair | undefined;
  /** Feeds of notes. */
  filled: string[];
  /** What could not be read or written: articles by id, feeds by name. */
  failed: string[];
  /** The range of which all feeds are written. */
  done?: Range | undefined;
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
 * 1970); where there is an `all`, for all feeds behind `all.from` too, as many as one walk can have.
 */
export async function repairUntil(
  services: Services,
  pending: Repair | undefined,
  until: number,
  all?: Range,
): Promise<Repaired> {
  const failed: string[] = [];
  const repair = pending ?? (await begin(services, failed, all));
  if (repair === undefined) return { filled: [], failed };
  const { after, range } = repair;
  const walk: Walk = { found: new Map(repair.found), range, after, failed };
  const isRead = repair.isRead || (await walkRecords(services, walk, until));
  const filled = isRead ? await finish(services, repair, walk, until) : [];
  if (isRead && walk.found.size === 0) return { filled, failed, done: walk.range };
  const left = { ...repair, found: [...walk.found], range: walk.range, after: walk.after, isRead };
  return { repair: left, filled, failed };
}

async function begin(
  services: Services,
  failed: string[],
  all: Range | undefined,
): Promise<Repair | undefined> {
  const token = Math.floor(services.random() * 2 ** 48).toString(36);
  const notes = await pageOf(services.stores.newsroom, REPAIRS, undefined, MAX_REPAIRS);
  const ranged = all && (await rangeAfter(services, all.from));
  const noted = notes.flatMap((key) => repairFeedOf(key) ?? []);
  const names = new Set([...noted, ...(ranged?.names ?? [])]);
  if (names.size === 0 && ranged === undefined) return undefined;
  const found: Repair["found"] = [];
  const lost: [string, Expected][] = [];
  const open = async (name: string) => {
    const feed = resolveFeed(services.site, name);
    const etag = feed && (await openWindow(services, feed, token));
    if (etag !== undefined) lost.push([name, etag]);
    found.push([name, emptyShelves()]);
  };
  await pMap(names, (name) => tried(services, name, failed, () => open(name)), { concurrency: CONCURRENCY });
  return { token, found, lost, noted, range: ranged?.range, isRead: false };
}

/** Writes the feeds, until the time is `until`; what is written leaves what was found. Answers those of notes. */
async function finish(services: Services, repair: Repair, walk: Walk, until: number): Promise<string[]> {
  const filled: string[] = [];
  for (const [name, found] of walk.found) {
    walk.found.delete(name);
    const isFilled = await tried(services, name, walk.failed, () => fill(services, repair, name, found));
    if (isFilled && repair.noted.includes(name)) filled.push(name);
    if (services.now() >= until) break;
  }
  return filled;
}

/** Whoever published into the feed meanwhile has left a note too, for it was open. */
async function fill(
  services: Services,
  { token, lost }: Repair,
  name: string,
  found: Shelves,
): Promise<boolean> {
  const work = workFor(found, token, new Map(lost).get(name));
  const { feeds, underfilled } = await services.publisher.writeFeeds(new Map([[name, work]]));
  const isFilled = feeds.length > 0 && underfilled.length === 0;
  if (isFilled) await services.stores.newsroom.delete(repairKey(name));
  else await askForRepair(services, [name]);
  return isFilled;
}

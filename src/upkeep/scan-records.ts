import pMap from "p-map";
import { resolveFeed, touchedFeeds } from "../core/feed.ts";
import { emptyShelves, foldShelves, type Shelves } from "../core/window.ts";
import { feedOf, WINDOWS, windowKey } from "../repository/feeds.ts";
import { ARTICLES, articleIdOf, findRecord } from "../repository/records.ts";
import type { Services } from "../services.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { pageOf } from "../store/list-page.ts";
import { tried } from "./attempt.ts";
import { MAX_FOUND, MAX_RANGE, REPAIR_PAGE } from "./limits.ts";

/** All feeds behind `from`, up to `to`, in the order of their window keys; without `to`, to the end. */
export type Range = { from?: string | undefined; to?: string | undefined };

export type Walk = {
  /** What was found so far, by feed. */
  found: Map<string, Shelves>;
  /** Feeds of this range are taken up when a record names them. */
  range: Range | undefined;
  /** The last key that was read. */
  after: string | undefined;
  /** Records that could not be read: they stay out until an audit finds them. */
  failed: string[];
};

/** Reads records until all are read or the time is `until`; answers whether all are. */
export async function walkRecords(services: Services, walk: Walk, until: number): Promise<boolean> {
  for (;;) {
    const keys = await pageOf(services.stores.newsroom, ARTICLES, walk.after, REPAIR_PAGE);
    await pMap(keys, (key) => visit(services, walk, key), { concurrency: CONCURRENCY });
    if (walk.range !== undefined) walk.range = keepBounded(walk.found, walk.range);
    if (keys.length < REPAIR_PAGE) return true;
    walk.after = keys.at(-1) as string;
    if (services.now() >= until) return false;
  }
}

async function visit(services: Services, walk: Walk, key: string): Promise<void> {
  const id = articleIdOf(key);
  if (id === undefined) return;
  const record = await tried(services, id, walk.failed, () => findRecord(services, id));
  if (record === undefined) return;
  for (const name of touchedFeeds(services.site, record)) {
    const before = walk.found.get(name) ?? (isIn(walk.range, name) ? emptyShelves() : undefined);
    const feed = before && resolveFeed(services.site, name);
    if (before && feed) walk.found.set(name, foldShelves(services.site, feed, before, id, record));
  }
}

/** The feeds that the next walk for a new site file has, of those that there are; records may name more of its range. */
export async function rangeAfter(
  services: Services,
  from: string | undefined,
): Promise<{ range: Range; names: string[] }> {
  const start = from === undefined ? undefined : windowKey(from);
  const keys = await pageOf(services.stores.newsroom, WINDOWS, start, MAX_RANGE);
  const fixed = services.site.feeds.map(({ name }) => name).filter((name) => isIn({ from }, name));
  const all = [...new Set([...keys.flatMap((key) => feedOf(key) ?? []), ...fixed])].sort(inOrder);
  const names = all.slice(0, MAX_RANGE);
  return { range: { from, to: names[MAX_RANGE - 1] }, names };
}

/** Leaves feeds at the end of the range to the next one, when too much is found for one. */
function keepBounded(found: Map<string, Shelves>, range: Range): Range {
  const names = [...found.keys()].filter((name) => isIn(range, name)).sort(inOrder);
  let references = 0;
  const end = names.findIndex((name, i) => {
    references += sizeOf(found.get(name) as Shelves);
    return references > MAX_FOUND && i > 0;
  });
  if (end === -1) return range;
  for (const name of names.slice(end)) found.delete(name);
  return { ...range, to: names[end - 1] as string };
}

const sizeOf = ({ entries, tombstones, changes }: Shelves) =>
  entries.items.length + tombstones.items.length + changes.items.length;

function isIn(range: Range | undefined, name: string): boolean {
  if (range === undefined) return false;
  const { from, to } = range;
  return (from === undefined || inOrder(name, from) > 0) && (to === undefined || inOrder(name, to) <= 0);
}

const inOrder = (a: string, b: string) =>
  Buffer.compare(Buffer.from(windowKey(a)), Buffer.from(windowKey(b)));

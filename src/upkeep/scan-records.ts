import pMap from "p-map";
import { type Feed, placements, resolveFeed, touchedFeeds } from "../core/feed.ts";
import { addToShelves, emptyShelves, type Shelves } from "../core/window.ts";
import { sizeOf } from "../core/window-items.ts";
import { adopt } from "../life/advance.ts";
import { findUntagged, listRecordIds } from "../repository/records.ts";
import { listFeedNames, windowKey } from "../repository/windows.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { attempt, type Failure } from "./attempt.ts";
import type { TimeIsUp, UpkeepDeps } from "./deps.ts";
import { MAX_NAMED, MAX_RANGE, REPAIR_PAGE } from "./limits.ts";
import { pagesOf } from "./pages.ts";

/** All feeds behind `from`, up to `to`, in the order of their window keys; without `to`, to the end. */
export type Range = { from?: string | undefined; to?: string | undefined };

/** One walk over all records, and what it has found so far. */
export type Scan = {
  /** By feed. Only these feeds are looked for, and those of the range that a record names. */
  found: Map<string, Shelves>;
  range: Range | undefined;
  /** References that may be found for the feeds of a range; feeds beyond are left to the next walk. */
  maxFound: number;
  /** The id of the last record that was read. */
  after: string | undefined;
  /** Records read so far. */
  records: number;
  /** At most MAX_NAMED articles whose record cannot be read and counts as none. */
  unreadable: string[];
  /** Records that the store did not give: they stay out until an audit finds them. */
  failed: Failure[];
};

/** Reads records a page at a time until all are read or the time is up; answers whether all are. */
export async function scanRecords(
  deps: UpkeepDeps,
  scan: Scan,
  isOver: TimeIsUp,
  onProgress: (records: number) => void = () => {},
): Promise<boolean> {
  const feeds = new Map<string, Feed | undefined>();
  // One listing for the whole part: in a folder, each listing reads the names of all records.
  for await (const ids of pagesOf(listRecordIds(deps, scan.after), REPAIR_PAGE)) {
    await pMap(ids, (id) => visit(deps, scan, feeds, id), { concurrency: CONCURRENCY });
    onProgress(scan.records);
    if (ids.length < REPAIR_PAGE) break;
    if (scan.range !== undefined) scan.range = keepBounded(scan, scan.range);
    scan.after = ids.at(-1);
    if (isOver()) return false;
  }
  if (scan.range !== undefined) scan.range = keepBounded(scan, scan.range);
  return true;
}

/** `feeds`: what the names in `scan.found` mean, as far as it is known. */
async function visit(
  deps: UpkeepDeps,
  scan: Scan,
  feeds: Map<string, Feed | undefined>,
  id: string,
): Promise<void> {
  const onUnreadable = () => scan.unreadable.length < MAX_NAMED && scan.unreadable.push(id);
  const record = await attempt(deps, id, scan.failed, () => findUntagged(deps, id, onUnreadable));
  if (record === undefined) return;
  scan.records++;
  await attempt(deps, id, scan.failed, () => adopt(deps, record));
  const places = placements(deps.site, record);
  for (const name of touchedFeeds(deps.site, record, places)) {
    const before = scan.found.get(name) ?? (isIn(scan.range, name) ? emptyShelves() : undefined);
    if (before === undefined) continue;
    const feed = feeds.get(name) ?? resolveFeed(deps.site, name);
    feeds.set(name, feed);
    scan.found.set(name, feed ? addToShelves(deps.site, feed, before, record, places) : before);
  }
}

/** Leaves feeds at the end of the range to the next walk when too much is found for one. */
function keepBounded({ found, maxFound }: Scan, range: Range): Range {
  const names = [...found.keys()].filter((name) => isIn(range, name)).sort(inOrder);
  let references = 0;
  const end = names.findIndex((name, i) => {
    references += sizeOf(found.get(name) as Shelves);
    return references > maxFound && i > 0;
  });
  if (end === -1) return range;
  for (const name of names.slice(end)) found.delete(name);
  return { ...range, to: names[end - 1] as string };
}

function isIn(range: Range | undefined, name: string): boolean {
  if (range === undefined) return false;
  const { from, to } = range;
  return (from === undefined || inOrder(name, from) > 0) && (to === undefined || inOrder(name, to) <= 0);
}

/** The order of feeds is that of their window keys, as a listing has it. */
const inOrder = (a: string, b: string) =>
  Buffer.compare(Buffer.from(windowKey(a)), Buffer.from(windowKey(b)));

/** The feeds that the next walk has, of those that there are; records may name more feeds of its range. */
export async function rangeBehind(
  deps: UpkeepDeps,
  from: string | undefined,
): Promise<{ range: Range; names: string[] }> {
  const all = new Set(deps.site.feeds.map(({ name }) => name).filter((name) => isIn({ from }, name)));
  let listed = 0;
  for await (const name of listFeedNames(deps, from)) {
    all.add(name);
    if (++listed === MAX_RANGE) break;
  }
  const names = [...all].sort(inOrder).slice(0, MAX_RANGE);
  return { range: { from, to: names[MAX_RANGE - 1] }, names };
}

import pMap from "p-map";
import { isListed, isListedForArticles, type Listing, spelledValue } from "../core/directory.ts";
import { resolveFeed } from "../core/feed.ts";
import { directoryPages } from "../render/directory.ts";
import { MAX_LISTED_FEEDS } from "../render/limits.ts";
import { documentKeysOf } from "../render/outputs.ts";
import { readDirectory, type StoredPage } from "../repository/directory.ts";
import { isStored, putDocument } from "../repository/documents.ts";
import { askForDirectory, type DueListing, listDue, settleListing } from "../repository/schedule.ts";
import { orUnreadable, UnreadableError } from "../repository/stored-json.ts";
import { listFeedNames, readWindow } from "../repository/windows.ts";
import { compareAndSwap } from "../store/cas.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { CONFLICT } from "../store/port.ts";
import { attempt, type Failure } from "./attempt.ts";
import type { UpkeepDeps } from "./deps.ts";
import { MAX_VALUES_READ } from "./limits.ts";
import { seeSite, writeSite } from "./site-documents.ts";

/** What a write of the directory does not take from the pages that are stored. */
type Fresh = {
  /** Feeds whose windows are read again. */
  feeds: ReadonlySet<string>;
  /** All windows are read again, however many there are. */
  isAll?: boolean;
};

/** `pages`: how many were written or removed, with the documents at the root. `isPart`: some windows were left for the next time. */
export type DirectoryReport = { pages: number; isPart: boolean };

const NOTHING_FRESH: Fresh = { feeds: new Set() };

/**
 * Writes the pages of the directory that are not as they should be: the feeds of the site file, then all that have a window,
 * in the order of their names; then the documents at the root of the wire, one of which lists feeds, too. It lists the windows,
 * and reads those of feeds alone that the stored pages do not have.
 */
export async function writeDirectory(deps: UpkeepDeps, fresh = NOTHING_FRESH): Promise<DirectoryReport> {
  return compareAndSwap(deps, async () => {
    // Before the windows are listed: a writer that saw fewer feeds must not come after one that saw more.
    const stored = await readDirectory(deps);
    const site = await seeSite(deps);
    const { listings, isPart } = await listingsOf(deps, knownIn(stored, fresh), fresh.isAll === true);
    const pages = await writePages(deps, stored, listings);
    if (pages === CONFLICT) return CONFLICT;
    const documents = await writeSite(deps, site, listings);
    return documents === CONFLICT ? CONFLICT : { pages: pages + documents, isPart };
  });
}

/** The value of each feed that need not be read again. */
function knownIn(stored: StoredPage[], { feeds, isAll }: Fresh): Map<string, string> {
  const all = isAll ? [] : stored.flatMap((page) => page.feeds);
  return new Map(
    all.flatMap(({ name, value }) => (value === undefined || feeds.has(name) ? [] : [[name, value]])),
  );
}

async function listingsOf(
  deps: UpkeepDeps,
  known: ReadonlyMap<string, string>,
  isAll: boolean,
): Promise<{ listings: Listing[]; isPart: boolean }> {
  const { site } = deps;
  const fixed = site.feeds.map(({ name }) => name).filter((name) => isListed(site, name));
  const made: string[] = [];
  for await (const name of listFeedNames(deps)) {
    if (!isListedForArticles(site, name)) continue;
    if (fixed.length + made.length === MAX_LISTED_FEEDS) {
      deps.log("directory.full", { feeds: MAX_LISTED_FEEDS });
      break;
    }
    made.push(name);
  }
  const unknown = made.filter((name) => !known.has(name));
  const looked = isAll ? unknown : unknown.slice(0, MAX_VALUES_READ);
  const read = new Map(
    await pMap(looked, async (name) => [name, await readValue(deps, name)] as const, {
      concurrency: CONCURRENCY,
    }),
  );
  const listingOf = (name: string): Listing => {
    const value = known.get(name) ?? read.get(name);
    return value === undefined ? { name } : { name, value };
  };
  const listings = [...fixed.map((name) => ({ name })), ...made.map(listingOf)];
  return { listings, isPart: looked.length < unknown.length };
}

/** The value of a feed. For a window that cannot be read, the feed's name gives it; when the window is made again, the directory asks for the value again. */
async function readValue(deps: UpkeepDeps, name: string): Promise<string> {
  const feed = resolveFeed(deps.site, name);
  const read = feed && (await orUnreadable(readWindow(deps, feed, documentKeysOf(name))));
  return spelledValue({ name }, read instanceof UnreadableError ? undefined : read?.window);
}

/**
 * Answers how many pages were written or removed. The last page comes first: a reader who follows the pages meanwhile may see
 * a feed twice, and misses none.
 */
async function writePages(
  deps: UpkeepDeps,
  stored: StoredPage[],
  listings: Listing[],
): Promise<number | typeof CONFLICT> {
  const pages = directoryPages(deps.site, listings);
  let written = 0;
  for (const [i, { body, ...place }] of [...pages.entries()].reverse()) {
    const seen = stored[i]?.seen;
    if (isStored(deps, place, body, seen)) continue;
    if ((await putDocument(deps, place, body, seen)) === CONFLICT) return CONFLICT;
    written++;
  }
  for (const { key, seen } of stored.slice(pages.length)) {
    if ((await deps.stores.published.delete(key, { ifMatch: seen.etag })) === CONFLICT) return CONFLICT;
    written++;
  }
  return written;
}

/** Writes the directory for these notes, and takes the notes away. Where that fails, the report names it. */
export async function listFeeds(
  deps: UpkeepDeps,
  notes: DueListing[],
  report: { failed: string[] },
): Promise<void> {
  const failed: Failure[] = [];
  const write = async () => {
    const feeds = new Set(notes.map(({ feed }) => feed));
    const { isPart } = await writeDirectory(deps, { feeds });
    if (isPart) await askForDirectory(deps);
    await pMap(notes, (note) => settleListing(deps, note), { concurrency: CONCURRENCY });
  };
  await attempt(deps, "directory", failed, write);
  report.failed.push(...failed.map(({ name }) => name));
}

/**
 * Holds the directory against the windows. Answers how many of its pages were behind, though nobody had asked for them:
 * should be none.
 */
export async function auditDirectory(deps: UpkeepDeps): Promise<number> {
  const isAskedFor = async () => (await listDue(deps, deps.now(), 1)).listings.length > 0;
  if (await isAskedFor()) return 0;
  const { pages, isPart } = await writeDirectory(deps);
  if (isPart) await askForDirectory(deps);
  return isPart || pages === 0 || (await isAskedFor()) ? 0 : pages;
}

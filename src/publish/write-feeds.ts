import pMap from "p-map";
import { withoutOld } from "../core/contents.ts";
import { isListedForArticles, spelledValue } from "../core/directory.ts";
import { type Feed, resolveFeed } from "../core/feed.ts";
import type { Site } from "../core/site.ts";
import { fold, isUnderfilled, type Window } from "../core/window.ts";
import { referencesIn } from "../core/window-items.ts";
import { documentKeysOf } from "../render/outputs.ts";
import { type Records, readRecords } from "../repository/records.ts";
import { retireFeed } from "../repository/retired.ts";
import { askForListingOf } from "../repository/schedule.ts";
import {
  type FeedState,
  isWindowStill,
  putWindow,
  readState,
  type TaggedWindow,
} from "../repository/windows.ts";
import { attempts, busy } from "../store/cas.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { CONFLICT } from "../store/port.ts";
import type { FeedWork, Outcome } from "./feed-work.ts";
import type { Press } from "./press.ts";
import { renderWindow } from "./render-window.ts";
import { createReport, type PublishReport } from "./report.ts";
import { writeDocuments } from "./write-documents.ts";

/** What is known before the first round: states that are older than the records. */
export type Known = { states: ReadonlyMap<string, FeedState>; records: Records };

export type WriteOptions = {
  known?: Known;
  /** Stops where a race was lost, and answers the feeds that are not written yet as `crowded`. */
  leavesCrowds?: boolean;
};

/** A feed as one round sees it. */
type Observed = { is: "observed"; feed: Feed; task: FeedWork; state: FeedState; isFromMemory: boolean };

/**
 * The guarded write of windows and documents. Each round takes all its feeds through the same steps: observe the
 * documents and then the window; read the records, once for all feeds; fold them; write the window; write the
 * documents. Each read sees at least what the reads before it saw, so a write that still finds its ETag cannot bring an
 * older state back. A feed whose write loses against another writer goes into the next round.
 */
export async function writeFeeds(
  press: Press,
  work: ReadonlyMap<string, FeedWork>,
  { known, leavesCrowds = false }: WriteOptions = {},
): Promise<PublishReport & { crowded: string[] }> {
  const report = createReport();
  let open = new Map(work);
  let first = known;
  let isCrowded = false;
  for await (const _ of attempts(press)) {
    if (open.size === 0) break;
    const outcomes = await writeRound(press, open, first);
    first = undefined;
    open = new Map();
    for (const [feed, outcome] of outcomes) {
      if (outcome.is !== "written") press.states.delete(feed);
      if (outcome.is === "lost") open.set(feed, outcome.task);
      else report.add(feed, outcome);
      isCrowded ||= leavesCrowds && outcome.is === "lost" && outcome.isRace;
    }
    if (open.size === 0 || isCrowded) break;
  }
  const crowded = isCrowded ? [...open.keys()] : [];
  for (const feed of isCrowded ? [] : open.keys()) report.add(feed, { is: "failed", error: busy() });
  for (const { feed, error } of report.failed) press.log("feed.failed", { feed, error: String(error) });
  const { add: _, ...rest } = report;
  return { ...rest, crowded };
}

/** One round: what becomes of each of these feeds. */
async function writeRound(
  press: Press,
  open: ReadonlyMap<string, FeedWork>,
  known: Known | undefined,
): Promise<Map<string, Outcome>> {
  const observed = await eachFeed(press, open, (name, task) =>
    observe(press, name, task, known?.states.get(name)),
  );
  const seen = [...observed.values()].filter((found) => found.is === "observed");
  const records =
    known && seen.every(({ isFromMemory }) => isFromMemory)
      ? known.records
      : await readRecords(press, new Set(seen.flatMap(idsOf)));
  return eachFeed(press, observed, async (_, found) =>
    found.is === "observed" ? writeFeed(press, found, records) : found,
  );
}

/** Takes the step for every feed, several at once. A step that throws fails its own feed only. */
async function eachFeed<From, To>(
  { feedsAtOnce = CONCURRENCY }: Press,
  feeds: ReadonlyMap<string, From>,
  step: (name: string, from: From) => Promise<To>,
): Promise<Map<string, To | Outcome>> {
  const take = async ([name, from]: [string, From]): Promise<[string, To | Outcome]> => [
    name,
    await step(name, from).catch((error: unknown): Outcome => ({ is: "failed", error })),
  ];
  return new Map(await pMap(feeds, take, { concurrency: feedsAtOnce }));
}

/** Reads the feed's documents and window, unless this process remembers them. A feed that the site file no longer defines is retired. */
async function observe(
  press: Press,
  name: string,
  task: FeedWork,
  remembered: FeedState | undefined,
): Promise<Observed | Outcome> {
  const feed = resolveFeed(press.site, name);
  const keys = documentKeysOf(name);
  if (feed === undefined) {
    press.states.delete(name);
    if ((await retireFeed(press, name, keys)) === CONFLICT) return { is: "lost", task, isRace: false };
    // The site file alone takes feeds away, and the directory is written again after a change of it.
    return { is: "written", changed: keys.map((key) => ({ key })), isNew: false, isUnderfilled: false };
  }
  const state = remembered ?? (await readState(press, feed, keys, task.replaces));
  return { is: "observed", feed, task, state, isFromMemory: remembered !== undefined };
}

/** Folds the records, writes the window, then the documents that are rendered from it. */
async function writeFeed(press: Press, observed: Observed, records: Records): Promise<Outcome> {
  const { feed, task, state } = observed;
  const folded = withSpelling(press.site, observed, foldRecords(press.site, observed, records));
  // The writer before may have ended after the window and before this note: then the window alone tells of it.
  if (state.window.respelled && task.ids.size > 0)
    await askForListingOf(press, state.tag?.etag ?? "", feed.name);
  const current = await writeWindow(press, observed, folded);
  const isRace = !observed.isFromMemory;
  if (current === CONFLICT) return { is: "lost", task, isRace };
  const isNew = isNewToDirectory(press.site, state, current.window);
  // Before the documents: without any of them, the next publisher finds the feed new again.
  const ask = () => askForListingOf(press, current.tag?.etag ?? "", feed.name);
  if (isNew) await ask();
  const made = await renderWindow(press, feed, current.window, { folded: task.ids, records });
  if ("moved" in made)
    return { is: "lost", task: { ...task, ids: new Set([...task.ids, ...made.moved]) }, isRace: false };
  const isSame = current.window === state.window;
  const written = await writeDocuments(press, { ...made, state, isSame });
  if (written === CONFLICT) return { is: "lost", task, isRace };
  const { documents, changed } = written;
  press.states.set(feed.name, { ...current, documents });
  // A publisher that was cut off between its window and its documents may have been cut off before it asked, too.
  const isResumed = isSame && task.ids.size > 0 && changed.length > 0;
  if (isResumed && !isNew && isListedForArticles(press.site, feed.name)) await ask();
  return { is: "written", changed, isNew, isUnderfilled: isUnderfilled(feed, current.window) };
}

/** Whether the directory lacks the feed, or calls it by another value than its newest story now does. */
function isNewToDirectory(site: Site, { window, documents }: FeedState, next: Window): boolean {
  const feed = { name: next.feed };
  if (!isListedForArticles(site, feed.name)) return false;
  return documents.size === 0 || spelledValue(feed, window) !== spelledValue(feed, next);
}

/** The window, which says whether it spells the value of its feed in another way than the one before. */
function withSpelling(site: Site, { feed, state }: Observed, next: Window): Window {
  if (next === state.window) return next;
  const { respelled: _, ...window } = next;
  const isRespelled =
    state.documents.size > 0 &&
    isListedForArticles(site, feed.name) &&
    spelledValue(feed, state.window) !== spelledValue(feed, next);
  return isRespelled ? { ...window, respelled: true } : window;
}

/** The window with these records in it; the same window where they change nothing. */
function foldRecords(site: Site, observed: Observed, records: Records): Window {
  const { feed, task, state } = observed;
  const add = (into: Window, id: string) => fold(site, feed, into, id, records.get(id));
  const folded = idsOf(observed).reduce(add, state.window);
  const window = task.finish?.(folded) ?? folded;
  return window === state.window ? window : withoutOld(feed, window);
}

/**
 * Puts the window if it changed. A feed with documents has a window even when it is empty, because a rebuild finds feeds
 * by their windows.
 * A put shows whether the window is still the one in memory; where there is nothing to put, a look shows it.
 */
async function writeWindow(
  press: Press,
  { task, state, isFromMemory }: Observed,
  next: Window,
): Promise<TaggedWindow | typeof CONFLICT> {
  // A damaged window that is replaced by an empty one is written too.
  const isSame = next === state.window && state.tag !== undefined && task.replaces === undefined;
  if (!isSame) return putWindow(press, next, state);
  return isFromMemory && !(await isWindowStill(press, state)) ? CONFLICT : state;
}

function idsOf({ task, state: { window } }: Observed): string[] {
  if (!task.recheck) return [...task.ids];
  return [...new Set([...task.ids, ...referencesIn(window).map(({ id }) => id)])];
}

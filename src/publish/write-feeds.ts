import pMap from "p-map";
import type { Published } from "../core/article.ts";
import { type Feed, resolveFeed } from "../core/feed.ts";
import { FORMAT_NAMES, windowKey } from "../core/keys.ts";
import { fold, isUnderfilled, shown, type Window } from "../core/window.ts";
import { type FeedState, isStored, putDocument, putWindow, readState, retire } from "../repository/feeds.ts";
import { type Records, readRecords } from "../repository/records.ts";
import { UnreadableError } from "../repository/stored-json.ts";
import type { Services } from "../services.ts";
import { compareAndSwap } from "../store/cas.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { CONFLICT } from "../store/port.ts";
import { readEntries } from "./read-entries.ts";

export type PublishReport = {
  /** Feeds brought up to date. */
  feeds: string[];
  /** Feeds that only a rebuild can fill again; those whose window cannot be read have failed as well. */
  underfilled: string[];
  /** Feeds left behind, with what went wrong; the others are not held up by them. */
  failed: { feed: string; error: unknown }[];
};

/** Work on one feed: the records to fold, and what to do to the window after that. */
export type FeedWork = {
  ids: Set<string>;
  /** Also fold every record that the window already names. */
  recheck?: boolean;
  finish?: (window: Window) => Window;
  /** The ETag of a window that cannot be read, or MISSING: `ids` are all that belongs into the one in its place. */
  anew?: string;
};

/**
 * The guarded write of windows and documents, in rounds: for every feed the documents' ETags, then the window; then
 * every record, once for all feeds; then the fold. Each later read sees at least what the earlier ones saw, so a
 * write that still finds its ETag cannot bring an older state back. Feeds that lost a race go into the next round.
 */
export async function bringUpToDate(
  services: Services,
  work: Map<string, FeedWork>,
  first?: { remembered: Map<string, FeedState>; records: Records },
): Promise<PublishReport> {
  const report: PublishReport = { feeds: [], underfilled: [], failed: [] };
  const open = new Map(work);
  let known = first;
  const round = async () => {
    await settleAll(services, open, known, report);
    known = undefined;
    return open.size === 0 ? undefined : CONFLICT;
  };
  try {
    await compareAndSwap(services, round);
  } catch (error) {
    for (const feed of open.keys()) report.failed.push({ feed, error });
  }
  for (const { feed, error } of report.failed) services.log("feed.failed", { feed, error: String(error) });
  return report;
}

async function settleAll(
  services: Services,
  open: Map<string, FeedWork>,
  known: { remembered: Map<string, FeedState>; records: Records } | undefined,
  report: PublishReport,
): Promise<void> {
  const states = new Map<string, FeedState>();
  let records = known?.records;
  const each = (step: (name: string, feed: Feed, task: FeedWork) => Promise<boolean>) =>
    pMap(
      [...open],
      async ([name, task]) => {
        try {
          const feed = resolveFeed(services.site, name);
          if (feed === undefined) await retire(services, name);
          else if (!(await step(name, feed, task))) return;
          report.feeds.push(name);
          open.delete(name);
        } catch (error) {
          services.states.delete(name);
          if (error instanceof UnreadableError) report.underfilled.push(name);
          report.failed.push({ feed: name, error });
          open.delete(name);
        }
      },
      { concurrency: CONCURRENCY },
    );

  await each(async (name, feed, task) => {
    const remembered = known?.remembered.get(name);
    if (remembered === undefined) records = undefined;
    states.set(name, remembered ?? (await readState(services, feed, task.anew)));
    return false;
  });
  records ??= await readRecords(services, wanted(open, states));
  const read = records;
  await each(async (name, feed, task) => {
    const state = states.get(name) as FeedState;
    const settled = await settle(services, feed, state, known?.remembered.has(name) ?? false, task, read);
    if (settled === CONFLICT) services.states.delete(name);
    else if (isUnderfilled(feed, settled)) report.underfilled.push(name);
    return settled !== CONFLICT;
  });
}

/** Folds, writes the window, renders, writes the documents. CONFLICT: somebody else wrote; start over. */
async function settle(
  services: Services,
  feed: Feed,
  state: FeedState,
  isRemembered: boolean,
  task: FeedWork,
  records: Records,
): Promise<Window | typeof CONFLICT> {
  let next = state.window;
  for (const id of idsOf(task, state.window)) next = fold(services.site, feed, next, id, records.get(id));
  next = task.finish?.(next) ?? next;
  // A feed with documents has a window, be it empty: a rebuild finds feeds by their windows.
  const same = next === state.window && state.tag !== undefined;
  // A write shows whether the window is still the one in memory; where there is nothing to write, a look does.
  const written = same
    ? await stillThere(services, state, isRemembered)
    : await putWindow(services, next, state);
  if (written === CONFLICT) return CONFLICT;
  const { window, tag } = written;

  const articles = new Map<string, Published>();
  const missing = () =>
    services.renderer.missing(shown(feed, window).entries).filter(({ id }) => !articles.has(id));
  // While articles are read, other feeds may push entries of this one out of the renderer's memory: look again.
  for (let entries = missing(); entries.length > 0; entries = missing()) {
    if ((await readEntries(services, feed, entries, articles, task.ids, records)) === CONFLICT)
      return CONFLICT;
  }
  const rendered = services.renderer.render(feed, window, articles);
  const etags = await Promise.all(
    FORMAT_NAMES.map((format) => {
      const seen = state.documents[format];
      // Digesting documents takes longer than rendering them, and those of a window that changed have changed.
      const stored = same && isStored(services, rendered[format], seen);
      return stored ? seen?.etag : putDocument(services, feed.name, format, rendered[format], seen);
    }),
  );
  // A put that lost or failed may still be sending; the memory of these documents is nobody else's then.
  if (etags.includes(CONFLICT)) return CONFLICT;
  services.renderer.reuse(rendered);
  const [rss, atom, json] = (etags as string[]).map((etag) => ({ etag }));
  services.states.set(feed.name, { window, tag, documents: { rss, atom, json } });
  return window;
}

async function stillThere(services: Services, state: FeedState, isRemembered: boolean) {
  if (!isRemembered) return state;
  const now = await services.stores.newsroom.head(windowKey(state.window.feed));
  return now?.etag === state.tag?.etag ? state : CONFLICT;
}

function wanted(open: Map<string, FeedWork>, states: Map<string, FeedState>): string[] {
  const ids = new Set<string>();
  for (const [name, task] of open) {
    const state = states.get(name);
    if (state) for (const id of idsOf(task, state.window)) ids.add(id);
  }
  return [...ids];
}

function idsOf(task: FeedWork, window: Window): Iterable<string> {
  if (!task.recheck) return task.ids;
  const named = [...window.entries.items, ...window.tombstones.items, ...window.changes.items].map(
    (item) => item.id,
  );
  return new Set([...task.ids, ...named]);
}

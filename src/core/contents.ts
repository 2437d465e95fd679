import type { Feed } from "./feed.ts";
import {
  CHANGES,
  DAY_MS,
  LATE_DAYS,
  MAX_LATE,
  MAX_STUBS,
  STUB_DAYS,
  TOMBSTONES,
  WINDOW_SLACK,
} from "./limits.ts";
import { dropBehind, rankBy, type Shelf, sortItems } from "./shelf.ts";
import type { Entry, LateEntry, StubReference, Tombstone, VersionReference, Window } from "./window-items.ts";

/** What the feed's documents depend on. */
export type Contents = {
  /** The newest entries, then the late ones, both in the order of the feed. */
  entries: Entry[];
  /** Newest first, as all that follows. */
  tombstones: Tombstone[];
  /** The kills of which documents show a stub, as far as there is room for their bytes. */
  stubs: StubReference[];
  changes: VersionReference[];
};

export function shown(feed: Feed, window: Window): Contents {
  const newest = window.entries.items.slice(0, feed.size);
  const late = lateOf(feed, window).slice(0, MAX_LATE);
  return {
    entries: late.length === 0 ? newest : [...newest, ...sortItems(late, rankBy(feed.order))],
    tombstones: window.tombstones.items.slice(0, TOMBSTONES),
    stubs: stubsOf(feed, window).slice(0, MAX_STUBS),
    changes: window.changes.items.slice(0, CHANGES),
  };
}

/** Items that belong into the documents and find no room there; `isMore`: the window cannot hold all of it. */
export type Overflow = { late: number; stubs: number; isMore: boolean };

export function overflowOf(feed: Feed, window: Window): Overflow {
  return {
    late: Math.max(0, lateOf(feed, window).length - MAX_LATE),
    stubs: Math.max(0, stubsOf(feed, window).length - MAX_STUBS),
    isMore:
      hasDropped(window.late, sinceLate(feed, window)) ||
      hasDropped(window.tombstones, sinceStubs(feed, window)),
  };
}

/** Whether articles that the window once dropped would have to be shown again; only a rebuild can find them. */
export function isUnderfilled(feed: Feed, window: Window): boolean {
  return (
    window.order !== feed.order ||
    window.rebuilding !== undefined ||
    isShort(window.entries, feed.size) ||
    isShort(window.tombstones, TOMBSTONES) ||
    isShort(window.changes, CHANGES) ||
    lacksLate(feed, window) ||
    lacksStubs(feed, window)
  );
}

/**
 * The window without what is so old that it will not be shown any more: a feed that has seen many corrections or kills
 * does not carry them in each write for ever.
 */
export function withoutOld(feed: Feed, window: Window): Window {
  if (window.late.items.length === 0 && window.tombstones.items.length <= ALWAYS_KEPT) return window;
  const late = dropBehind(window.late, 0, rankBy("corrected"), sinceLate(feed, window, WINDOW_SLACK));
  const since = sinceStubs(feed, window, WINDOW_SLACK);
  const tombstones = dropBehind(window.tombstones, ALWAYS_KEPT, rankBy("accepted"), since);
  return late === window.late && tombstones === window.tombstones ? window : { ...window, late, tombstones };
}

const ALWAYS_KEPT = TOMBSTONES * WINDOW_SLACK;

/** Corrected stories of the period that are not among the newest entries, the latest correction first. */
function lateOf(feed: Feed, window: Window): LateEntry[] {
  if (window.late.items.length === 0) return [];
  const since = sinceLate(feed, window);
  const newest = new Set(window.entries.items.slice(0, feed.size).map(({ id }) => id));
  return window.late.items.filter(({ id, corrected }) => Date.parse(corrected) >= since && !newest.has(id));
}

function stubsOf(feed: Feed, window: Window): StubReference[] {
  if (window.tombstones.items.length === 0 || stubDaysOf(feed) === 0) return [];
  const since = sinceStubs(feed, window);
  return window.tombstones.items.filter(
    (item): item is StubReference => item.published !== undefined && Date.parse(item.accepted) >= since,
  );
}

function lacksLate(feed: Feed, window: Window): boolean {
  if (window.late.floor === undefined || lateOf(feed, window).length >= MAX_LATE) return false;
  return hasDropped(window.late, sinceLate(feed, window));
}

function lacksStubs(feed: Feed, window: Window): boolean {
  if (stubDaysOf(feed) === 0 || !isShort(window.tombstones, MAX_STUBS)) return false;
  return hasDropped(window.tombstones, sinceStubs(feed, window));
}

/** Whether an item of this age or younger was dropped for want of room. */
function hasDropped({ floor }: Shelf<unknown>, since: number): boolean {
  return floor !== undefined && Date.parse(floor.date) >= since;
}

function isShort({ items, floor }: Shelf<unknown>, wanted: number): boolean {
  return floor !== undefined && items.length < wanted;
}

const stubDaysOf = ({ stubDays = STUB_DAYS }: Feed) => stubDays;

/** The moment from which on late changes are shown, milliseconds since 1970. `times`: how many periods it lies back. */
function sinceLate(feed: Feed, window: Window, times = 1): number {
  return newestDate(feed, window) - LATE_DAYS * DAY_MS * times;
}

function sinceStubs(feed: Feed, window: Window, times = 1): number {
  return newestDate(feed, window) - stubDaysOf(feed) * DAY_MS * times;
}

/** The feed's newest date, from which periods are measured back: documents have no clock. An invalid date is skipped. */
function newestDate({ size }: Feed, { entries, changes, tombstones, late }: Window): number {
  let newest = Number.NEGATIVE_INFINITY;
  const look = (date: string | undefined) => {
    const time = date === undefined ? Number.NaN : Date.parse(date);
    if (time > newest) newest = time;
  };
  for (const { updated } of entries.items.slice(0, size)) look(updated);
  for (const { updated } of changes.items.slice(0, CHANGES)) look(updated);
  look(late.items[0]?.updated);
  look(tombstones.items[0]?.accepted);
  return newest;
}

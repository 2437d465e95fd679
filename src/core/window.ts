import { isUnderfilled, shown } from "./contents.ts";
import { type Feed, type Placements, placements } from "./feed.ts";
import { compareInstants } from "./instant.ts";
import { CHANGES, MAX_LATE, MAX_STUBS, STUB_DAYS, TOMBSTONES, WINDOW_SLACK } from "./limits.ts";
import { isWaiting, type StoredRecord, shownBreaking, shownPublished, shownUpdated } from "./record.ts";
import { addItem, raiseFloor, rankBy, setItem, sortItems } from "./shelf.ts";
import { correctedAt } from "./shown-dates.ts";
import type { Site } from "./site.ts";
import { versionOf } from "./version.ts";
import {
  type Entry,
  type LateEntry,
  SHELVES,
  type Shelves,
  type Tombstone,
  type VersionReference,
  type Window,
} from "./window-items.ts";

export type { Entry, Shelves, Tombstone, VersionReference, Window } from "./window-items.ts";
export { isUnderfilled, shown };

export function emptyShelves(): Shelves {
  return { entries: { items: [] }, tombstones: { items: [] }, changes: { items: [] }, late: { items: [] } };
}

export function emptyWindow(feed: Feed): Window {
  return { feed: feed.name, revision: 0, order: feed.order, ...emptyShelves() };
}

/**
 * Folds one record into a window: placed where it belongs, taken out where it does not. Idempotent. Answers the same
 * window when nothing changes. The record must have been read after the window was.
 */
export function fold(site: Site, feed: Feed, window: Window, id: string, record?: StoredRecord): Window {
  const sorted = window.order === feed.order ? window : inOrderOf(feed, window);
  const found = shelvesWith(feed, sorted, itemsOf(site, feed, record), (shelf, ...rest) =>
    setItem(shelf, id, ...rest),
  );
  const same = SHELVES.every((shelf) => found[shelf] === sorted[shelf]);
  return same ? window : { ...window, ...found };
}

/** The window with its entries in the order of this feed, which the site file has changed since. */
function inOrderOf(feed: Feed, window: Window): Window {
  const items = sortItems(window.entries.items, rankBy(feed.order));
  return { ...window, entries: { ...window.entries, items } };
}

/**
 * The shelves that a scan has filled so far, with one more record in them. A scan meets each id once. `places`: the placements
 * of the record.
 */
export function addToShelves(
  site: Site,
  feed: Feed,
  found: Shelves,
  record: StoredRecord,
  places: Placements,
): Shelves {
  return shelvesWith(feed, found, itemsOf(site, feed, record, places), addItem);
}

/** `put`: brings an item into a shelf. */
function shelvesWith(feed: Feed, found: Shelves, items: Items, put: typeof addItem): Shelves {
  const lateRoom = feed.size + MAX_LATE * WINDOW_SLACK;
  return {
    entries: put(found.entries, items.entry, rankBy(feed.order), feed.size * WINDOW_SLACK),
    tombstones: put(found.tombstones, items.tombstone, rankBy("accepted"), tombstonesOf(feed)),
    changes: put(found.changes, items.change, rankBy("accepted"), CHANGES * WINDOW_SLACK),
    late: put(found.late, items.late, rankBy("corrected"), lateRoom),
  };
}

/** How many tombstones a window holds. */
function tombstonesOf({ stubDays = STUB_DAYS }: Feed): number {
  return TOMBSTONES * WINDOW_SLACK + (stubDays === 0 ? 0 : MAX_STUBS);
}

/**
 * First step of a rebuild: from here on the window takes every change of any rank, so that the scan which
 * follows and the window together miss nothing. A window that never dropped anything is complete as it is.
 */
export function openForRebuild(feed: Feed, window: Window, token: string): Window {
  const complete = SHELVES.every((shelf) => window[shelf].floor === undefined);
  if (complete && window.order === feed.order && window.rebuilding === undefined) return window;
  const entries = sortItems(window.entries.items, rankBy(feed.order));
  return {
    ...window,
    order: feed.order,
    entries: { items: entries },
    tombstones: { items: window.tombstones.items },
    changes: { items: window.changes.items },
    late: { items: window.late.items },
    rebuilding: token,
  };
}

/**
 * Last step of a rebuild, after what the scan found was folded in: nothing below the scan's own floors is known.
 * A window that a younger rebuild has opened since is left for that one to close.
 */
export function closeRebuild(window: Window, found: Shelves, token: string): Window {
  if (window.rebuilding !== undefined && window.rebuilding !== token) return window;
  const closed = {
    entries: raiseFloor(window.entries, found.entries.floor, rankBy(window.order)),
    tombstones: raiseFloor(window.tombstones, found.tombstones.floor, rankBy("accepted")),
    changes: raiseFloor(window.changes, found.changes.floor, rankBy("accepted")),
    late: raiseFloor(window.late, found.late.floor, rankBy("corrected")),
  };
  const { rebuilding, ...rest } = window;
  if (rebuilding === undefined && SHELVES.every((shelf) => closed[shelf] === window[shelf])) return window;
  return { ...rest, ...closed };
}

type Items = { entry?: Entry; tombstone?: Tombstone; change?: VersionReference; late?: LateEntry };

/** What stands for the record in this feed's window; nothing if it was never placed there. */
function itemsOf(
  site: Site,
  feed: Feed,
  record?: StoredRecord,
  places = record && placements(site, record),
): Items {
  if (record === undefined) return {};
  const { article } = record;
  const { id, guid } = article;
  const published = shownPublished(record);
  const updated = shownUpdated(record);
  const version = versionOf(record);
  const { accepted = updated } = record;
  // A story that waits is dated as of its release, but counts as a change since it came in.
  const isAhead = isWaiting(record) && compareInstants(accepted, updated) < 0;
  const change = { id, version, updated: isAhead ? accepted : updated, accepted };
  const label = places?.get(feed.name);
  if (label !== undefined) {
    const level = feed.order === "breaking" ? shownBreaking(record)?.level : undefined;
    const entry = {
      id,
      version,
      published,
      updated,
      ...(label !== "" && { label }),
      ...(level && { level }),
    };
    const corrected = correctedAt(record);
    return { entry, change, ...(corrected !== undefined && { late: { ...entry, corrected } }) };
  }
  if (!record.feeds.includes(feed.name)) return {};
  if (article.status !== "withdrawn" || feed.isTraceless) return { change };
  // Somebody may have edited the record by hand, and a window is of one shape.
  const { notice } = article;
  return { tombstone: { ...change, guid, published, ...(typeof notice === "string" && { notice }) }, change };
}

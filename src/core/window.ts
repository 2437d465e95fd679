import { type Feed, placements } from "./feed.ts";
import { compareInstants } from "./instant.ts";
import type { BreakingLevel } from "./levels.ts";
import { CHANGES, TOMBSTONES, WINDOW_SLACK } from "./limits.ts";
import { isWaiting, type StoredRecord, shownBreaking, shownPublished, shownUpdated } from "./record.ts";
import { raiseFloor, rankBy, type Shelf, setItem, sortItems } from "./shelf.ts";
import type { Order, Site } from "./site.ts";
import { versionOf } from "./version.ts";

/** A reference to one version of one article. */
export type Entry = {
  id: string;
  version: string;
  published: string;
  updated: string;
  label?: string;
  /** Only in a feed whose order is `breaking`. */
  level?: BreakingLevel;
};
/** A reference to a withdrawal. `accepted`: when the wire took it in. `notice`: what the public is told of it. */
export type Tombstone = VersionReference & { guid: string; notice?: string };

/**
 * A reference to the newest version of any record that was ever in the feed, shown or not. A digest of those taken in
 * last is in the documents. It keeps a document from ever returning to bytes that it had before, so that its ETag,
 * which names bytes, tells an overtaken writer that it was overtaken.
 */
export type VersionReference = { id: string; version: string; updated: string; accepted: string };

/** The newest entries of one feed. `revision` counts its writes; nothing rendered depends on it. */
export type Window = {
  feed: string;
  revision: number;
  order: Order;
  entries: Shelf<Entry>;
  tombstones: Shelf<Tombstone>;
  changes: Shelf<VersionReference>;
  /** Set while a rebuild looks for entries below the old floor: the token of that rebuild. */
  rebuilding?: string;
};

/** What a scan of the records found for one feed. */
export type Shelves = Pick<Window, "entries" | "tombstones" | "changes">;

export function emptyShelves(): Shelves {
  return { entries: { items: [] }, tombstones: { items: [] }, changes: { items: [] } };
}

export function emptyWindow(feed: Feed): Window {
  return { feed: feed.name, revision: 0, order: feed.order, ...emptyShelves() };
}

/**
 * Folds one record into a window: placed where it belongs, taken out where it does not. Idempotent. Answers the same
 * window when nothing changes. The record must have been read after the window was.
 */
export function fold(site: Site, feed: Feed, window: Window, id: string, record?: StoredRecord): Window {
  const found = foldShelves(site, feed, window, id, record);
  const same = SHELVES.every((shelf) => found[shelf] === window[shelf]);
  return same ? window : { ...window, ...found };
}

/** As `fold`, for the shelves that a scan has filled so far. */
export function foldShelves(
  site: Site,
  feed: Feed,
  found: Shelves,
  id: string,
  record?: StoredRecord,
): Shelves {
  const { entry, tombstone, change } = itemsOf(site, feed, record);
  return {
    entries: setItem(found.entries, id, entry, rankBy(feed.order), feed.size * WINDOW_SLACK),
    tombstones: setItem(found.tombstones, id, tombstone, rankBy("accepted"), TOMBSTONES * WINDOW_SLACK),
    changes: setItem(found.changes, id, change, rankBy("accepted"), CHANGES * WINDOW_SLACK),
  };
}

const SHELVES = ["entries", "tombstones", "changes"] as const;

/** What the feed's documents depend on, newest first. */
export function shown(feed: Feed, window: Window) {
  return {
    entries: window.entries.items.slice(0, feed.size),
    tombstones: window.tombstones.items.slice(0, TOMBSTONES),
    changes: window.changes.items.slice(0, CHANGES),
  };
}

/** Whether articles that the window once dropped would have to be shown again; only a rebuild can find them. */
export function isUnderfilled(feed: Feed, window: Window): boolean {
  return (
    window.order !== feed.order ||
    window.rebuilding !== undefined ||
    isShort(window.entries, feed.size) ||
    isShort(window.tombstones, TOMBSTONES) ||
    isShort(window.changes, CHANGES)
  );
}

function isShort({ items, floor }: Shelf<unknown>, wanted: number): boolean {
  return floor !== undefined && items.length < wanted;
}

/**
 * First step of a rebuild: from here on the window takes every change, whatever its rank, so that the scan which
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
  };
  const { rebuilding, ...rest } = window;
  if (rebuilding === undefined && SHELVES.every((shelf) => closed[shelf] === window[shelf])) return window;
  return { ...rest, ...closed };
}

type Items = { entry?: Entry; tombstone?: Tombstone; change?: VersionReference };

/** What stands for the record in this feed's window; nothing if it was never placed there. */
function itemsOf(site: Site, feed: Feed, record?: StoredRecord): Items {
  if (record === undefined) return {};
  const { article } = record;
  const { id, guid } = article;
  const published = shownPublished(record);
  const updated = shownUpdated(record);
  const version = versionOf(record);
  const { accepted = updated } = record;
  // What waits is dated as of its release; that it waits is known since it came.
  const isAhead = isWaiting(record) && compareInstants(accepted, updated) < 0;
  const change = { id, version, updated: isAhead ? accepted : updated, accepted };
  const label = placements(site, record).get(feed.name);
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
    return { entry, change };
  }
  if (!record.feeds.includes(feed.name)) return {};
  if (article.status !== "withdrawn") return { change };
  const { notice } = article;
  return { tombstone: { ...change, guid, ...(notice !== undefined && { notice }) }, change };
}

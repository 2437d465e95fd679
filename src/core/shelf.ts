import { compareInstants } from "./instant.ts";
import { type BreakingLevel, levelRank } from "./levels.ts";
import type { Order } from "./site.ts";
import { compareText } from "./version.ts";

/** Where an item stands in its shelf: the level of breaking news where the feed's order has one, its date, its id. */
type Rank = { level?: BreakingLevel; date: string; id: string };

/**
 * The newest items of an unbounded set. `floor` is the rank of the newest item that was ever dropped for want of
 * room: the shelf holds exactly the items that rank above it. Without a floor it holds them all.
 */
export type Shelf<T> = { items: T[]; floor?: Rank };

type Placed = { id: string; published: string; updated: string; level?: BreakingLevel };
type Accepted = { id: string; accepted: string };
type Corrected = { id: string; corrected: string };

/** Takes the item with this id out of the shelf and puts the new one, if any, in its place. */
export function setItem<T extends { id: string }>(
  shelf: Shelf<T>,
  id: string,
  item: T | undefined,
  rank: (item: T) => Rank,
  capacity: number,
): Shelf<T> {
  const old = shelf.items.find((other) => other.id === id);
  if (old === undefined) return addItem(shelf, item, rank, capacity);
  const isIn = fits(shelf, item, rank);
  if (isIn && JSON.stringify(old) === JSON.stringify(item)) return shelf;
  const others = { ...shelf, items: shelf.items.filter((other) => other.id !== id) };
  return isIn ? addItem(others, item, rank, capacity) : others;
}

/** As `setItem`, where the shelf has no item with this id: a scan that meets each id once need not look for it. */
export function addItem<T extends { id: string }>(
  shelf: Shelf<T>,
  item: T | undefined,
  rank: (item: T) => Rank,
  capacity: number,
): Shelf<T> {
  if (!fits(shelf, item, rank)) return shelf;
  const items = withItem(shelf.items, item, rank);
  const [dropped] = items.splice(capacity);
  const floor = dropped === undefined ? shelf.floor : rank(dropped);
  return floor === undefined ? { items } : { items, floor };
}

function fits<T>(shelf: Shelf<T>, item: T | undefined, rank: (item: T) => Rank): item is T {
  return item !== undefined && (shelf.floor === undefined || newestFirst(rank(item), shelf.floor) < 0);
}

/** A copy of the items, in their order, with this one in its place. */
function withItem<T>(items: T[], item: T, rank: (item: T) => Rank): T[] {
  const place = rank(item);
  let [from, to] = [0, items.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (newestFirst(rank(items[middle] as T), place) < 0) from = middle + 1;
    else to = middle;
  }
  return items.toSpliced(from, 0, item);
}

export function raiseFloor<T>(shelf: Shelf<T>, floor: Rank | undefined, rank: (item: T) => Rank): Shelf<T> {
  if (floor === undefined || (shelf.floor !== undefined && newestFirst(shelf.floor, floor) <= 0))
    return shelf;
  return { items: shelf.items.filter((item) => newestFirst(rank(item), floor) < 0), floor };
}

/**
 * Drops the tail of items that are dated before `since` (milliseconds since 1970) and stand behind the first `kept`: as for
 * want of room.
 */
export function dropBehind<T>(
  shelf: Shelf<T>,
  kept: number,
  rank: (item: T) => Rank,
  since: number,
): Shelf<T> {
  let end = shelf.items.length;
  for (; end > kept; end--) if (Date.parse(rank(shelf.items[end - 1] as T).date) >= since) break;
  const dropped = shelf.items[end];
  return dropped === undefined ? shelf : { items: shelf.items.slice(0, end), floor: rank(dropped) };
}

export function rankBy(by: Order): (item: Placed) => Rank;
export function rankBy(by: "accepted"): (item: Accepted) => Rank;
export function rankBy(by: "corrected"): (item: Corrected) => Rank;
export function rankBy(by: Order | "accepted" | "corrected") {
  const date = by === "breaking" ? "published" : by;
  return (item: { id: string; level?: BreakingLevel } & Partial<Record<typeof date, string>>): Rank => {
    const rank = { date: item[date] as string, id: item.id };
    return by === "breaking" && item.level !== undefined ? { level: item.level, ...rank } : rank;
  };
}

export function sortItems<T>(items: T[], rank: (item: T) => Rank): T[] {
  return items.toSorted((a, b) => newestFirst(rank(a), rank(b)));
}

/** Strongest level first, then newest; one date: by id. Negative when `a` stands before `b`. */
function newestFirst(a: Rank, b: Rank): number {
  return (
    levelRank(a.level) - levelRank(b.level) || compareInstants(b.date, a.date) || compareText(a.id, b.id)
  );
}

import { readInstant } from "../core/instant.ts";
import type { Item } from "./item.ts";
import { AHEAD_MS } from "./limits.ts";

/**
 * All that a source shows is public, so a date ahead is wrong: the item gets the date of its first import. `now`: milliseconds
 * since 1970.
 */
export function notAhead<T extends Extract<Item, { record: unknown }>>(item: T, now: number): T {
  const { published } = item.record;
  const read = typeof published === "string" ? readInstant(published, "UTC") : undefined;
  if (read === undefined || !("instant" in read) || Date.parse(read.instant) <= now + AHEAD_MS) return item;
  const { published: _, ...record } = item.record;
  const repaired = [
    ...item.repaired,
    `The date ${read.instant} lies ahead; the time of the first import is taken.`,
  ];
  return { ...item, record, repaired };
}

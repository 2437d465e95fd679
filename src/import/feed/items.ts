import { readDate } from "../dates.ts";
import type { Item, SourceSettings } from "../item.ts";
import type { Feed } from "./entry.ts";
import { itemOf } from "./record.ts";

/** What the entries of a document become. `repeated`: entries with the guid of another one, which nobody could tell apart. */
export type FeedItems = { items: Item[]; repeated: Item[] };

/** Where entries have one guid, the latest counts: by their dates, else by their order, because feeds begin with what is new. */
export function itemsOf(
  { entries, channel }: Pick<Feed, "entries" | "channel">,
  source: SourceSettings,
): FeedItems {
  const latest = new Map<string, { item: Item; date: string }>();
  const repeated: Item[] = [];
  for (const entry of entries) {
    const item = itemOf(entry, channel, source);
    const date = readDate(entry.updated ?? entry.published)?.date ?? "";
    const other = latest.get(item.key);
    const isLater = other === undefined || timeOf(date) > timeOf(other.date);
    const { where } = (isLater ? other?.item : item) ?? item;
    if (other !== undefined) repeated.push({ key: where, where, skipped: REPEATED });
    if (isLater) latest.set(item.key, { item, date });
  }
  return { items: [...latest.values()].map(({ item }) => item), repeated };
}

const REPEATED = "Another entry of the feed has the same guid, and feed readers know one article by it.";

const timeOf = (date: string) => Date.parse(date) || 0;

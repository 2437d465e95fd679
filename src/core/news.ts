import type { Listing } from "./directory.ts";
import { placements } from "./feed.ts";
import { DAY_MS, NEWS } from "./limits.ts";
import { orderOf } from "./order.ts";
import { type StoredRecord, shownPublished } from "./record.ts";
import type { Site } from "./site.ts";
import { storyState } from "./story.ts";
import { compareText } from "./version.ts";

/** A story of the last days, as the sitemap for news tells it. `published`: RFC 3339, UTC. */
export type NewsItem = {
  id: string;
  order: string;
  url: string;
  title: string;
  language: string;
  published: string;
  /** The feeds that select it, each with the value that makes it a feed of its family; empty for a feed of the site file. */
  feeds: Record<string, string>;
};

/** The stories of the last days, newest first, and how far in the change log they were looked for. */
export type News = {
  /** Undefined before the log was read for the first time. */
  epoch?: string;
  seq: number;
  items: NewsItem[];
  /** Older stories than this one found no room, and come back no more: RFC 3339, UTC. */
  floor?: string;
  /** The last kills, id and order, the newest last: no list of stories ever returns to what it was before a kill. */
  killed: string[];
};

/** What a record says: its story where it belongs into the list, or that it was killed. */
export type NewsFound = { item?: NewsItem; killed?: string };

export const noNews = (): News => ({ seq: 0, items: [], killed: [] });

export function newsOf(site: Site, record: StoredRecord): NewsFound {
  const { article } = record;
  if (article.status === "withdrawn") return { killed: `${article.id} ${orderOf(record)}` };
  if (storyState(site, record)?.status !== "published") return {};
  const published = new Date(shownPublished(record)).toISOString();
  const { id, url, headline: title, language = site.language } = article;
  const feeds = Object.fromEntries(placements(site, record));
  return { item: { id, order: orderOf(record), url, title, language, published, feeds } };
}

/**
 * The list with these stories as their records are, without what is older than `at` allows; the same list where that changes
 * nothing. `at`: milliseconds since 1970.
 */
export function foldNews(news: News, found: ReadonlyMap<string, NewsFound>, at: number): News {
  const since = new Date(at - NEWS.days * DAY_MS).toISOString();
  const floor = news.floor !== undefined && news.floor > since ? news.floor : undefined;
  const isYoung = ({ published }: NewsItem) =>
    published > since && (floor === undefined || published > floor);
  const kept = news.items.filter(({ id, published }) => !found.has(id) && published > since);
  const known = new Set(news.items.map(({ id }) => id));
  const added = [...found.values()].flatMap(({ item }) =>
    item && (known.has(item.id) ? item.published > since : isYoung(item)) ? [item] : [],
  );
  const all = [...kept, ...added].sort(byDate);
  const kills = [...found.values()]
    .flatMap(({ killed = [] }) => killed)
    .filter((one) => !news.killed.includes(one));
  const lowest = all[NEWS.stories]?.published ?? floor;
  const next: News = {
    ...news,
    items: all.slice(0, NEWS.stories),
    killed: [...news.killed, ...kills].slice(-NEWS.kills),
  };
  delete next.floor;
  if (lowest !== undefined) next.floor = lowest;
  return JSON.stringify(next) === JSON.stringify(news) ? news : next;
}

/** When the list loses its oldest story: milliseconds since 1970; never where it has none. */
export function newsUntil({ items }: News): number {
  const oldest = items.at(-1);
  return oldest === undefined ? Number.POSITIVE_INFINITY : Date.parse(oldest.published) + NEWS.days * DAY_MS;
}

/** The feeds that stories of the list stand in, those with the most stories first, each as its newest story spells it. */
export function largestIn({ items }: Pick<News, "items">): Listing[] {
  const found = new Map<string, { value: string; count: number }>();
  for (const { feeds } of items)
    for (const [name, value] of Object.entries(feeds)) {
      const known = found.get(name);
      if (known === undefined) found.set(name, { value, count: 1 });
      else known.count++;
    }
  const sorted = [...found].sort(([a, x], [b, y]) => y.count - x.count || compareText(a, b));
  return sorted.map(([name, { value }]) => ({ name, value }));
}

function byDate(a: NewsItem, b: NewsItem): number {
  return compareText(b.published, a.published) || compareText(a.id, b.id);
}

import { touchedFeeds } from "../core/feed.ts";
import { type Records, readRecords, type Unreadable } from "../repository/records.ts";
import type { FeedWork } from "./feed-work.ts";
import type { Press } from "./press.ts";
import type { PublishReport } from "./report.ts";
import { writeFeeds } from "./write-feeds.ts";

/** What became of some articles and of their feeds. */
export type ArticlesReport = PublishReport &
  Unreadable & {
    /** Articles that are not published, or not everywhere, with what went wrong: to be published again. */
    left: Map<string, unknown>;
  };

/**
 * Brings every feed that these articles touch up to date. Safe to repeat, in any order, by many at once. A record that
 * fails holds up no other article, and a feed that fails only the articles that touch it.
 */
export async function publish(press: Press, ids: Iterable<string>): Promise<ArticlesReport> {
  const unique = new Set(ids);
  // The states in memory are older than the records that are read next: the records may be folded into them.
  const states = new Map(press.states.entries());
  const unreadable: string[] = [];
  const records = await readRecords(press, unique, (id) => unreadable.push(id));
  const { work, left } = workOf(press, unique, records);
  const report = await writeFeeds(press, work, { states, records });
  for (const { feed, error } of report.failed)
    for (const id of work.get(feed)?.ids ?? []) left.set(id, error);
  return { ...report, unreadable, left };
}

/** By feed, the articles that touch it; and the articles whose feeds are not known. */
function workOf({ site, log }: Press, ids: Iterable<string>, records: Records) {
  const byFeed = new Map<string, Set<string>>();
  const left = new Map<string, unknown>();
  for (const id of ids) {
    try {
      const record = records.get(id);
      for (const feed of record === undefined ? [] : touchedFeeds(site, record))
        byFeed.set(feed, (byFeed.get(feed) ?? new Set()).add(id));
    } catch (error) {
      log("publish.failed", { id, error: String(error) });
      left.set(id, error);
    }
  }
  const work = new Map<string, FeedWork>([...byFeed].map(([feed, ids]) => [feed, { ids }]));
  return { work, left };
}

/** Makes the feeds that the site file names, empty where they have no article yet. */
export function startFeeds(press: Press): Promise<PublishReport> {
  const names = press.site.feeds.map((feed) => feed.name);
  return writeFeeds(press, new Map(names.map((name) => [name, { ids: new Set<string>() }])));
}

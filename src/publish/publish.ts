import { touchedFeeds } from "../core/feed.ts";
import { type Records, readRecords, type Unreadable } from "../repository/records.ts";
import type { Services } from "../services.ts";
import { bringUpToDate, type FeedWork, type PublishReport } from "./write-feeds.ts";

/** What became of some articles and of their feeds. */
export type ArticlesReport = PublishReport &
  Unreadable & {
    /** Articles that are not published, or not everywhere, with what went wrong: to be published again. */
    left: Map<string, unknown>;
  };

/**
 * Brings every feed that these articles touch up to date. Safe to repeat, in any order, by many at once. What fails,
 * fails alone: a record takes no other article along, a feed only those that touch it.
 */
export async function publish(services: Services, ids: Iterable<string>): Promise<ArticlesReport> {
  const unique = new Set(ids);
  // What this process remembers was read before the records are: it may be folded into as it is.
  const remembered = new Map(services.states.entries());
  const unreadable: string[] = [];
  const records = await readRecords(services, unique, (id) => unreadable.push(id));
  const { work, left } = workOf(services, unique, records);
  const report = await bringUpToDate(services, work, { remembered, records });
  for (const { feed, error } of report.failed)
    for (const id of work.get(feed)?.ids ?? []) if (unique.has(id)) left.set(id, error);
  return { ...report, unreadable, left };
}

/** By feed, the articles that touch it; and the articles whose feeds are not known. */
function workOf(services: Services, ids: Iterable<string>, records: Records) {
  const work = new Map<string, FeedWork>();
  const left = new Map<string, unknown>();
  for (const id of ids) {
    try {
      const record = records.get(id);
      for (const feed of record === undefined ? [] : touchedFeeds(services.site, record)) {
        const known = work.get(feed);
        if (known) known.ids.add(id);
        else work.set(feed, { ids: new Set([id]) });
      }
    } catch (error) {
      services.log("publish.failed", { id, error: String(error) });
      left.set(id, error);
    }
  }
  return { work, left };
}

/** The feeds that the site file names exist before their first article, empty. */
export function startFeeds(services: Services): Promise<PublishReport> {
  const names = services.site.feeds.map((feed) => feed.name);
  return bringUpToDate(services, new Map(names.map((name) => [name, { ids: new Set<string>() }])));
}

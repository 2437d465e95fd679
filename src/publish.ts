import { touchedFeeds } from "./core/feeds.ts";
import { bringUpToDate, type FeedWork, type PublishReport } from "./feed-rounds.ts";
import { readRecords, type Unreadable } from "./records.ts";
import type { Services } from "./services.ts";

/** Brings every feed that these articles touch up to date. Safe to repeat, in any order, by many at once. */
export async function publish(
  services: Services,
  ids: Iterable<string>,
): Promise<PublishReport & Unreadable> {
  const unique = [...new Set(ids)];
  // What this process remembers was read before the records are: it may be folded into as it is.
  const remembered = new Map(services.states.entries());
  const unreadable: string[] = [];
  const records = await readRecords(services, unique, (id) => unreadable.push(id));
  const work = new Map<string, FeedWork>();
  for (const [id, record] of records) {
    for (const feed of record === undefined ? [] : touchedFeeds(services.site, record)) {
      const known = work.get(feed);
      if (known) known.ids.add(id);
      else work.set(feed, { ids: new Set([id]) });
    }
  }
  return { ...(await bringUpToDate(services, work, { remembered, records })), unreadable };
}

/** The feeds that the site file names exist before their first article, empty. */
export function startFeeds(services: Services): Promise<PublishReport> {
  const names = services.site.feeds.map((feed) => feed.name);
  return bringUpToDate(services, new Map(names.map((name) => [name, { ids: new Set<string>() }])));
}

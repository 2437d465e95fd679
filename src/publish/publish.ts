import { touchedFeeds } from "../core/feed.ts";
import { type Records, readRecords } from "../repository/records.ts";
import type { FeedWork } from "./feed-work.ts";
import { MAX_GUESSED_FEEDS, RUSH_CALLS } from "./limits.ts";
import type { Press } from "./press.ts";
import { type ArticlesReport, emptyReport, merge, type PublishReport } from "./report.ts";
import { isTaken, takeTurns } from "./take-turns.ts";
import { writeFeeds } from "./write-feeds.ts";

/**
 * Brings every feed that these articles touch up to date. Safe to repeat, in any order, by many at once. A record that
 * fails holds up no other article, and a feed that fails only the articles that touch it. A publisher that loses races
 * takes turns with the others.
 */
export async function publish(press: Press, ids: Iterable<string>): Promise<ArticlesReport> {
  const unique = new Set(ids);
  if (press.rush.calls > 0) return takeTurns(press, unique, publishNow);
  const { crowded, ...report } = await publishOnce(press, unique, { leavesCrowds: true });
  if (crowded.size === 0) return report;
  press.rush.calls = RUSH_CALLS;
  merge(report, await takeTurns(press, crowded, publishNow));
  return report;
}

async function publishNow(press: Press, ids: ReadonlySet<string>): Promise<ArticlesReport> {
  const { crowded: _, ...report } = await publishOnce(press, ids, { leavesCrowds: false });
  return report;
}

/** `crowded`: articles of feeds that another publisher writes at the same moment. */
async function publishOnce(
  press: Press,
  ids: ReadonlySet<string>,
  { leavesCrowds }: { leavesCrowds: boolean },
): Promise<ArticlesReport & { crowded: Set<string> }> {
  // The states in memory are older than the records that are read next: the records may be folded into them.
  const states = new Map(press.states.entries());
  const unreadable: string[] = [];
  const [records, isTurnTaken] = await Promise.all([
    readRecords(press, ids, (id) => unreadable.push(id)),
    leavesCrowds && isTaken(press),
  ]);
  if (isTurnTaken) return { ...emptyReport(), crowded: new Set(ids) };
  const { work, left } = workOf(press, ids, records);
  press.rush.feeds = [...work.keys()].slice(0, MAX_GUESSED_FEEDS);
  const written = await writeFeeds(press, work, { known: { states, records }, leavesCrowds });
  for (const { feed, error } of written.failed)
    for (const id of work.get(feed)?.ids ?? []) left.set(id, error);
  const crowded = new Set(written.crowded.flatMap((feed) => [...(work.get(feed)?.ids ?? [])]));
  return { ...written, unreadable, left, crowded };
}

/** By feed, the articles that touch it; and the articles whose feeds are not known. */
function workOf({ site, log }: Press, ids: ReadonlySet<string>, records: Records) {
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

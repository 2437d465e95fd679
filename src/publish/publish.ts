import { touchedFeeds } from "../core/feed.ts";
import { type Records, readRecords } from "../repository/records.ts";
import type { FeedWork } from "./feed-work.ts";
import { MAX_GUESSED_FEEDS, RUSH_CALLS } from "./limits.ts";
import type { Press } from "./press.ts";
import {
  type ArticlesReport,
  allTold,
  emptyReport,
  merge,
  nothingToTell,
  type PublishReport,
  type Written,
  type Wrongs,
} from "./report.ts";
import { isTaken, takeTurns } from "./take-turns.ts";
import { freshKills, readSeen, tellLog, writeStories } from "./tell.ts";
import { breakingHome, tellHome } from "./tell-home.ts";
import { writeFeeds } from "./write-feeds.ts";

/** Called with articles that stand in all of their feeds and stories, before the log is told. */
export type OnShown = (ids: string[]) => void;

/**
 * Brings every feed that these articles touch up to date, then their stories, and tells the change log. Safe to repeat, in
 * any order, by many at once. A record that fails holds up no other article, and a feed that fails only the articles that
 * touch it. Kills come first. A publisher that loses races takes turns with the others.
 */
export async function publish(
  press: Press,
  ids: Iterable<string>,
  onShown: OnShown = () => {},
): Promise<ArticlesReport> {
  const unique = new Set(ids);
  const publishNow = async (press: Press, ids: ReadonlySet<string>): Promise<Written> => {
    const { crowded: _, ...written } = await publishAll(press, ids, { leavesCrowds: false, onShown });
    return written;
  };
  if (press.rush.calls > 0) return takeTurns(press, unique, publishNow);
  const { crowded, ...written } = await publishAll(press, unique, { leavesCrowds: true, onShown });
  if (crowded.size === 0) return allTold(written);
  press.rush.calls = RUSH_CALLS;
  // The log is told of what is written while the others wait for their turn.
  const [report, turns] = await Promise.all([allTold(written), takeTurns(press, crowded, publishNow)]);
  merge(report, turns);
  return report;
}

type Options = { leavesCrowds: boolean; onShown: OnShown };

/** `crowded`: articles of feeds that another publisher writes at the same moment. */
type Crowded = Written & { crowded: Set<string> };

/** The kills as a batch of their own, to the end, then the others: so a kill does not wait for other stories. */
async function publishAll(press: Press, ids: ReadonlySet<string>, options: Options): Promise<Crowded> {
  const { later, ...first } = await publishOnce(press, ids, { ...options, killsFirst: true });
  if (later.size === 0) return first;
  const report = await allTold(first);
  if (first.crowded.size > 0)
    return { ...report, ...nothingToTell(), crowded: new Set([...first.crowded, ...later]) };
  const second = await publishOnce(press, later, { ...options, killsFirst: false });
  const { told, marked, crowded, changed } = second;
  const before = [...report.changed];
  merge(report, second);
  // This list also gets the page at the root, when that is written.
  changed.unshift(...before);
  return { ...report, told, marked, crowded, changed };
}

/** `later`: articles that were put off, because there are kills among the others. */
async function publishOnce(
  press: Press,
  all: ReadonlySet<string>,
  { leavesCrowds, onShown, killsFirst }: Options & { killsFirst: boolean },
): Promise<Crowded & { later: Set<string> }> {
  // The states in memory are older than the records that are read next: the records may be folded into them.
  const states = new Map(press.states.entries());
  const unreadable: string[] = [];
  const [records, seen, isTurnTaken] = await Promise.all([
    readRecords(press, all, (id) => unreadable.push(id)),
    readSeen(press, all),
    leavesCrowds && isTaken(press),
  ]);
  if (isTurnTaken) return { ...emptyReport(), ...nothingToTell(), crowded: new Set(all), later: new Set() };
  const kills = killsFirst ? freshKills(seen, all, records) : new Set<string>();
  const ids = kills.size > 0 ? kills : all;
  const later = new Set([...all].filter((id) => !ids.has(id)));
  const { work, left } = workOf(press, ids, records);
  press.rush.feeds = [...work.keys()].slice(0, MAX_GUESSED_FEEDS);
  const begun = breakingHome(press, ids, { records, seen });
  const [written, stories] = await Promise.all([
    writeFeeds(press, work, { known: { states, records }, leavesCrowds }),
    writeStories(press, ids, records, seen),
  ]);
  for (const { feed, error } of written.failed)
    for (const id of work.get(feed)?.ids ?? []) left.set(id, error);
  const crowded = new Set(written.crowded.flatMap((feed) => [...(work.get(feed)?.ids ?? [])]));
  const shown = [...ids].filter((id) => !left.has(id) && !crowded.has(id));
  onShown(shown.filter((id) => !stories.failed.has(id) && !unreadable.includes(id)));
  const telling = tellLog(press, shown, stories, seen);
  const { isKill, done } = tellHome(press, shown, { records, isChanged: written.changed.length > 0, begun });
  const both = async (wrongs: Promise<Wrongs>) => {
    const [others, home] = await Promise.all([wrongs, done]);
    written.changed.push(...home.changed);
    return new Map([...others, ...home.left]);
  };
  // The turn of a publisher waits for what is told, and nobody waits for a turn because of breaking news at the root.
  const { told, marked } = telling;
  const ends = isKill ? { told: both(told), marked } : { told, marked: both(marked) };
  return {
    ...written,
    unreadable: unreadable.filter((id) => ids.has(id)),
    left,
    crowded,
    later,
    ...ends,
  };
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

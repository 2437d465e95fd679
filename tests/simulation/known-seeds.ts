/**
 * For each mistake the seeds that notice it in the shortest time, as a search over some thousand seeds found them: `npm run simulate
 * -- 1 300 "log before story"` names all seeds that notice one. After a change of the wire other seeds may notice a mistake: the test
 * looks for them, and prints them. docs/architecture.md has the same table.
 */
export const KNOWN: Record<string, number[]> = {
  "a clock in the fold": [2, 3],
  "a phase that is no part of the version": [3, 1],
  "a reminder deleted before the record is written": [95, 16],
  "`until` compared as text": [4, 3],
  "the schedule in the time of another zone": [1, 3],
  "log before story": [2, 1],
  "open page shrunk before its page is put": [2, 3],
  "page without the epoch in its key": [2, 3],
  "mark before log": [2, 3],
  "snapshot made of records": [3, 11],
  "a kill that is forgotten behind a revival": [4, 5],
  "story put without a guard": [16, 8],
  "open page put without a guard": [8, 10],
  "home page that is written once": [1, 3],
  "sitemap for news that is written once": [3, 41],
  "home page that a kill leaves to the tick": [3, 9],
  "sitemap for news that a kill leaves to the tick": [20, 53],
  "home page that breaking news leaves to the tick": [3, 7],
  "site file that begins no epoch": [26, 66],
  "purge without a phase": [25, 17],
  "record read before the loop": [1, 2],
  "payload folded from the event": [3, 9],
  "guid claimed without a condition": [3, 7],
  "document put without a guard": [4, 3],
  "a correction that is forgotten with its entry": [75, 194],
  "waiting publisher leaves before its articles are published": [2, 3],
  "note removed before its documents are written": [3, 2],
  "document put skipped when the window did not change": [2, 1],
  "partner: cursor kept before its changes": [10, 2],
  "partner: stale story taken": [2, 3],
  "partner: two programs at once on one copy": [38],
};

import type { Site } from "../core/site.ts";
import { withdraw } from "../ingest/ingest.ts";
import { markPurged } from "../ingest/mark-purged.ts";
import type { Publisher } from "../publish/publisher.ts";
import { removeMark } from "../repository/logged.ts";
import { forgetOldNews } from "../repository/news.ts";
import { forgetOldRecords, readRecord } from "../repository/records.ts";
import { askForEpoch, askForKillOf, askForRepairOf, settleKillOf } from "../repository/schedule.ts";
import { hasStory, removeStory } from "../repository/stories.ts";
import { searchFeeds } from "../repository/windows.ts";
import type { Pacing } from "../store/cas.ts";
import type { Versions } from "../store/port.ts";
import type { Log, Stores } from "../store/stores.ts";
import { nothingPurged, type PurgedInbox, type PurgeInbox, purgeInbox } from "./purge-inbox.ts";

/** What a purge needs of the wire. `versions`: undefined where the store keeps none. */
export type PurgeDeps = Pacing & {
  site: Site;
  stores: Stores;
  publisher: Publisher;
  log: Log;
  now(): number;
  /** Runs with the inbox, as soon as nobody is in the way. Rejects where somebody goes on being in the way. */
  withInbox<T>(run: (inbox: PurgeInbox) => Promise<T>): Promise<T>;
  versions: Versions | undefined;
};

export type PurgeReport = {
  id: string;
  /** What the wire had: an article that the purge withdrew, a tombstone, or no record. */
  was: "published" | "withdrawn" | "nothing";
  /** Feeds that may have shown the article, and whose documents are written. */
  feeds: string[];
  /** Old stored versions of the record that were removed. */
  versions: number;
  inbox: PurgedInbox;
  /** What is left to do, in words: the purge has to be repeated. */
  left: string[];
};

/**
 * Removes the content of an article wherever the wire keeps it, and keeps its tombstone: withdraws it where it is live,
 * writes the documents that may show it, removes the old versions of its record and of the list of the latest stories, and cuts
 * it out of the inbox. Safe to repeat and to cut off at any point. Throws `unreadable` for a record that cannot be read.
 */
export async function purge(deps: PurgeDeps, id: string, reason?: string): Promise<PurgeReport> {
  const left: string[] = [];
  const was = await kill(deps, id, reason);
  const feeds = await writeDocuments(deps, id, left);
  const versions = deps.versions === undefined ? 0 : await forgetOldRecords(deps.versions, id);
  // Publishing the tombstone took the story from the list.
  if (deps.versions !== undefined) await forgetOldNews(deps.versions);
  const inbox = await deps
    .withInbox((all) => purgeInbox(deps, all, id))
    .catch((error: unknown) => {
      left.push(`The inbox cannot be looked into: ${error instanceof Error ? error.message : String(error)}`);
      return nothingPurged();
    });
  left.push(...inbox.left.map(({ name, why }) => `The file ${name} ${why}.`));
  const now = await readRecord(deps, id);
  if (now !== undefined && now.article.status !== "withdrawn")
    left.push(`${id} was sent again meanwhile: stop the system that sends it, then run the command again.`);
  return { id, was, feeds, versions, inbox, left };
}

/** The note comes first: what is cut off here is finished by the next tick. */
async function kill(deps: PurgeDeps, id: string, reason: string | undefined): Promise<PurgeReport["was"]> {
  const record = await readRecord(deps, id);
  if (record === undefined) return "nothing";
  await askForKillOf(deps, id);
  if (record.article.status === "published") await withdraw(deps, id, reason === undefined ? {} : { reason });
  await markPurged(deps, id);
  return record.article.status;
}

/** Feeds of the record, and those whose window names the article though no record does. */
async function writeDocuments(deps: PurgeDeps, id: string, left: string[]): Promise<string[]> {
  const record = await readRecord(deps, id);
  const found = await searchFeeds(deps, id, Number.POSITIVE_INFINITY);
  const feeds = [...new Set([...(record?.feeds ?? []), ...found])].sort();
  const report = await deps.publisher.writeFeeds(
    new Map(feeds.map((feed) => [feed, { ids: new Set([id]) }])),
  );
  for (const feed of report.underfilled) await askForRepairOf(deps, feed);
  for (const { feed, error } of report.failed) {
    deps.log("feed.failed", { feed, error: String(error) });
    left.push(`The documents of ${feed} may show ${id} still: ${String(error)}`);
  }
  const isToldOf = await writeStory(deps, id, record !== undefined, left);
  if (report.failed.length === 0 && isToldOf) await settleKillOf(deps, id);
  return report.feeds;
}

/**
 * The tombstone in the place of the story, and the purge in the log. Of a lost record the story goes, and no change can tell of
 * it: a new epoch does, whose snapshot has the story no more.
 */
async function writeStory(deps: PurgeDeps, id: string, hasRecord: boolean, left: string[]): Promise<boolean> {
  if (!hasRecord) {
    if (await hasStory(deps, id)) {
      // Before, because a purge that is cut off finds no story the next time; after, because an epoch may begin in between.
      await askForEpoch(deps);
      await removeStory(deps, id);
      await askForEpoch(deps);
    }
    await removeMark(deps, id);
    return true;
  }
  const report = await deps.publisher.publish([id]);
  // Feeds that failed are named already.
  for (const error of report.failed.length > 0 ? [] : report.left.values())
    left.push(`The story of ${id} may show its content still: ${String(error)}`);
  return report.left.size === 0;
}

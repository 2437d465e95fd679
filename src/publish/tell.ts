import pMap from "p-map";
import { orderOf } from "../core/order.ts";
import { compareText } from "../core/version.ts";
import { RECORDS_AT_ONCE } from "../repository/limits.ts";
import type { StoredMark } from "../repository/logged.ts";
import { readMark } from "../repository/logged.ts";
import { findRecord, type Records, type TaggedRecord } from "../repository/records.ts";
import { type LogView, logChanges, openLog } from "./change-log.ts";
import type { Press } from "./press.ts";
import type { Telling, Wrongs } from "./report.ts";
import { type ShownStory, type StoryOptions, type StoryOutcome, writeStory } from "./story.ts";

/*
 * Stories and the change log, as publishing writes them. What fails here holds up no document: the articles are left, and are
 * published again.
 */

/**
 * The log as it was before the stories are read. A version that is newer than a story was then is logged later, so a put of the
 * open page that still finds its ETag puts nothing behind a newer version. An error stands for what could not be read.
 */
export type Seen = {
  open: LogView["open"] | { error: unknown };
  marks: Map<string, StoredMark>;
  failed: Map<string, unknown>;
};

export async function readSeen(press: Press, ids: ReadonlySet<string>): Promise<Seen> {
  const seen: Seen = { open: { error: undefined }, marks: new Map(), failed: new Map() };
  const read = async (id: string) => {
    try {
      seen.marks.set(id, await readMark(press, id));
    } catch (error) {
      seen.failed.set(id, error);
    }
  };
  const open = openLog(press).catch((error: unknown) => ({ error }));
  await pMap(ids, read, { concurrency: RECORDS_AT_ONCE });
  seen.open = await open;
  return seen;
}

/** The kills among these articles that the log does not have. */
export function freshKills(seen: Seen, ids: ReadonlySet<string>, records: Records): Set<string> {
  return new Set(
    [...ids].filter((id) => {
      const record = readable(records, id);
      return record?.article.status === "withdrawn" && isFresh(seen, record);
    }),
  );
}

/** Whether the log does not have this version. */
export function isFresh({ marks }: Seen, record: TaggedRecord): boolean {
  return compareText(marks.get(record.article.id)?.mark?.order ?? "", orderOf(record)) < 0;
}

/** The record, where the store gave it. */
export function readable(records: Records, id: string): TaggedRecord | undefined {
  try {
    return records.get(id);
  } catch {
    return undefined;
  }
}

/** What became of the stories of these articles, or what went wrong. */
export type Stories = { outcomes: Map<string, StoryOutcome>; failed: Map<string, unknown> };

/** Writes the stories of these records. To be called when the log was `seen`. */
export async function writeStories(
  press: Press,
  ids: ReadonlySet<string>,
  records: Records,
  seen: Seen,
): Promise<Stories> {
  const stories: Stories = { outcomes: new Map(), failed: new Map(seen.failed) };
  const write = async (id: string) => {
    const record = readable(records, id);
    if (record === undefined || seen.failed.has(id)) return;
    try {
      stories.outcomes.set(id, await writeStory(press, record, { mark: seen.marks.get(id) }));
    } catch (error) {
      stories.failed.set(id, error);
    }
  };
  await pMap(ids, write, { concurrency: RECORDS_AT_ONCE });
  return stories;
}

/** The stories of these articles alone. Answers those that failed. */
export async function bringStories(
  press: Press,
  ids: ReadonlySet<string>,
  options: StoryOptions = {},
): Promise<Map<string, unknown>> {
  const failed = new Map<string, unknown>();
  const bring = async (id: string) => {
    try {
      const record = await findRecord(press, id);
      if (record !== undefined) await writeStory(press, record, options);
    } catch (error) {
      failed.set(id, error);
    }
  };
  await pMap(ids, bring, { concurrency: RECORDS_AT_ONCE });
  return failed;
}

/**
 * Tells the log of the stories among these articles whose windows and documents are written, behind what this process tells
 * it already: two of one process would only lose races against each other.
 */
export function tellLog(press: Press, ids: string[], { outcomes, failed }: Stories, seen: Seen): Telling {
  const left = new Map(
    ids.flatMap((id): [string, unknown][] => (failed.has(id) ? [[id, failed.get(id)]] : [])),
  );
  const told = new Map<string, ShownStory>();
  for (const id of ids) {
    const outcome = outcomes.get(id);
    if (outcome?.is === "shown" && !failed.has(id)) told.set(id, outcome);
  }
  const allLeft = (error: unknown) => new Map([...told.keys()].map((id) => [id, error] as const));
  const tell = async () => {
    if ("error" in seen.open) throw seen.open.error;
    return logChanges(press, told, { open: seen.open, marks: seen.marks });
  };
  const telling = told.size === 0 ? undefined : press.told.last.then(tell);
  if (telling !== undefined) press.told.last = telling.catch(() => {});
  return {
    told: Promise.resolve(telling)
      .then(
        () => left,
        (error: unknown) => new Map([...left, ...allLeft(error)]),
      )
      .then((wrongs) => named(press, wrongs)),
    marked: Promise.resolve(telling)
      .catch(() => undefined)
      .then((logged) => logged?.marked)
      .then(
        () => new Map(),
        (error: unknown) => named(press, allLeft(error)),
      ),
  };
}

function named({ log }: Press, wrongs: Wrongs): Wrongs {
  for (const [id, error] of wrongs) log("log.failed", { id, error: String(error) });
  return wrongs;
}

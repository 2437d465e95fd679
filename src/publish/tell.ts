import pMap from "p-map";
import type { Told } from "../core/change.ts";
import { orderOf } from "../core/order.ts";
import { compareText } from "../core/version.ts";
import type { StoredMark } from "../repository/logged.ts";
import { readMark } from "../repository/logged.ts";
import type { Records, TaggedRecord } from "../repository/records.ts";
import { readStory, type StoredStory } from "../repository/stories.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { type LogView, logChanges, openLog } from "./change-log.ts";
import type { Press } from "./press.ts";
import { type StoryOutcome, writeStory } from "./story.ts";

/*
 * Stories and the change log, as publishing writes them. What fails here holds up no document: the articles are left, and are
 * published again.
 */

/** What is written on condition, as it was before the records were read. An error stands for what could not be read. */
export type Seen = {
  open: LogView["open"] | { error: unknown };
  marks: Map<string, StoredMark>;
  stories: Map<string, StoredStory | undefined>;
  failed: Map<string, unknown>;
};

export async function readSeen(press: Press, ids: ReadonlySet<string>): Promise<Seen> {
  const seen: Seen = { open: { error: undefined }, marks: new Map(), stories: new Map(), failed: new Map() };
  const read = async (id: string) => {
    try {
      const [mark, story] = await Promise.all([readMark(press, id), readStory(press, id)]);
      seen.marks.set(id, mark);
      seen.stories.set(id, story);
    } catch (error) {
      seen.failed.set(id, error);
    }
  };
  const open = openLog(press).catch((error: unknown) => ({ error }));
  await pMap(ids, read, { concurrency: CONCURRENCY });
  seen.open = await open;
  return seen;
}

/** The kills among these articles that the log does not have. */
export function freshKills(seen: Seen, ids: ReadonlySet<string>, records: Records): Set<string> {
  const isFresh = (id: string) => {
    const record = readable(records, id);
    if (record?.article.status !== "withdrawn") return false;
    return compareText(seen.marks.get(id)?.mark?.order ?? "", orderOf(record)) < 0;
  };
  return new Set([...ids].filter(isFresh));
}

function readable(records: Records, id: string): TaggedRecord | undefined {
  try {
    return records.get(id);
  } catch {
    return undefined;
  }
}

/** What became of the stories of these articles, or what went wrong. */
export type Stories = { outcomes: Map<string, StoryOutcome>; failed: Map<string, unknown> };

/** Writes the stories of these records. */
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
      stories.outcomes.set(id, await writeStory(press, record, seen.stories.get(id)));
    } catch (error) {
      stories.failed.set(id, error);
    }
  };
  await pMap(ids, write, { concurrency: CONCURRENCY });
  return stories;
}

/**
 * Tells the log of the stories among these articles whose windows and documents are written. Answers the articles that are
 * left, with what went wrong.
 */
export async function tellLog(
  press: Press,
  ids: Iterable<string>,
  { outcomes, failed }: Stories,
  { open, marks }: Seen,
): Promise<Map<string, unknown>> {
  const left = new Map<string, unknown>();
  const told = new Map<string, Told>();
  for (const id of ids) {
    const outcome = outcomes.get(id);
    if (failed.has(id)) left.set(id, failed.get(id));
    else if (outcome?.is === "shown") told.set(id, outcome);
  }
  if (told.size > 0) {
    try {
      if ("error" in open) throw open.error;
      await logChanges(press, told, { open, marks });
    } catch (error) {
      for (const id of told.keys()) left.set(id, error);
    }
  }
  for (const [id, error] of left) press.log("log.failed", { id, error: String(error) });
  return left;
}

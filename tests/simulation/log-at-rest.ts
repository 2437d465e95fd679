import { type Change, stateAfter } from "../../src/core/change.ts";
import { foldLog, type Open, type SnapshotItem } from "../../src/core/change-log.ts";
import { orderOf } from "../../src/core/order.ts";
import type { StoredRecord, Withdrawal } from "../../src/core/record.ts";
import type { Site } from "../../src/core/site.ts";
import { SMOKE_ID } from "../../src/core/smoke.ts";
import { isKilled, type StoryStatus, storyState } from "../../src/core/story.ts";

export type Story = { title?: string; _flashwire: { story: { order: string; status: string } } };
export type Mark = { order: string; epoch: string };

/** What the log left. By epoch its snapshot and its changes, by id the rest. */
export type LogAtRest = {
  /** The site files of the run, the one that is deployed behind the others. */
  sites: Site[];
  open: Open | undefined;
  snapshots: ReadonlyMap<string, SnapshotItem[]>;
  ledgers: ReadonlyMap<string, Change[]>;
  records: ReadonlyMap<string, StoredRecord[]>;
  stories: ReadonlyMap<string, Story>;
  marks: ReadonlyMap<string, Mark>;
  digests: ReadonlyMap<string, string>;
};

/** Folding the log from its snapshot gives the live records, and who had a story learns of each kill. Throws at what is not so. */
export function checkLogAtRest(log: LogAtRest): void {
  const { open, records, stories, marks } = log;
  const site = log.sites.at(-1) as Site;
  if (open === undefined || open.snapshot === null) throw new Error("the log has no snapshot");
  const listed = log.snapshots.get(open.epoch) ?? [];
  const ledger = log.ledgers.get(open.epoch) ?? [];
  const folded = foldLog(listed, ledger);
  for (const [id, written] of records) {
    const record = written.at(-1) as StoredRecord;
    const story = stories.get(id)?._flashwire.story;
    const state = storyState(site, record, story !== undefined);
    if (state === undefined) {
      if (folded.has(id)) throw new Error(`${id} is private, and the public knows of it`);
      continue;
    }
    if (id === SMOKE_ID) throw new Error("the test of the wire is in the log");
    if (story?.order !== state.order || story.status !== state.status)
      throw new Error(
        `the story of ${id} is stale at rest: ${JSON.stringify(story)}, not ${JSON.stringify(state)}`,
      );
    if (JSON.stringify(folded.get(id)) !== JSON.stringify(state))
      throw new Error(
        `the log leaves ${JSON.stringify(folded.get(id))} of ${id}, not ${JSON.stringify(state)}`,
      );
    if (marks.get(id)?.order !== state.order) throw new Error(`the mark of ${id} is stale at rest`);
    for (const { order, digest } of [...listed, ...ledger].filter((one) => one.id === id))
      if (order === state.order && digest !== log.digests.get(id))
        throw new Error(`the epoch names ${id} at ${order} as it was before its story was written again`);
    checkKills(log, id, written, [...listed.map(asTold), ...ledger.map(asTold)]);
  }
}

type Told = { id: string; order: string; status: StoryStatus; after: Withdrawal | undefined };

function asTold(one: SnapshotItem | Change): Told {
  const { status } = "kind" in one ? stateAfter(one) : one;
  return { id: one.id, order: one.order, status, after: one.after };
}

/** Who had the story before a kill learns of the kill, whenever that was, and of a purge that it is one. */
function checkKills({ sites }: LogAtRest, id: string, records: StoredRecord[], all: Told[]): void {
  const told = all.filter((one) => one.id === id);
  for (const [i, kill] of records.entries()) {
    const isPublic = (one: StoredRecord) =>
      sites.every((site) => storyState(site, one)?.status === "published");
    if (kill.article.status !== "withdrawn" || !records.slice(0, i).some(isPublic)) continue;
    const order = orderOf(kill);
    const isTold = ({ status, after, ...one }: Told) =>
      (isKilled({ status }) && one.order >= order) || (after?.order ?? "") >= order;
    if (!told.some(isTold)) throw new Error(`nobody who follows the log sees the kill of ${id} at ${order}`);
    const isPurge = ({ status, after, ...one }: Told) =>
      (status === "purged" && one.order >= order) || (after?.purged && after.order >= order);
    if (kill.purged && !told.some(isPurge))
      throw new Error(`nobody who follows the log sees the purge of ${id} at ${order}`);
  }
}

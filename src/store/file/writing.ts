import { randomUUID } from "node:crypto";
import { futimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileEtag } from "../etag.ts";
import { MAX_GROUPED_WRITES } from "../limits.ts";
import { CONFLICT, type PutOptions } from "../port.ts";
import type { Directories } from "./directories.ts";
import type { DiskCalls } from "./disk-calls.ts";
import type { EtagMemory } from "./etag-memory.ts";
import { groups } from "./groups.ts";
import type { LateFiles } from "./late-files.ts";
import type { Lock } from "./lock.ts";
import { headOf } from "./reading.ts";

/** The object that a file is to hold. `isLate`: a `flush` of the late files syncs it. */
export type Write = {
  path: string;
  body: Uint8Array;
  condition: PutOptions["condition"];
  isLate: boolean;
};

/** Writes an object, and answers its ETag, or CONFLICT where the condition does not hold. */
export type Writer = (write: Write) => Promise<string | typeof CONFLICT>;

/** `temporary`: the folder of files that are not in their places yet. */
type Folder = {
  temporary: string;
  calls: DiskCalls;
  lock: Lock;
  etags: EtagMemory;
  directories: Directories;
  late: LateFiles;
};

/** A write under way. `made`: its temporary file. */
type Draft = Write & {
  made?: { path: string; file: number; etag: string };
  isPlaced: boolean;
  failure?: { error: unknown };
};

/**
 * Writes that come together are synced together: first all of their files side by side, then, when those are in their places, each
 * of their folders once. A write that fails fails no other one. Late writes wait for nobody.
 */
export function createWriter(at: Folder): Writer {
  const synced = groups<Draft>(MAX_GROUPED_WRITES, (drafts) => writeSynced(at, drafts));
  return async (write) => {
    // Spares the disk a write that has lost already.
    if (!holds(at, write)) return CONFLICT;
    await at.directories.ensure(dirname(write.path));
    const draft: Draft = { ...write, isPlaced: false };
    await (write.isLate ? writeLate(at, draft) : synced.add(draft));
    if (draft.failure !== undefined) throw draft.failure.error;
    return draft.isPlaced && draft.made !== undefined ? draft.made.etag : CONFLICT;
  };
}

async function writeLate(at: Folder, draft: Draft): Promise<void> {
  await step([draft], () => make(at, draft));
  await put(at, [draft]);
  if (draft.isPlaced) at.late.add(draft.path);
}

async function writeSynced(at: Folder, drafts: Draft[]): Promise<void> {
  await step(drafts, (draft) => make(at, draft));
  await step(drafts, ({ made }) => made && at.calls.fsync(made.file));
  await put(at, drafts);
  const placed = Map.groupBy(
    drafts.filter(({ isPlaced }) => isPlaced),
    ({ path }) => dirname(path),
  );
  const sync = async ([folder, inside]: [string, Draft[]]) => {
    const synced = at.directories.sync(folder);
    await step(inside, () => synced);
  };
  await Promise.all([...placed].map(sync));
}

/** Takes the step for each draft that has not failed. One that throws fails its own draft only. */
async function step(drafts: Draft[], take: (draft: Draft) => unknown): Promise<void> {
  const attempt = async (draft: Draft) => {
    try {
      await take(draft);
    } catch (error) {
      draft.failure = { error };
    }
  };
  await Promise.all(drafts.filter(({ failure }) => failure === undefined).map(attempt));
}

/** Makes the temporary file. */
function make(at: Folder, draft: Draft): void {
  const path = join(at.temporary, randomUUID());
  const file = at.calls.openSync(path, "wx");
  draft.made = { path, file, etag: fileEtag(draft.body) };
  at.calls.writeFileSync(file, draft.body);
}

/** Puts the files of these drafts in their places; those that lose or fail leave nothing behind. */
async function put(at: Folder, drafts: Draft[]): Promise<void> {
  await step(drafts, async (draft) => {
    draft.isPlaced = await at.lock.run(() => place(at, draft));
  });
  for (const { made, path, isPlaced } of drafts) {
    if (made === undefined) continue;
    if (isPlaced) at.etags.remember(path, made.file, made.etag);
    else discard(at.calls, made);
  }
}

function place(at: Folder, draft: Draft): boolean {
  const { made, path } = draft;
  if (made === undefined || !holds(at, draft)) return false;
  // Readers found the old object until now. Half a millisecond more: as a fraction of seconds it may be rounded down.
  const now = (Date.now() + 0.5) / 1_000;
  futimesSync(made.file, now, now);
  at.calls.renameSync(made.path, path);
  return true;
}

function discard(calls: DiskCalls, { file, path }: { file: number; path: string }): void {
  calls.closeSync(file);
  calls.rmSync(path, { force: true });
}

/** Whether the condition of the write, or removal, holds at this moment. */
export function holds(
  at: Pick<Folder, "etags">,
  { path, condition }: Pick<Write, "path" | "condition">,
): boolean {
  if (condition === undefined) return true;
  if ("ifMatch" in condition) return headOf(at.etags, path)?.etag === condition.ifMatch;
  return headOf(at.etags, path) === undefined;
}

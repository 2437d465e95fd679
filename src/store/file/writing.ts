import { randomUUID } from "node:crypto";
import { futimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { fileEtag } from "../etag.ts";
import { HELD_WRITES_AT_ONCE, MAX_GROUPED_WRITES } from "../limits.ts";
import { CONFLICT, type ObjectHead, type PutOptions } from "../port.ts";
import type { Directories } from "./directories.ts";
import type { DiskCalls } from "./disk-calls.ts";
import { groups } from "./groups.ts";
import type { HeldFile } from "./held-files.ts";
import { type Holder, heldAt, hold } from "./holding.ts";
import type { LateFiles } from "./late-files.ts";
import type { Lock } from "./lock.ts";
import { headOf } from "./reading.ts";

/** The object that a file is to hold. `isLate`: a `flush` of the late files syncs it. `after`: as in PutOptions; the file is made and synced meanwhile. */
export type Write = {
  path: string;
  body: Uint8Array;
  condition: PutOptions["condition"];
  after?: PutOptions["after"];
  isLate: boolean;
};

export type Writer = {
  /** Writes an object, and answers its ETag, or CONFLICT where the condition does not hold. */
  write(write: Write): Promise<string | typeof CONFLICT>;
  /**
   * Resolves when the files of a folder have what was held under these paths before the call, or something newer, on the disk.
   * Rejects with a failure; what is not written then is still held.
   */
  settle(folder: string, paths: string[]): Promise<void>;
};

/** `temporary`: the folder of files that are not in their places yet. */
type Folder = Holder & {
  temporary: string;
  calls: DiskCalls;
  lock: Lock;
  directories: Directories;
  late: LateFiles;
};

/** A write under way. `held`: the object that the file is to catch up with. `made`: its temporary file. */
type Draft = Write & {
  held?: HeldFile;
  made?: { path: string; file: number; etag: string };
  isPlaced: boolean;
  failure?: { error: unknown };
};

/**
 * Writes that come together are synced together: first all of their files side by side, then, when those are in their places, each
 * of their folders once. A write that fails fails no other one. Late writes wait for nobody: where they may be, they are held in
 * memory until `settle`, if they replace an object.
 */
export function createWriter(at: Folder): Writer {
  const synced = groups<Draft>(MAX_GROUPED_WRITES, (drafts) => writeSynced(at, drafts));
  return {
    async write(write) {
      if (write.isLate && write.after !== undefined) await write.after;
      // Spares the disk a write that has lost already.
      if (!holds(at, write)) return CONFLICT;
      const held = hold(at, write);
      // A turn of the event loop: syncs that others wait for go on while their caller renders the next documents.
      if (held !== undefined) return turn().then(() => held);
      await at.directories.ensure(dirname(write.path));
      const draft: Draft = { ...write, isPlaced: false };
      await (write.isLate ? writeLate(at, draft) : synced.add(draft));
      if (draft.failure !== undefined) throw draft.failure.error;
      return draft.isPlaced && draft.made !== undefined ? draft.made.etag : CONFLICT;
    },
    async settle(folder, paths) {
      await at.directories.ensure(folder);
      const failures: unknown[] = [];
      for (let from = 0; from < paths.length; from += HELD_WRITES_AT_ONCE)
        failures.push(...(await settleSome(at, paths.slice(from, from + HELD_WRITES_AT_ONCE))));
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** Answers the failures. */
async function settleSome(at: Folder, paths: string[]): Promise<unknown[]> {
  const drafts = paths.flatMap((path): Draft[] => {
    const held = at.held.find(path);
    return held
      ? [{ path, body: held.body, held, condition: undefined, isLate: false, isPlaced: false }]
      : [];
  });
  await writeSynced(at, drafts);
  return drafts.flatMap(({ failure }) => (failure ? [failure.error] : []));
}

async function writeLate(at: Folder, draft: Draft): Promise<void> {
  await step([draft], () => make(at, draft));
  await put(at, [draft]);
  if (draft.isPlaced) at.late.add(draft.path);
}

async function writeSynced(at: Folder, drafts: Draft[]): Promise<void> {
  await step(drafts, (draft) => make(at, draft));
  await step(drafts, ({ made }) => made && at.calls.fsync(made.file));
  await step(drafts, ({ after }) => after);
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
  draft.made = { path, file, etag: draft.held?.etag ?? fileEtag(draft.body) };
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
  const { made, path, held } = draft;
  if (made === undefined || !mayTakeItsPlace(at, draft)) return false;
  // Readers found the old object until now. Half a millisecond more: as a fraction of seconds it may be rounded down.
  const modified = ((held?.modified.getTime() ?? Date.now()) + 0.5) / 1_000;
  futimesSync(made.file, modified, modified);
  at.calls.renameSync(made.path, path);
  const newest = at.held.find(path);
  if (held !== undefined && newest !== undefined && newest !== held) newest.over = held.etag;
  else at.held.drop(path);
  return true;
}

/** As long as something is held, the file is older than all that was, unless another process has written it since. */
function mayTakeItsPlace(at: Folder, draft: Draft): boolean {
  if (draft.held === undefined) return holds(at, draft);
  const newest = at.held.find(draft.path);
  if (newest === undefined) return false;
  if (headOf(at.etags, draft.path)?.etag === newest.over) return true;
  at.held.drop(draft.path);
  return false;
}

function discard(calls: DiskCalls, { file, path }: { file: number; path: string }): void {
  calls.closeSync(file);
  calls.rmSync(path, { force: true });
}

/** Whether the condition of the write, or removal, holds at this moment. */
export function holds(at: Holder, { path, condition }: Pick<Write, "path" | "condition">): boolean {
  if (condition === undefined) return true;
  const head = headAt(at, path);
  return "ifMatch" in condition ? head?.etag === condition.ifMatch : head === undefined;
}

const headAt = (at: Holder, path: string): ObjectHead | undefined =>
  heldAt(at, path) ?? headOf(at.etags, path);

import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { type FileHandle, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { MAX_JOURNAL_BYTES } from "../core/limits.ts";
import { holdLock } from "../store/lock.ts";

/** One accepted article that is not published yet. */
export type JournalEntry = { id: string };

/**
 * What S3 does with its notifications: an article that was written is heard of, even if the process dies right after
 * the write. Each process appends to a file of its own before it writes a record; while it lives it holds the lock
 * beside the file. A file whose lock is free belongs to a dead process: whoever finds it does its work.
 */
export type Journal = {
  /** Resolves when the id is on disk. Calls at the same time share one sync. */
  append(id: string): Promise<JournalEntry>;
  /** These are published. */
  settle(entries: Iterable<JournalEntry>): Promise<void>;
  /** The ids that dead processes left; `done` forgets them. */
  adopt(): Promise<{ ids: string[]; done: () => void }>;
  close(): Promise<void>;
};

export async function openJournal(folder: string): Promise<Journal> {
  mkdirSync(folder, { recursive: true });
  const name = randomUUID();
  const lock = holdLock(join(folder, `${name}.lock`));
  if (lock === undefined) throw new Error(`${folder}: a new lock is taken`);
  let file = await open(join(folder, `${name}.log`), "a");
  const outstanding = new Set<JournalEntry>();
  let size = 0;
  let unsynced: { lines: string; done: Promise<void> } | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** One write and one sync for all lines that came while the one before was under way. */
  function write(line: string): Promise<void> {
    if (unsynced) {
      unsynced.lines += line;
      return unsynced.done;
    }
    const group = { lines: line, done: Promise.resolve() };
    unsynced = group;
    group.done = last.then(async () => {
      unsynced = undefined;
      size += await sync(file, group.lines);
    });
    last = group.done.catch(() => {});
    return group.done;
  }

  /** Runs between two writes: what was appended by now is in the file or in `outstanding`. */
  async function compact(): Promise<void> {
    if (outstanding.size === 0) await file.truncate(0);
    else if (size >= MAX_JOURNAL_BYTES) {
      const fresh = await open(join(folder, `${name}.new`), "w");
      await sync(fresh, [...outstanding].map(({ id }) => `${id}\n`).join(""));
      await rename(join(folder, `${name}.new`), join(folder, `${name}.log`));
      await file.close();
      file = fresh;
    } else return;
    size = 0;
  }

  return {
    async append(id) {
      const entry = { id };
      outstanding.add(entry);
      await write(`${id}\n`);
      return entry;
    },

    async settle(entries) {
      for (const entry of entries) outstanding.delete(entry);
      if (size === 0 || (outstanding.size > 0 && size < MAX_JOURNAL_BYTES)) return;
      last = last.then(compact).catch(() => {});
      await last;
    },

    adopt: () => adopt(folder, name),

    async close() {
      await last;
      await file.close();
      lock.release();
      if (outstanding.size === 0) remove(folder, name);
    },
  };
}

async function sync(file: FileHandle, lines: string): Promise<number> {
  const { bytesWritten } = await file.write(lines);
  await file.datasync();
  return bytesWritten;
}

async function adopt(folder: string, own: string): Promise<{ ids: string[]; done: () => void }> {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".log"))
    .map((file) => file.slice(0, -".log".length));
  const ids = new Set<string>();
  const releases: (() => void)[] = [];
  for (const name of names) {
    const lock = name === own ? undefined : holdLock(join(folder, `${name}.lock`));
    if (lock === undefined) continue;
    const text = await readFile(join(folder, `${name}.log`), "utf8").catch(() => "");
    // The last line may be torn: its record was never written, so nobody was told that it was accepted.
    for (const id of text.split("\n").slice(0, -1)) ids.add(id);
    releases.push(() => {
      remove(folder, name);
      lock.release();
    });
  }
  return { ids: [...ids], done: () => releases.forEach((release) => void release()) };
}

function remove(folder: string, name: string): void {
  for (const ending of [".log", ".new", ".lock"]) rmSync(join(folder, name + ending), { force: true });
}

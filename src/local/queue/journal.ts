import { randomUUID } from "node:crypto";
import { makeRoot } from "../../store/file/directories.ts";
import { holdLock } from "../../store/file/lock.ts";
import type { Log } from "../../store/stores.ts";
import { MAX_JOURNAL_BYTES } from "../limits.ts";
import { findDeadJournals, lockPath, logPath, removeJournal } from "./dead-journals.ts";
import { openLogFile } from "./log-file.ts";

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
  /** Takes over what dead processes left. Theirs is forgotten when all of it is in this journal, and not before. */
  adopt(): Promise<JournalEntry[]>;
  close(): Promise<void>;
};

export async function openJournal(folder: string, log: Log): Promise<Journal> {
  makeRoot(folder);
  const name = randomUUID();
  const lock = holdLock(lockPath(folder, name));
  if (lock === undefined) throw new Error(`${folder}: a new lock is taken`);
  const file = await openLogFile(logPath(folder, name));
  const outstanding = new Set<JournalEntry>();
  let unsynced: { lines: string; done: Promise<void> } | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function append(ids: string[]): Promise<JournalEntry[]> {
    const entries = ids.map((id) => ({ id }));
    for (const entry of entries) outstanding.add(entry);
    try {
      await write(linesOf(entries));
    } catch (error) {
      forget(entries);
      throw error;
    }
    return entries;
  }

  /** One write and one sync for all lines that came while the one before was under way. */
  function write(lines: string): Promise<void> {
    if (unsynced) {
      unsynced.lines += lines;
      return unsynced.done;
    }
    const group = { lines, done: Promise.resolve() };
    unsynced = group;
    group.done = last.then(() => {
      unsynced = undefined;
      return file.append(group.lines);
    });
    last = group.done.catch(() => {});
    return group.done;
  }

  function forget(entries: Iterable<JournalEntry>): void {
    for (const entry of entries) outstanding.delete(entry);
  }

  const canShrink = () => file.size() > 0 && (outstanding.size === 0 || file.size() >= MAX_JOURNAL_BYTES);

  /** Runs between two writes: what was appended by now is in the file or in `outstanding`. */
  async function compact(): Promise<void> {
    if (canShrink()) await file.replace(linesOf(outstanding));
  }

  return {
    append: async (id) => (await append([id]))[0] as JournalEntry,

    async settle(entries) {
      forget(entries);
      if (!canShrink()) return;
      // What is settled and in the file all the same is published once more, by whoever finds it.
      last = last.then(compact).catch((error) => log("journal.failed", { error: String(error) }));
      await last;
    },

    async adopt() {
      const dead = findDeadJournals(folder, name, log);
      const ids = new Set(dead.flatMap((journal) => journal.ids));
      try {
        const entries = ids.size === 0 ? [] : await append([...ids]);
        for (const journal of dead) journal.remove();
        return entries;
      } finally {
        for (const journal of dead) journal.release();
      }
    },

    async close() {
      await last;
      await file.close();
      lock.release();
      if (outstanding.size === 0) removeJournal(folder, name);
    },
  };
}

function linesOf(entries: Iterable<JournalEntry>): string {
  return [...entries].map(({ id }) => `${id}\n`).join("");
}

import { randomUUID } from "node:crypto";
import { makeRoot } from "../../store/file/directories.ts";
import { type DiskCalls, nodeCalls } from "../../store/file/disk-calls.ts";
import { holdLock } from "../../store/file/lock.ts";
import type { Log } from "../../store/stores.ts";
import { MAX_JOURNAL_BYTES } from "../limits.ts";
import {
  findDeadJournals,
  isJournalKey,
  type JournalFolder,
  lockPath,
  logPath,
  removeJournal,
} from "./dead-journals.ts";
import { openLogFile } from "./log-file.ts";

/** One accepted write of the object with this key whose consequences (an article's are its documents) are to come. */
export type JournalEntry = { key: string };

/**
 * What S3 does with its notifications: an object that was written is heard of, even if the process dies right after
 * the write. Each process appends to a file of its own before it writes an object; while it lives it holds the lock
 * beside the file. A file whose lock is free belongs to a dead process: the process that finds it does its work.
 */
export type Journal = {
  /**
   * Resolves when the key is on disk. Calls at the same time share one sync. Throws a RangeError for a key that no line
   * can hold: one without a folder, or with a control character.
   */
  append(key: string): Promise<JournalEntry>;
  /** Nothing is left to do for these. */
  settle(entries: Iterable<JournalEntry>): Promise<void>;
  /**
   * Takes over what dead processes left, but for keys that `isWork` denies. Their journals are removed when all entries are in
   * this journal.
   */
  adopt(isWork?: (key: string) => Promise<boolean>): Promise<JournalEntry[]>;
  /** Throws as long as no key can be appended, as far as a look tells. */
  check(): void;
  close(): Promise<void>;
};

export async function openJournal(path: string, log: Log, disk: DiskCalls = nodeCalls): Promise<Journal> {
  const folder = { path, disk, log };
  makeRoot(path, disk);
  const name = randomUUID();
  const lock = lockOf(folder, name);
  if (lock === undefined) throw new Error(`${path}: a new lock is taken`);
  const file = await openLogFile(logPath(path, name), disk).catch((error: unknown) => {
    lock.release();
    removeJournal(folder, name);
    throw error;
  });
  const outstanding = new Set<JournalEntry>();
  let unsynced: { lines: string; done: Promise<void> } | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function append(keys: string[]): Promise<JournalEntry[]> {
    const entries = keys.map((key) => ({ key }));
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
    async append(key) {
      if (!isJournalKey(key))
        throw new RangeError(`The journal cannot hold this key: ${JSON.stringify(key)}`);
      return (await append([key]))[0] as JournalEntry;
    },

    async settle(entries) {
      forget(entries);
      if (!canShrink()) return;
      // An entry that is settled and still in the file is published once more by the process that finds it.
      last = last.then(compact).catch((error) => log("journal.failed", { error: String(error) }));
      await last;
    },

    async adopt(isWork = async () => true) {
      const dead = findDeadJournals(folder, name);
      try {
        const keys: string[] = [];
        for (const key of new Set(dead.flatMap((journal) => journal.keys)))
          if (await isWork(key)) keys.push(key);
        const entries = keys.length === 0 ? [] : await append(keys);
        for (const journal of dead) journal.remove();
        return entries;
      } finally {
        for (const journal of dead) journal.release();
      }
    },

    check: () => file.check(),

    async close() {
      await last;
      await file.close();
      lock.release();
      if (outstanding.size === 0) removeJournal(folder, name);
    },
  };
}

/** A disk that is full may leave the file of the lock empty. */
function lockOf(folder: JournalFolder, name: string): { release(): void } | undefined {
  try {
    return holdLock(lockPath(folder.path, name));
  } catch (error) {
    removeJournal(folder, name);
    throw error;
  }
}

function linesOf(entries: Iterable<JournalEntry>): string {
  return [...entries].map(({ key }) => `${key}\n`).join("");
}

import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { LOCK_RETRY_MS, LOCK_WAIT_MS } from "../limits.ts";

/** Mutual exclusion between all processes of one machine that use the same file. */
export type Lock = {
  /** Runs the section, which must be short and cannot wait, while nobody else is in theirs. */
  run<T>(section: () => T): Promise<T>;
  /** Throws when nobody could take the lock, now or later: its file is damaged. */
  check(): void;
  close(): void;
};

/** What SQLite answers when another connection holds the lock. */
const SQLITE_BUSY = 5;

/**
 * A lock that the operating system releases when its holder dies, however it dies, so there are no stale ones to
 * recognise. Node has no file locks of its own; SQLite's serve, of a database that holds nothing.
 * `run` throws when another process keeps the lock for LOCK_WAIT_MS.
 */
export function openLock(file: string): Lock {
  const database = openDatabase(file);
  const begin = database.prepare("BEGIN IMMEDIATE");
  const rollback = database.prepare("ROLLBACK");
  return {
    async run(section) {
      for (let waited = 0; !taken(() => begin.run()); waited += LOCK_RETRY_MS) {
        if (waited > LOCK_WAIT_MS) throw new Error(`Another process keeps ${file} locked.`);
        await sleep(LOCK_RETRY_MS);
      }
      try {
        return section();
      } finally {
        rollback.run();
      }
    },
    check() {
      if (taken(() => begin.run())) rollback.run();
    },
    close: () => database.close(),
  };
}

/** Takes the lock for as long as this process lives or until it is released; undefined when somebody has it. */
export function holdLock(file: string): { release(): void } | undefined {
  const database = openDatabase(file);
  if (taken(() => database.exec("BEGIN IMMEDIATE"))) return { release: () => database.close() };
  database.close();
  return undefined;
}

/** A part in a lock that many hold together, for as long as this process lives or until it is released. */
export function holdShared(file: string): { release(): void } {
  const database = openDatabase(file);
  // Reading is what takes it, and the transaction keeps it.
  database.exec("BEGIN; SELECT count(*) FROM sqlite_schema");
  return { release: () => database.close() };
}

/** Whether anybody holds such a lock. One caller at a time: two would see each other. */
export function isHeld(file: string): boolean {
  const database = openDatabase(file);
  const free = taken(() => database.exec("BEGIN EXCLUSIVE"));
  database.close();
  return !free;
}

/** A first page, written once: to lock a database without one takes a journal each time, and five times as long. */
function openDatabase(file: string): DatabaseSync {
  try {
    return open(file);
  } catch (error) {
    // SQLite says what it cannot do, but not with which file.
    if (error instanceof Error) error.message += ` (${file})`;
    throw error;
  }
}

function open(file: string): DatabaseSync {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) {
    const first = new DatabaseSync(file, { timeout: LOCK_WAIT_MS });
    first.exec("PRAGMA user_version = 1");
    first.close();
  }
  return new DatabaseSync(file, { timeout: 0 });
}

function taken(begin: () => void): boolean {
  try {
    begin();
    return true;
  } catch (error) {
    if (error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY) return false;
    throw error;
  }
}

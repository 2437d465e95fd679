import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { LOCK_RETRY_MS, LOCK_WAIT_MS, MAX_LOCK_SECTIONS } from "../limits.ts";

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
 * A lock that the operating system releases when its holder dies in any way, so there are no stale locks to
 * recognise. Node has no file locks of its own; SQLite's serve, of a database that holds nothing.
 * Sections that wait at the same time run one after the other under one taking of the lock.
 * `run` rejects when another process keeps the lock for LOCK_WAIT_MS, and with what its section throws.
 */
export function openLock(file: string): Lock {
  const database = openDatabase(file);
  const begin = database.prepare("BEGIN IMMEDIATE");
  const rollback = database.prepare("ROLLBACK");
  const waiting: Waiting[] = [];
  let isServing = false;

  async function take(): Promise<void> {
    for (let waited = 0; !taken(() => begin.run()); waited += LOCK_RETRY_MS) {
      if (waited > LOCK_WAIT_MS) throw new Error(`Another process keeps ${file} locked.`);
      await sleep(LOCK_RETRY_MS);
    }
  }

  /** Serves all that wait, until nobody does. */
  async function serve(): Promise<void> {
    if (isServing) return;
    isServing = true;
    // A turn of the event loop first: what one round writes belongs together.
    await turn();
    while (waiting.length > 0) await serveSome(waiting.splice(0, MAX_LOCK_SECTIONS));
    isServing = false;
  }

  async function serveSome(some: Waiting[]): Promise<void> {
    try {
      await take();
      const answers = some.map(({ section, resolve, reject }) => {
        try {
          const answer = section();
          return () => resolve(answer);
        } catch (error) {
          return () => reject(error);
        }
      });
      rollback.run();
      for (const answer of answers) answer();
    } catch (error) {
      for (const { reject } of some) reject(error);
    }
  }

  return {
    run: <T>(section: () => T) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ section, resolve: (answer) => resolve(answer as T), reject });
        void serve();
      }),
    check() {
      if (taken(() => begin.run())) rollback.run();
    },
    close: () => database.close(),
  };
}

/** A section that waits for the lock. */
type Waiting = { section(): unknown; resolve(answer: unknown): void; reject(error: unknown): void };

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

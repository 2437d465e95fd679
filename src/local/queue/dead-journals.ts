import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ARTICLE_ID } from "../../core/article.ts";
import { articleKey } from "../../repository/records.ts";
import type { DiskCalls } from "../../store/file/disk-calls.ts";
import { holdLock } from "../../store/file/lock.ts";
import type { Log } from "../../store/stores.ts";
import { besideOf } from "./log-file.ts";

/** The journal of a process that died. Until it is released nobody else finds it. */
export type DeadJournal = {
  keys: string[];
  /** Forgets what is in it. */
  remove(): void;
  release(): void;
};

/** Where journals stand, and what goes with them. */
export type JournalFolder = { path: string; disk: DiskCalls; log: Log };

const LOG = ".log";
export const logPath = (folder: string, name: string) => join(folder, `${name}${LOG}`);
export const lockPath = (folder: string, name: string) => join(folder, `${name}.lock`);

/** The journals of all dead processes. One that cannot be read is left for another time. */
export function findDeadJournals(folder: JournalFolder, own: string): DeadJournal[] {
  return readdirSync(folder.path).flatMap((file) => {
    const name = file.slice(0, -LOG.length);
    if (!file.endsWith(LOG) || name === own) return [];
    try {
      return open(folder, name) ?? [];
    } catch (error) {
      folder.log("journal.unreadable", { journal: name, error: String(error) });
      return [];
    }
  });
}

function open(folder: JournalFolder, name: string): DeadJournal | undefined {
  const lock = holdLock(lockPath(folder.path, name));
  if (lock === undefined) return undefined;
  try {
    const keys = keysIn(readFileSync(logPath(folder.path, name), "utf8"), name, folder.log);
    return { keys, remove: () => removeJournal(folder, name), release: lock.release };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * The last line may be torn: its record was never written, so nobody was told that it was accepted. An empty one ends a
 * line that was. Nothing that is no key may come into another journal: it could never be published.
 */
function keysIn(text: string, name: string, log: Log): string[] {
  const lines = text.split("\n").slice(0, -1);
  const keys = lines.map(keyOf);
  const others = lines.filter((line, i) => line !== "" && keys[i] === undefined);
  const last = others.at(-1)?.slice(-200);
  if (last !== undefined) log("journal.unreadable", { journal: name, lines: others.length, last });
  return keys.filter((key) => key !== undefined);
}

/** Before it took keys, a journal held the ids of articles. */
function keyOf(line: string): string | undefined {
  if (isJournalKey(line)) return line;
  // Such a journal is older than ids of any characters.
  return ARTICLE_ID.test(line) ? articleKey(line) : undefined;
}

/**
 * Whether a line may hold this key: it begins with the name of its folder, as all keys of the newsroom bucket do, and
 * has no control character. What a torn write leaves has (NUL), or broken UTF-8 (U+FFFD), or no folder.
 */
export const isJournalKey = (key: string) => key.isWellFormed() && /^[a-z-]+\/[^\p{Cc}\uFFFD]+$/u.test(key);

export function removeJournal({ path, disk }: JournalFolder, name: string): void {
  const log = logPath(path, name);
  for (const file of [log, besideOf(log), lockPath(path, name)]) disk.rmSync(file, { force: true });
}

/**
 * How many keys stand in the journals of a folder: no more than that are to be published, for a settled key stays until
 * its journal is written again.
 */
export function countJournaled(path: string): number {
  if (!existsSync(path)) return 0;
  const files = readdirSync(path).filter((file) => file.endsWith(LOG));
  const keys = files.flatMap((file) => {
    try {
      return keysIn(readFileSync(join(path, file), "utf8"), file, () => {});
    } catch {
      // The wire names a journal that cannot be read in its log.
      return [];
    }
  });
  return new Set(keys).size;
}

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ARTICLE_ID } from "../../core/article.ts";
import { holdLock } from "../../store/file/lock.ts";
import type { Log } from "../../store/stores.ts";
import { besideOf } from "./log-file.ts";

/** The journal of a process that died. Until it is released nobody else finds it. */
export type DeadJournal = {
  ids: string[];
  /** Forgets what is in it. */
  remove(): void;
  release(): void;
};

const LOG = ".log";
export const logPath = (folder: string, name: string) => join(folder, `${name}${LOG}`);
export const lockPath = (folder: string, name: string) => join(folder, `${name}.lock`);

/** All of them, but those of processes that live. One that cannot be read is left for another time. */
export function findDeadJournals(folder: string, own: string, log: Log): DeadJournal[] {
  return readdirSync(folder).flatMap((file) => {
    const name = file.slice(0, -LOG.length);
    if (!file.endsWith(LOG) || name === own) return [];
    try {
      return open(folder, name, log) ?? [];
    } catch (error) {
      log("journal.unreadable", { journal: name, error: String(error) });
      return [];
    }
  });
}

function open(folder: string, name: string, log: Log): DeadJournal | undefined {
  const lock = holdLock(lockPath(folder, name));
  if (lock === undefined) return undefined;
  try {
    const ids = idsIn(readFileSync(logPath(folder, name), "utf8"), name, log);
    return { ids, remove: () => removeJournal(folder, name), release: lock.release };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * The last line may be torn: its record was never written, so nobody was told that it was accepted. An empty one ends a
 * line that was. Nothing that is no id may come into another journal: it could never be published.
 */
function idsIn(text: string, name: string, log: Log): string[] {
  const lines = text.split("\n").slice(0, -1);
  const others = lines.filter((line) => line !== "" && !ARTICLE_ID.test(line));
  const last = others.at(-1)?.slice(-200);
  if (last !== undefined) log("journal.unreadable", { journal: name, lines: others.length, last });
  return lines.filter((line) => ARTICLE_ID.test(line));
}

export function removeJournal(folder: string, name: string): void {
  const path = logPath(folder, name);
  for (const file of [path, besideOf(path), lockPath(folder, name)]) rmSync(file, { force: true });
}

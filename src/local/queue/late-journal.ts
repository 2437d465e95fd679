import { storageError } from "../../store/file/disk.ts";
import type { Log } from "../../store/stores.ts";
import type { Journal } from "./journal.ts";

/**
 * A journal that opens as soon as the disk has room for it. Until then nothing is accepted: `append` and `check` throw why.
 * Each call tries again, and what looks for the work of dead processes calls every few seconds. Rejects with an error of
 * any other kind than a full disk.
 */
export async function lateJournal(open: () => Promise<Journal>, log: Log): Promise<Journal> {
  let journal: Journal | undefined;
  let opening: Promise<Journal> | undefined;
  let reason: unknown;

  async function openOnce(): Promise<Journal> {
    try {
      journal = await open();
    } catch (error) {
      if (reason === undefined && isFull(error)) log("journal.waits", { error: String(error) });
      reason = error;
      throw error;
    } finally {
      opening = undefined;
    }
    if (reason !== undefined) log("journal.opened");
    return journal;
  }

  async function opened(): Promise<Journal> {
    if (journal !== undefined) return journal;
    opening ??= openOnce();
    return opening;
  }

  await opened().catch(throwUnlessFull);
  return {
    append: async (key) => (await opened()).append(key),
    settle: async (entries) => journal?.settle(entries),
    adopt: async (isWork) => (await opened().catch(() => undefined))?.adopt(isWork) ?? [],
    check() {
      try {
        if (journal === undefined) throw reason;
        journal.check();
      } catch (error) {
        throw storageError(error, "The journal cannot be written");
      }
    },
    async close() {
      await opening?.catch(() => {});
      await journal?.close();
    },
  };
}

/** The codes of a disk without room: of the operating system, and SQLITE_FULL (https://www.sqlite.org/rescode.html#full). */
const FULL: unknown[] = ["ENOSPC", "EDQUOT"];
const SQLITE_FULL = 13;

/** For what is tried again when there is room. */
export function throwUnlessFull(error: unknown): void {
  if (!isFull(error)) throw error;
}

function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return FULL.includes(code) || errcode === SQLITE_FULL || isFull(error.cause);
}

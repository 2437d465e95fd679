import type { Log } from "../store/stores.ts";
import type { Late } from "./late.ts";
import { FLUSH_EVERY_MS } from "./limits.ts";
import type { Journal, JournalEntry } from "./queue/journal.ts";
import { every } from "./repeat.ts";

/** Brings to the disk what was written late, and only then settles the journal. */
export type Syncing = {
  /** For the loop: what is settled here is settled in the journal when its documents are on the disk. */
  settle: Journal["settle"];
  /** Resolves when all that was written before the call is on the disk: see `Late`. */
  flush(): Promise<void>;
  /** A last flush. Answers whether no flush has failed: a disk that once refused a sync may have lost what it took. */
  close(): Promise<boolean>;
};

/** `late` is flushed each FLUSH_EVERY_MS. */
export function startSyncing(late: Pick<Late, "flush">, journal: Pick<Journal, "settle">, log: Log): Syncing {
  let published: JournalEntry[] = [];
  let hasFailed = false;

  async function flush(): Promise<void> {
    const entries = published;
    published = [];
    try {
      await late.flush();
    } catch (error) {
      hasFailed = true;
      published.push(...entries);
      throw error;
    }
    if (entries.length > 0) await journal.settle(entries);
  }

  const note = (error: unknown) => log("sync.failed", { error: String(error) });
  const flushes = every(FLUSH_EVERY_MS, flush, note);
  return {
    async settle(entries) {
      for (const entry of entries) published.push(entry);
    },
    flush,
    async close() {
      await flushes.stop();
      await flush().catch(note);
      return !hasFailed;
    },
  };
}

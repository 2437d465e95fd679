import { decorate } from "../../store/decorate.ts";
import { storageError } from "../../store/file/disk.ts";
import { CONFLICT, type Store } from "../../store/port.ts";
import type { Journal, JournalEntry } from "./journal.ts";

export type Events = {
  journal: Pick<Journal, "append">;
  /** What has to be done before a write. It may write into the store. */
  begin?(): Promise<void>;
  /** Which keys are heard of. */
  hears(key: string): boolean;
  onWrite(entry: JournalEntry): void;
};

/**
 * The store with S3's event notifications: every write of a key that somebody wants to hear of is heard of at least
 * once. An object takes its place when the journal is written, so that no write can go unheard; a write that then loses its race makes an
 * event without a change. So does a write that fails, because it may have been done before it failed. Throws `storage` when the journal cannot
 * be written; nothing else is written then.
 */
export function withEvents(store: Store, { journal, begin, hears, onWrite }: Events): Store {
  return decorate(store, () => ({
    async put(key, body, options) {
      if (!hears(key)) return store.put(key, body, options);
      // A put that waits for another one may hold that one up: see `PutOptions`.
      await begin?.();
      const after = journal.append(key).catch((error) => {
        throw storageError(error, "The journal cannot be written");
      });
      try {
        return await store.put(key, body, { ...options, after });
      } finally {
        onWrite(await after);
      }
    },
  }));
}

/** The store with events of what was written, after it was: for what may be lost with the process. */
export function withWrites(store: Store, onWritten: (key: string) => void): Store {
  return decorate(store, () => ({
    async put(key, body, options) {
      const etag = await store.put(key, body, options);
      if (etag !== CONFLICT) onWritten(key);
      return etag;
    },
  }));
}

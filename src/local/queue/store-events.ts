import { ARTICLES, articleIdOf } from "../../repository/records.ts";
import { decorate } from "../../store/decorate.ts";
import { storageError } from "../../store/file/disk.ts";
import type { Store } from "../../store/port.ts";
import type { Journal, JournalEntry } from "./journal.ts";

/**
 * The store with S3's event notifications: every write of an article is heard of at least once. The journal is
 * written first, so that no write can go unheard; a write that then loses its race is heard of for nothing.
 */
export function withEvents(store: Store, journal: Journal, onWrite: (entry: JournalEntry) => void): Store {
  return decorate(store, () => ({
    async put(key, body, options) {
      const id = key.startsWith(ARTICLES) ? articleIdOf(key) : undefined;
      if (id === undefined) return store.put(key, body, options);
      const entry = await journal.append(id).catch((error) => {
        throw storageError(error, "The journal cannot be written");
      });
      try {
        return await store.put(key, body, options);
      } finally {
        onWrite(entry);
      }
    },
  }));
}

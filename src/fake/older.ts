import { LRUCache } from "lru-cache";
import { FEEDS, OPEN_KEY, STORIES } from "../core/keys.ts";
import { decorate } from "../store/decorate.ts";
import { CONFLICT, type Store, type StoredObject } from "../store/port.ts";
import { MAX_OLDER_BYTES, OLDER_COPIES } from "./limits.ts";

/** What caches may still have of the documents that change. */
export type OlderCopies = {
  /** The store, whose replaced documents are remembered. */
  store: Store;
  /** The store as a cache gives it that missed the last `age` writes of each document (1 and more). */
  asOf(age: number): Store;
  has(key: string): boolean;
};

export function withOlderCopies(store: Store): OlderCopies {
  const copies = new LRUCache<string, StoredObject[]>({
    maxSize: MAX_OLDER_BYTES,
    sizeCalculation: (found) => 1 + found.reduce((sum, { size }) => sum + size, 0),
  });
  const older = (key: string, age: number) => copies.get(key)?.at(-age) ?? copies.get(key)?.at(0);
  return {
    store: decorate(store, () => ({
      async put(key, body, options) {
        const before = isChanging(key) ? await store.get(key) : undefined;
        const etag = await store.put(key, body, options);
        if (before !== undefined && etag !== CONFLICT && etag !== before.etag)
          copies.set(key, [...(copies.get(key) ?? []), before].slice(-OLDER_COPIES));
        return etag;
      },
    })),
    asOf: (age) =>
      decorate(store, () => ({
        get: async (key) => older(key, age) ?? store.get(key),
        head: async (key) => older(key, age) ?? store.head(key),
      })),
    has: (key) => copies.has(key),
  };
}

/** Closed pages and snapshots never change. */
const isChanging = (key: string) => key === OPEN_KEY || key.startsWith(STORIES) || key.startsWith(FEEDS);

import { decorate } from "../../src/store/decorate.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import {
  CONFLICT,
  type ObjectVersion,
  type Store,
  type StoredObject,
  type Versions,
} from "../../src/store/port.ts";

/** A store in memory that keeps every version, as a bucket with versions does. Nothing is forgotten. */
export function versionedMemory(now: () => number): { store: Store; versions: Versions } {
  const memory = new MemoryStore(now);
  const kept = new Map<string, { id: string; modified: Date; object: StoredObject | undefined }[]>();
  const keep = async (key: string) => {
    const before = kept.get(key) ?? [];
    const version = { id: `v${before.length + 1}`, modified: new Date(now()), object: await memory.get(key) };
    kept.set(key, [version, ...before]);
  };
  const store = decorate(memory, () => ({
    async put(key, body, options) {
      const etag = await memory.put(key, body, options);
      if (etag !== CONFLICT) await keep(key);
      return etag;
    },
    async delete(key, condition) {
      const answer = await memory.delete(key, condition);
      if (answer !== CONFLICT) await keep(key);
      return answer;
    },
  }));
  async function* list(key: string): AsyncIterable<ObjectVersion> {
    for (const [i, { id, modified, object }] of (kept.get(key) ?? []).entries())
      yield { id, modified, isNewest: i === 0, isRemoval: object === undefined };
  }
  const get = async (key: string, id: string) => kept.get(key)?.find((one) => one.id === id)?.object;
  return { store, versions: { list, get, forgetOld: async () => 0, forgetOldBelow: async () => 0 } };
}

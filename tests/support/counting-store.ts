import { decorate } from "../../src/store/decorate.ts";
import type { Store } from "../../src/store/port.ts";

export type Count = Record<"get" | "head" | "put" | "delete" | "list", Record<string, number>>;

/** A store that counts its calls by the first segment of the key. */
export function countingStore(store: Store): { store: Store; counts: Count; reset(): void } {
  const counts: Count = { get: {}, head: {}, put: {}, delete: {}, list: {} };
  const counted = (method: keyof Count, key: string): Store => {
    const kind = key.split("/")[0] ?? "";
    counts[method][kind] = (counts[method][kind] ?? 0) + 1;
    return store;
  };
  return {
    counts,
    reset: () => {
      for (const method of Object.keys(counts) as (keyof Count)[]) counts[method] = {};
    },
    store: decorate(store, () => ({
      get: (key) => counted("get", key).get(key),
      head: (key) => counted("head", key).head(key),
      put: (key, body, options) => counted("put", key).put(key, body, options),
      delete: (key, condition) => counted("delete", key).delete(key, condition),
      list: (prefix, after) => counted("list", prefix).list(prefix, after),
    })),
  };
}

import { expect, test } from "vitest";
import { decorate } from "../../src/store/decorate.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { Store } from "../../src/store/port.ts";
import { CONDITION_FACTS } from "./facts/conditions.ts";
import { KEY_FACTS } from "./facts/keys.ts";
import { OBJECT_FACTS } from "./facts/objects.ts";

/** Stores that do one thing wrong, as servers have been seen to, and a word of each fact that finds it. */
const WRONG: [what: string, methods: (store: Store) => Partial<Store>, found: string[]][] = [
  [
    "ignores the conditions of puts",
    (store) => ({ put: (key, body, { condition: _, ...rest } = {}) => store.put(key, body, rest) }),
    ["is absent", "is one", "is two", "is gone", "compare and swap", "make the same object"],
  ],
  [
    "takes If-Match for a key that is gone",
    (store) => ({
      async put(key, body, options) {
        const isGone = (await store.head(key)) === undefined;
        return store.put(key, body, isGone ? {} : options);
      },
    }),
    ["is absent", "is gone"],
  ],
  [
    "ignores the conditions of deletes",
    (store) => ({ delete: (key) => store.delete(key) }),
    ["delete names an ETag"],
  ],
  [
    "checks a condition first and writes later",
    (store) => ({
      async put(key, body, { condition, ...rest } = {}) {
        const etag = (await store.head(key))?.etag;
        const holds =
          condition === undefined ||
          ("ifMatch" in condition ? etag === condition.ifMatch : etag === undefined);
        await new Promise((resolve) => setImmediate(resolve));
        return holds ? store.put(key, body, rest) : store.put(key, body, { condition: { ifMatch: "none" } });
      },
    }),
    ["compare and swap", "make the same object"],
  ],
  [
    "lists in the order of UTF-16",
    (store) => ({
      async *list(prefix, after) {
        const all: string[] = [];
        for await (const key of store.list(prefix, after)) all.push(key);
        yield* all.sort();
      },
    }),
    ["keys meet"],
  ],
  [
    "ends a listing at a thousand keys",
    (store) => ({
      async *list(prefix, after) {
        let n = 0;
        for await (const key of store.list(prefix, after)) if (n++ < 1_000) yield key;
      },
    }),
    ["past a thousand keys"],
  ],
  ["lists what was written with a delay", lateLists, ["at once"]],
  [
    "has other ETags for the same bytes",
    (store) => {
      let n = 0;
      return {
        async put(...args) {
          await store.put(...args);
          return `"${n++}"`;
        },
      };
    },
    ["bytes are the same"],
  ],
];

/** One write behind. */
function lateLists(store: Store): Partial<Store> {
  let last = "";
  return {
    put(key, ...rest) {
      last = key;
      return store.put(key, ...rest);
    },
    async *list(prefix, after) {
      for await (const key of store.list(prefix, after)) if (key !== last) yield key;
    },
  };
}

test.each(WRONG)("when a store %s, the facts of the contract find it", async (_, methods, found) => {
  const store = decorate(new MemoryStore(), methods);
  const facts = [...OBJECT_FACTS, ...CONDITION_FACTS, ...KEY_FACTS];
  for (const word of found) {
    const meant = facts.filter(({ name }) => name.includes(word));
    expect(meant, word).not.toEqual([]);
    const world = { store, keeps: () => true, skew: 1_001, races: 1 };
    for (const { name, check } of meant) await expect(check(world), name).rejects.toThrow();
  }
});

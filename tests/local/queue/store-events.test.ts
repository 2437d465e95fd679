import { beforeEach, describe, expect, test } from "vitest";
import type { JournalEntry } from "../../../src/local/queue/journal.ts";
import { withEvents } from "../../../src/local/queue/store-events.ts";
import { decorate } from "../../../src/store/decorate.ts";
import { MemoryStore } from "../../../src/store/memory.ts";
import { CONFLICT, type Store } from "../../../src/store/port.ts";

const KEY = "articles/a.json";
const body = Buffer.from("1");

let memory: MemoryStore;
let journaled: JournalEntry[];
let heard: JournalEntry[];
beforeEach(() => {
  memory = new MemoryStore();
  [journaled, heard] = [[], []];
});

const journal = {
  async append(key: string) {
    const entry = { key };
    journaled.push(entry);
    return entry;
  },
};

function open(store: Store = memory, append = journal.append): Store {
  const hears = (key: string) => key.startsWith("articles/");
  return withEvents(store, { journal: { append }, hears, onWrite: (entry) => heard.push(entry) });
}

/** The entries themselves: the journal settles no copies. */
function expectHeard(keys: string[]): void {
  expect(journaled.map(({ key }) => key)).toEqual(keys);
  expect(heard.length).toBe(keys.length);
  for (const [i, entry] of heard.entries()) expect(entry).toBe(journaled[i]);
}

describe("a put of a key that has a listener", () => {
  test("when it is done, the listener gets the entry of the journal", async () => {
    expect(await open().put(KEY, body)).toBe(memory.etagOf(body));
    expectHeard([KEY]);
  });

  test("when the store has not begun to write it, it is in the journal already", async () => {
    const store = decorate(memory, () => ({
      async put(...all) {
        expect(journaled).toEqual([{ key: KEY }]);
        return memory.put(...all);
      },
    }));
    await open(store).put(KEY, body);
    expectHeard([KEY]);
  });

  test("when its answer is lost, the listener still gets it: it may have been done", async () => {
    const store = decorate(memory, () => ({
      async put(...all) {
        await memory.put(...all);
        throw new Error("EIO");
      },
    }));
    await expect(open(store).put(KEY, body)).rejects.toThrow("EIO");
    expectHeard([KEY]);
  });

  test("when it loses its race, the listener still gets it: a retry below the store may have won", async () => {
    await memory.put(KEY, body);
    expect(await open().put(KEY, body, { condition: { ifNoneMatch: "*" } })).toBe(CONFLICT);
    expectHeard([KEY]);
  });

  test("when the journal cannot be written, nothing is written, and the error is `storage`", async () => {
    const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    const put = open(memory, () => Promise.reject(full)).put(KEY, body);
    await expect(put).rejects.toMatchObject({
      code: "storage",
      message: "The journal cannot be written (ENOSPC).",
    });
    expect(await memory.get(KEY)).toBeUndefined();
    expectHeard([]);
  });
});

test("when a key has no listener, its put is in no journal, and every call goes to the store unchanged", async () => {
  const store = open();
  const etag = await store.put("windows/all.json", body);
  expect(await store.head("windows/all.json")).toMatchObject({ etag });
  await store.delete("windows/all.json");
  expect(await memory.get("windows/all.json")).toBeUndefined();
  expectHeard([]);
});

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CONFLICT, type PutOptions, type Store } from "../../src/store/port.ts";
import { anyKey, bytewise, HARD_KEYS, meetingKey, ROOT_KEYS } from "./keys.ts";

export type Opened = {
  store: Store;
  close?: () => Promise<void> | void;
  /** For what is known not to keep every legal key. */
  keeps?: (key: string) => boolean;
};

const bytes = (text: string) => Buffer.from(text);

async function textOf(store: Store, key: string): Promise<string | undefined> {
  const stored = await store.get(key);
  return stored && Buffer.from(stored.body).toString();
}

async function keysOf(store: Store, prefix: string, after?: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list(prefix, after)) keys.push(key);
  return keys;
}

/** What every store must do, whatever it keeps its objects in. Each test has a prefix of its own. */
export function describeContract(name: string, open: () => Promise<Opened>): void {
  describe(`store contract: ${name}`, () => {
    let opened: Opened;
    let store: Store;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(() => opened.close?.());
    const kept = (keys: string[]) => keys.filter((key) => opened.keeps?.(key) ?? true);

    test("what was put is read, whole, with its ETag, size and time", async () => {
      const before = Date.now();
      const etag = await store.put("read/x", bytes("one"), { contentType: "text/plain" });
      const stored = await store.get("read/x");
      expect(Buffer.from(stored?.body ?? "").toString()).toBe("one");
      expect(stored).toMatchObject({ etag, size: 3 });
      const head = await store.head("read/x");
      expect(head).toMatchObject({ etag, size: 3, modified: stored?.modified });
      expect(head).not.toHaveProperty("body");
      // S3 has whole seconds.
      expect(stored?.modified.getTime()).toBeGreaterThan(before - 1_001);
      expect(stored?.modified.getTime()).toBeLessThan(Date.now() + 1_001);
      expect(etag).toMatch(/^"[^"]+"$/);
    });

    test("an object put again is the later one, its time not before the first", async () => {
      await store.put("again/x", bytes("one"));
      const first = await store.head("again/x");
      await store.put("again/x", bytes("three"));
      const second = await store.head("again/x");
      expect(await textOf(store, "again/x")).toBe("three");
      expect(second?.size).toBe(5);
      expect(second?.modified.getTime()).toBeGreaterThanOrEqual(first?.modified.getTime() ?? Infinity);
    });

    test("what is not there is undefined, and removing it is no error", async () => {
      expect(await store.get("none/x")).toBeUndefined();
      expect(await store.head("none/x")).toBeUndefined();
      await store.delete("none/x");
      await store.put("none/y", bytes("y"));
      await store.delete("none/y");
      await store.delete("none/y");
      expect(await store.get("none/y")).toBeUndefined();
      expect(await store.head("none/y")).toBeUndefined();
      expect(await keysOf(store, "none/")).toEqual([]);
    });

    test("an ETag is a function of the bytes, and can be foretold", async () => {
      const first = await store.put("etag/x", bytes("one"), { contentType: "text/plain" });
      const second = await store.put("etag/x", bytes("two"));
      expect(second).not.toBe(first);
      expect(await store.put("etag/x", bytes("one"))).toBe(first);
      expect(await store.put("etag/y", bytes("one"))).toBe(first);
      expect([first, undefined]).toContain(store.etagOf(bytes("one")));
    });

    test("a put takes the bytes at the time of its call's end: a buffer may be used again", async () => {
      const buffer = bytes("-one-");
      await store.put("buffer/x", buffer.subarray(1, 4));
      buffer.fill("x");
      expect(await textOf(store, "buffer/x")).toBe("one");
    });

    const one = bytes("one");
    const conditions = (etagOfOne: string, etagOfTwo: string) =>
      [
        [undefined, ["absent", "one", "two", "gone"]],
        [{ ifNoneMatch: "*" }, ["absent", "gone"]],
        [{ ifMatch: etagOfOne }, ["one"]],
        [{ ifMatch: etagOfTwo }, ["two"]],
        [{ ifMatch: '"d41d8cd98f00b204e9800998ecf8427e"' }, []],
        [{ ifMatch: etagOfOne.slice(1, -1).toUpperCase() }, []],
      ] as [PutOptions["condition"], string[]][];

    test.each(["absent", "one", "two", "gone"])("every condition on an object that is: %s", async (state) => {
      const etagOfOne = (await store.put(`condition/${state}/etag`, one)) as string;
      const etagOfTwo = (await store.put(`condition/${state}/etag`, bytes("two"))) as string;
      for (const [condition, holds] of conditions(etagOfOne, etagOfTwo)) {
        const key = `condition/${state}/x`;
        if (state === "absent" || state === "gone") await store.delete(key);
        if (state === "gone") await store.put(key, one);
        if (state === "gone") await store.delete(key);
        if (state === "one" || state === "two") await store.put(key, bytes(state));
        const before = await textOf(store, key);
        const answer = await store.put(key, bytes("new"), condition ? { condition } : {});
        const what = `${JSON.stringify(condition)} on ${state}`;
        expect(answer !== CONFLICT, what).toBe(holds.includes(state));
        expect(await textOf(store, key), what).toBe(holds.includes(state) ? "new" : before);
      }
    });

    test("when a delete names an ETag, it removes that object alone, and says so where there is another or none", async () => {
      const key = "condition/delete/x";
      const ifMatch = (await store.put(key, one)) as string;
      expect(await store.delete(key, { ifMatch: '"d41d8cd98f00b204e9800998ecf8427e"' })).toBe(CONFLICT);
      expect(await textOf(store, key)).toBe("one");
      await store.put(key, bytes("two"));
      expect(await store.delete(key, { ifMatch })).toBe(CONFLICT);
      expect(await textOf(store, key)).toBe("two");
      await store.put(key, one);
      expect(await store.delete(key, { ifMatch })).toBeUndefined();
      expect(await store.get(key)).toBeUndefined();
      expect(await store.delete(key, { ifMatch })).toBe(CONFLICT);
      expect(await store.delete("condition/no folder/x", { ifMatch })).toBe(CONFLICT);
      expect(await keysOf(store, "condition/delete/")).toEqual([]);
      expect(await store.delete(key)).toBeUndefined();
    });

    test("of twenty that remove an object by its ETag while others replace it, none removes what it has not seen", async () => {
      const key = "condition/race/x";
      let removed = 0;
      let written = 0;
      const write = async (n: number) => {
        const etag = await store.put(key, bytes(String(n)), { condition: { ifNoneMatch: "*" } });
        if (etag === CONFLICT) return;
        written++;
        if ((await store.delete(key, { ifMatch: etag })) !== CONFLICT) removed++;
      };
      for (let round = 0; round < 3; round++)
        await Promise.all(Array.from({ length: 20 }, (_, n) => write(round * 20 + n)));
      expect(removed).toBe(written);
      expect(written).toBeGreaterThan(2);
      expect(await store.get(key)).toBeUndefined();
    });

    test("bytes come back as they are: none, binary, five megabytes", async () => {
      const large = Buffer.alloc(5 * 1_048_576, "0123456789abcdef\u0000ÿ", "latin1");
      for (const body of [Buffer.alloc(0), Buffer.from([0, 255, 10, 13, 0xed, 0xa0, 0x80]), large]) {
        const etag = await store.put("bytes/x", body);
        const stored = await store.get("bytes/x");
        expect(Buffer.from(stored?.body ?? "-").equals(body)).toBe(true);
        expect(stored).toMatchObject({ etag, size: body.length });
        expect(await store.put("bytes/x", body, { condition: { ifMatch: String(etag) } })).toBe(etag);
      }
    });

    test("any key, each an object of its own", async () => {
      const keys = kept(HARD_KEYS.map((key) => `hard/${key}`));
      for (const key of keys) await store.put(key, bytes(key));
      for (const key of keys) expect(await textOf(store, key)).toBe(key);
      expect(await keysOf(store, "hard/")).toEqual(bytewise(keys));
      for (const key of keys) await store.delete(key);
      expect(await keysOf(store, "hard/")).toEqual([]);
    });

    test("keys that a store could take for its own, or for the way out of it", async () => {
      const keys = kept(ROOT_KEYS);
      for (const key of keys) await store.put(key, bytes(key));
      for (const key of keys) expect(await textOf(store, key)).toBe(key);
      const listed = await keysOf(store, "");
      expect(listed).toEqual(bytewise(listed));
      expect(listed.filter((key) => keys.includes(key))).toEqual(bytewise(keys));
      for (const key of keys) await store.delete(key);
    });

    test("any text is a key", async () => {
      let n = 0;
      const check = async (random: string) => {
        const key = `any/${n++}${random}`;
        await store.put(key, bytes(random));
        expect(await textOf(store, key)).toBe(random);
        expect(await keysOf(store, key)).toEqual([key]);
        await store.delete(key);
      };
      const keepable = anyKey.filter((key) => kept([key]).length > 0);
      await fc.assert(fc.asyncProperty(keepable, check), { numRuns: 100 });
    });

    test("any listing is the keys with the prefix, after the place, in bytewise order", async () => {
      let n = 0;
      const check = async (keys: string[], prefix: string, after: string) => {
        const base = `some/${n++}/`;
        const all = keys.map((key) => base + key);
        await Promise.all(all.map((key) => store.put(key, bytes("x"))));
        const expected = bytewise(all).filter(
          (key) =>
            key.startsWith(base + prefix) && Buffer.compare(Buffer.from(key), Buffer.from(base + after)) > 0,
        );
        expect(await keysOf(store, base + prefix, base + after)).toEqual(expected);
      };
      const keys = fc.uniqueArray(meetingKey, { minLength: 1, maxLength: 12 });
      const place = fc.oneof(fc.constant(""), meetingKey);
      await fc.assert(fc.asyncProperty(keys, place, place, check), { numRuns: 40 });
    });

    test("a listing has every key once, past a thousand, from any place", async () => {
      const keys = Array.from({ length: 1_100 }, (_, i) => `list/${(i * 7919) % 1_100}`);
      for (let i = 0; i < keys.length; i += 20) {
        await Promise.all(keys.slice(i, i + 20).map((key) => store.put(key, bytes("x"))));
      }
      const sorted = bytewise(keys);
      expect(await keysOf(store, "list/")).toEqual(sorted);
      expect(await keysOf(store, "list/", sorted[49])).toEqual(sorted.slice(50));
      expect(await keysOf(store, "list/", "lis")).toEqual(sorted);
      expect(await keysOf(store, "list/", "lisu")).toEqual([]);
      expect(await keysOf(store, "list/10", "list/10")).toEqual(
        sorted.filter((key) => key.startsWith("list/10") && key !== "list/10"),
      );
      expect(await keysOf(store, "nothing/")).toEqual([]);
    });

    test("a listing under way has every key that nobody touches", async () => {
      const still = Array.from({ length: 40 }, (_, i) => `moving/${i}/still.json`);
      await Promise.all(still.map((key) => store.put(key, bytes("x"))));
      let n = 0;
      const seen: string[] = [];
      for await (const key of store.list("moving/")) {
        seen.push(key);
        await store.put(`moving/${n}/new-${n}.json`, bytes("x"));
        await store.put(still[n++ % 40] as string, bytes(`again ${n}`));
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.filter((key) => key.endsWith("still.json"))).toEqual(bytewise(still));
    });

    test("twenty writers that compare and swap lose nothing", async () => {
      const add = async () => {
        for (;;) {
          const stored = await store.get("cas/n");
          const condition = stored ? { ifMatch: stored.etag } : ({ ifNoneMatch: "*" } as const);
          const next = Number(stored ? Buffer.from(stored.body).toString() : 0) + 1;
          if ((await store.put("cas/n", bytes(String(next)), { condition })) !== CONFLICT) return;
        }
      };
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          for (let i = 0; i < 3; i++) await add();
        }),
      );
      expect(await textOf(store, "cas/n")).toBe("60");
    });

    test("of twenty that make the same object, one does", async () => {
      const condition = { ifNoneMatch: "*" } as const;
      const puts = Array.from({ length: 20 }, (_, i) =>
        store.put("first/x", bytes(String(i)), { condition }),
      );
      const won = (await Promise.all(puts)).map((answer) => answer !== CONFLICT);
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await textOf(store, "first/x")).toBe(String(won.indexOf(true)));
    });

    test("readers see whole objects while writers replace them", async () => {
      const body = (n: number) => Buffer.alloc(100_000 + n, String(n));
      await store.put("whole/x", body(0));
      let done = false;
      const write = async () => {
        for (let n = 1; n < 10; n++) await store.put("whole/x", body(n));
        done = true;
      };
      const read = async () => {
        while (!done) {
          const stored = await store.get("whole/x");
          expect([...Array(10).keys()].some((n) => body(n).equals(stored?.body ?? Buffer.of()))).toBe(true);
          expect([stored?.etag, undefined]).toContain(store.etagOf(stored?.body ?? Buffer.of()));
        }
      };
      await Promise.all([write(), read(), read()]);
    });

    test("what is no key is refused, with the reason", async () => {
      const wrong: [key: string, reason: string][] = [
        ["", "empty"],
        ["é".repeat(513), "more than 1024 bytes"],
        ["a\0b", "NUL"],
        ["\ud800", "half a surrogate pair"],
      ];
      for (const [key, reason] of wrong) {
        const calls = [
          () => store.get(key),
          () => store.head(key),
          () => store.put(key, bytes("x")),
          () => store.delete(key),
        ];
        for (const call of calls) await expect((async () => call())()).rejects.toThrow(reason);
      }
    });
  });
}

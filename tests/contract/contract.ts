import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CONFLICT, type Store } from "../../src/store/port.ts";

export type Opened = { store: Store; close?: () => Promise<void> | void };

const bytes = (text: string) => Buffer.from(text);
const text = async (store: Store, key: string) => {
  const stored = await store.get(key);
  return stored && Buffer.from(stored.body).toString();
};

async function keysOf(store: Store, prefix: string, after?: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list(prefix, after)) keys.push(key);
  return keys;
}

const bytewise = (keys: string[]) =>
  keys
    .map((key) => Buffer.from(key))
    .sort(Buffer.compare)
    .map(String);

/** Keys that have broken stores: signs of URLs, XML and paths, case, scripts, and both sides of the surrogates. */
const HARD_KEYS = [
  "a",
  "a/b",
  "a/b/c",
  "A",
  "a b",
  "a+b",
  "a%20b",
  "a%2Fb",
  "a&b<c>\"d'",
  "a?b#c",
  "ä",
  "a\u0308",
  "北朝鮮",
  "\uffee",
  "\u{1f4f0}",
  "a=b",
  "a~b",
  "a*b",
  "a\tb",
  "con",
  "x".repeat(300),
  `${"y".repeat(200)}/${"z".repeat(200)}`,
];

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

    test("what was put is read, whole, with its ETag, size and time", async () => {
      const before = Date.now();
      const etag = await store.put("read/x", bytes("one"), { contentType: "text/plain" });
      const stored = await store.get("read/x");
      expect(Buffer.from(stored?.body ?? "").toString()).toBe("one");
      expect(stored).toMatchObject({ etag, size: 3 });
      expect(await store.head("read/x")).toMatchObject({ etag, size: 3 });
      expect(Math.abs((stored?.modified.getTime() ?? 0) - before)).toBeLessThan(5_000);
      expect(etag).toMatch(/^"[^"]+"$/);
    });

    test("what is not there is undefined, and removing it is no error", async () => {
      expect(await store.get("none/x")).toBeUndefined();
      expect(await store.head("none/x")).toBeUndefined();
      await store.delete("none/x");
      await store.put("none/y", bytes("y"));
      await store.delete("none/y");
      await store.delete("none/y");
      expect(await store.get("none/y")).toBeUndefined();
    });

    test("an ETag is a function of the bytes, and can be foretold", async () => {
      const first = await store.put("etag/x", bytes("one"));
      const second = await store.put("etag/x", bytes("two"));
      expect(await store.put("etag/x", bytes("one"))).toBe(first);
      expect(second).not.toBe(first);
      expect([first, undefined]).toContain(store.etagOf(bytes("one")));
    });

    test("if-none-match: only where there is nothing", async () => {
      const condition = { ifNoneMatch: "*" } as const;
      expect(await store.put("new/x", bytes("one"), { condition })).not.toBe(CONFLICT);
      expect(await store.put("new/x", bytes("two"), { condition })).toBe(CONFLICT);
      expect(await text(store, "new/x")).toBe("one");
      await store.delete("new/x");
      expect(await store.put("new/x", bytes("three"), { condition })).not.toBe(CONFLICT);
    });

    test("if-match: only over what was read", async () => {
      const one = (await store.put("match/x", bytes("one"))) as string;
      const two = await store.put("match/x", bytes("two"), { condition: { ifMatch: one } });
      expect(two).not.toBe(CONFLICT);
      expect(await store.put("match/x", bytes("three"), { condition: { ifMatch: one } })).toBe(CONFLICT);
      expect(await text(store, "match/x")).toBe("two");
    });

    test("if-match on a key that is gone is a conflict", async () => {
      const etag = (await store.put("gone/x", bytes("one"))) as string;
      await store.delete("gone/x");
      expect(await store.put("gone/x", bytes("two"), { condition: { ifMatch: etag } })).toBe(CONFLICT);
      expect(await store.get("gone/x")).toBeUndefined();
    });

    test("bytes come back as they are: none, binary, five megabytes", async () => {
      const large = Buffer.alloc(5 * 1_048_576, "0123456789abcdef\u0000ÿ", "latin1");
      for (const body of [Buffer.alloc(0), Buffer.from([0, 255, 10, 13, 0xed, 0xa0, 0x80]), large]) {
        await store.put("bytes/x", body);
        expect(Buffer.from((await store.get("bytes/x"))?.body ?? "-").equals(body)).toBe(true);
      }
    });

    test("any key, each an object of its own", async () => {
      for (const key of HARD_KEYS) await store.put(`hard/${key}`, bytes(key));
      for (const key of HARD_KEYS) expect(await text(store, `hard/${key}`)).toBe(key);
      expect(await keysOf(store, "hard/")).toEqual(bytewise(HARD_KEYS.map((key) => `hard/${key}`)));
    });

    test("any text is a key", async () => {
      const key = fc.string({ unit: "binary", minLength: 1, maxLength: 60 }).filter((k) => k.isWellFormed());
      // A dot segment is taken out of a URL by clients; control characters cannot stand in an XML listing.
      const sendable = key.filter((k) => !/(^|\/)\.{1,2}(\/|$)|[\p{Cc}\ufffe\uffff]|^\/|\/\/|\/$/u.test(k));
      let n = 0;
      await fc.assert(
        fc.asyncProperty(sendable, async (random) => {
          const prefix = `any/${n++}/`;
          await store.put(prefix + random, bytes(random));
          expect(await text(store, prefix + random)).toBe(random);
          expect(await keysOf(store, prefix)).toEqual([prefix + random]);
        }),
        { numRuns: 60 },
      );
    });

    test("a listing has every key once, in bytewise order, past a thousand, from any place", async () => {
      const keys = Array.from({ length: 1_100 }, (_, i) => `list/${(i * 7919) % 1_100}`);
      for (let i = 0; i < keys.length; i += 20) {
        await Promise.all(keys.slice(i, i + 20).map((key) => store.put(key, bytes("x"))));
      }
      const sorted = bytewise(keys);
      expect(await keysOf(store, "list/")).toEqual(sorted);
      expect(await keysOf(store, "list/", sorted[549])).toEqual(sorted.slice(550));
      expect(await keysOf(store, "list/10", "list/10")).toEqual(
        sorted.filter((key) => key.startsWith("list/10") && key !== "list/10"),
      );
      expect(await keysOf(store, "nothing/")).toEqual([]);
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
      expect(await text(store, "cas/n")).toBe("60");
    });

    test("what is no key is refused", async () => {
      for (const key of ["", "x".repeat(1_025), "\ud800"]) {
        await expect((async () => store.get(key))(), JSON.stringify(key.slice(0, 9))).rejects.toThrow();
      }
    });
  });
}

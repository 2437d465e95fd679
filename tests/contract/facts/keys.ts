import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeArticleId } from "../../../src/core/article-id.ts";
import type { Store } from "../../../src/store/port.ts";
import { anyKey, bytewise, HARD_KEYS, meetingKey, ROOT_KEYS } from "../keys.ts";
import { bytes, type Fact, keysOf, putAll, textOf, type World } from "./fact.ts";

const ODD_FILES =
  "A file of the inbox whose name has such signs is not taken. The wire itself makes no such keys.";
const LISTINGS = "The schedule, rebuilds and the audit miss records, or do not end.";

export const KEY_FACTS: Fact[] = [
  {
    name: "when keys are as the wire makes them, each is an object of its own",
    loses: "Stories with some ids, or of some sections and tags, cannot be kept.",
    check: keepsKeysOfTheWire,
  },
  {
    name: "when a key is odd, it is an object of its own",
    loses: ODD_FILES,
    isOptional: true,
    check: keepsHardKeys,
  },
  {
    name: "when a key could be the store's own, or the way out of it, it is kept as any other",
    loses: ODD_FILES,
    isOptional: true,
    check: keepsRootKeys,
  },
  {
    name: "when any text is a key, it is kept",
    loses: ODD_FILES,
    isOptional: true,
    check: keepsAnyKey,
  },
  {
    name: "when keys meet, a listing has those with the prefix, after the place, in bytewise order",
    loses: LISTINGS,
    check: listsInOrder,
  },
  {
    name: "when a listing goes past a thousand keys, it has every key once, from any place",
    loses: LISTINGS,
    check: listsInPages,
  },
  {
    name: "when objects are written during a listing, it has every key that nobody touches",
    loses: LISTINGS,
    check: listsWhatStaysStill,
  },
  {
    name: "when a text is no key, it is refused, with the reason",
    loses: "Nothing: the wire itself refuses it.",
    isOptional: true,
    check: refusesWhatIsNoKey,
  },
];

async function keepEach(store: Store, prefix: string, keys: string[]): Promise<void> {
  const lost: string[] = [];
  const note = (key: string) => lost.push(JSON.stringify(key));
  for (const key of keys) await store.put(key, bytes(key)).catch(() => note(key));
  for (const key of keys) if ((await textOf(store, key).catch(() => undefined)) !== key) note(key);
  assert.equal([...new Set(lost)].join(", "), "", `not kept: ${[...new Set(lost)].join(", ")}`);
  assert.deepEqual(await keysOf(store, prefix), bytewise(keys));
  for (const key of keys) await store.delete(key);
  assert.deepEqual(await keysOf(store, prefix), []);
}

function keepsKeysOfTheWire({ store }: World): Promise<void> {
  const ids = [
    "a",
    "A",
    "a.b-c_d~e",
    "a/b",
    "süd + nord?",
    "北朝鮮",
    "📰",
    "x".repeat(128),
    "%2F",
    "é".repeat(60),
  ];
  const articles = ids.map((id) => `wire/articles/${encodeArticleId(id)}.json`);
  const feeds = ["all", "tag/北朝鮮", "tag/ä", "section/world"].map((name) => `wire/feeds/${name}/feed.json`);
  return keepEach(store, "wire/", [...articles, ...feeds]);
}

function keepsHardKeys({ store, keeps }: World): Promise<void> {
  return keepEach(store, "hard/", HARD_KEYS.map((key) => `hard/${key}`).filter(keeps));
}

async function keepsRootKeys({ store, keeps }: World): Promise<void> {
  const keys = ROOT_KEYS.filter(keeps);
  for (const key of keys) await store.put(key, bytes(key));
  for (const key of keys) assert.equal(await textOf(store, key), key);
  const listed = await keysOf(store, "");
  assert.deepEqual(listed, bytewise(listed));
  assert.deepEqual(
    listed.filter((key) => keys.includes(key)),
    bytewise(keys),
  );
  for (const key of keys) await store.delete(key);
}

async function keepsAnyKey({ store, keeps }: World): Promise<void> {
  let n = 0;
  const check = async (random: string) => {
    const key = `any/${n++}${random}`;
    await store.put(key, bytes(random));
    assert.equal(await textOf(store, key), random);
    assert.deepEqual(await keysOf(store, key), [key]);
    await store.delete(key);
  };
  await fc.assert(fc.asyncProperty(anyKey.filter(keeps), check), { numRuns: 100 });
}

async function listsInOrder({ store }: World): Promise<void> {
  let n = 0;
  const check = async (keys: string[], prefix: string, after: string) => {
    const base = `some/${n++}/`;
    const all = keys.map((key) => base + key);
    await putAll(store, all);
    const expected = bytewise(all).filter(
      (key) =>
        key.startsWith(base + prefix) && Buffer.compare(Buffer.from(key), Buffer.from(base + after)) > 0,
    );
    assert.deepEqual(await keysOf(store, base + prefix, base + after), expected);
  };
  const keys = fc.uniqueArray(meetingKey, { minLength: 1, maxLength: 12 });
  const place = fc.oneof(fc.constant(""), meetingKey);
  // In the order of UTF-16 the second comes first; forty runs by chance do not always have such a pair.
  const examples: [string[], string, string][] = [[["\uff5e", "\u{1f4f0}"], "", ""]];
  await fc.assert(fc.asyncProperty(keys, place, place, check), { numRuns: 40, examples });
}

async function listsInPages({ store }: World): Promise<void> {
  const keys = Array.from({ length: 1_100 }, (_, i) => `list/${(i * 7919) % 1_100}`);
  await putAll(store, keys);
  const sorted = bytewise(keys);
  assert.deepEqual(await keysOf(store, "list/"), sorted);
  assert.deepEqual(await keysOf(store, "list/", sorted[49]), sorted.slice(50));
  assert.deepEqual(await keysOf(store, "list/", "lis"), sorted);
  assert.deepEqual(await keysOf(store, "list/", "lisu"), []);
  assert.deepEqual(
    await keysOf(store, "list/10", "list/10"),
    sorted.filter((key) => key.startsWith("list/10") && key !== "list/10"),
  );
  assert.deepEqual(await keysOf(store, "nothing/"), []);
}

async function listsWhatStaysStill({ store }: World): Promise<void> {
  const still = Array.from({ length: 40 }, (_, i) => `moving/${i}/still.json`);
  await putAll(store, still);
  let n = 0;
  const seen: string[] = [];
  for await (const key of store.list("moving/")) {
    seen.push(key);
    await store.put(`moving/${n}/new-${n}.json`, bytes("x"));
    await store.put(still[n++ % 40] as string, bytes(`again ${n}`));
  }
  assert.equal(new Set(seen).size, seen.length);
  assert.deepEqual(
    seen.filter((key) => key.endsWith("still.json")),
    bytewise(still),
  );
}

async function refusesWhatIsNoKey({ store }: World): Promise<void> {
  const wrong: [key: string, reason: RegExp][] = [
    ["", /empty/],
    ["é".repeat(513), /more than 1024 bytes/],
    ["a\0b", /NUL/],
    ["\ud800", /half a surrogate pair/],
  ];
  for (const [key, reason] of wrong) {
    const calls = [
      async () => store.get(key),
      async () => store.head(key),
      async () => store.put(key, bytes("x")),
      async () => store.delete(key),
    ];
    for (const call of calls) await assert.rejects(call, reason);
  }
}

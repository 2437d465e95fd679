import { join } from "node:path";
import { expect, test } from "vitest";
import type { DiskCalls } from "../../../src/store/file/disk-calls.ts";
import { pathOf } from "../../../src/store/file/paths.ts";
import { fileStore } from "../../../src/store/file/store.ts";
import { CONFLICT } from "../../../src/store/port.ts";
import { type Random, seededRandom } from "../../simulation/random.ts";
import { afterCut, type Cut, cutsOf } from "../../support/power-cuts.ts";
import { bytesAt, type State } from "../../support/simulated-disk.ts";

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);
const KEYS = ["articles/a.json", "articles/b.json", "feeds/all/rss.xml", "feeds/tag/x/rss.xml", "c.json"];
const WRITES = 4;
const FOLDER = "data/newsroom";
/** A real store opens one of so many states: that takes a hundred times as long as to look for its files. */
const OPENED = 100;

/** What may be there of each key: one thing, or two while a write is under way. */
type Expected = Map<string, (string | undefined)[]>;
type Stores = ReturnType<typeof fileStore>[];

/** Writes and removes one object again and again, through either of two stores on the same folder. */
async function writeOften(stores: Stores, key: string, random: Random, expected: Expected, ack: () => void) {
  let etag: string | undefined;
  for (let n = 0; n < WRITES; n++) {
    const store = random.pick(stores);
    const text =
      etag !== undefined && random.chance(0.3) ? undefined : `${key} ${n} `.repeat(random.below(50) + 1);
    expected.set(key, [...(expected.get(key) ?? [undefined]), text]);
    if (text === undefined) {
      await store.delete(key);
      etag = undefined;
    } else {
      const condition = etag === undefined ? ({ ifNoneMatch: "*" } as const) : { ifMatch: etag };
      const answer = await store.put(key, Buffer.from(text), random.chance(0.5) ? { condition } : {});
      if (answer === CONFLICT) throw new Error("Nobody else writes this key.");
      etag = answer;
    }
    expected.set(key, [text]);
    ack();
  }
}

/** Two stores, as of two processes, write some of the keys, each key one write after the other. */
function runOf(seed: number): Promise<Cut<Expected>[]> {
  const expected: Expected = new Map();
  const write = async (disk: { calls: DiskCalls; onStep(): void }, root: string) => {
    const stores = [1, 2].map(() => fileStore(join(root, FOLDER), { calls: disk.calls }));
    const random = seededRandom(seed + 2_000_000);
    const first = random.below(KEYS.length);
    const keys = KEYS.slice(first, first + 1 + random.below(KEYS.length));
    await Promise.all(keys.map((key) => writeOften(stores, key, random, expected, () => disk.onStep())));
    for (const store of stores) store.close();
  };
  return cutsOf(seed, () => new Map(expected), write);
}

const textAt = (state: State, key: string) => bytesAt(state, `${FOLDER}/${pathOf(key)}`)?.toString();

async function isRead(root: string, calls: DiskCalls, { state, expected }: Cut<Expected>): Promise<void> {
  const store = fileStore(join(root, FOLDER), { calls });
  const keys = [...expected.keys()].filter((key) => textAt(state, key) !== undefined);
  for (const key of keys)
    expect(Buffer.from((await store.get(key))?.body ?? "").toString()).toBe(textAt(state, key));
  const listed: string[] = [];
  for await (const key of store.list("")) listed.push(key);
  expect(listed).toEqual(keys.sort());
  store.close();
}

test("when the power is cut at any step, an acknowledged write is there, and another one is old or new, whole", async () => {
  for (const seed of SEEDS) {
    const cuts = await runOf(seed);
    expect(cuts.length).toBeGreaterThan(20);
    for (const [n, cut] of cuts.entries()) {
      for (const [key, allowed] of cut.expected)
        expect(allowed, `${key}, seed ${seed}`).toContain(textAt(cut.state, key));
      if (n % OPENED === 0) await afterCut(cut.state, (root, calls) => isRead(root, calls, cut));
    }
  }
});

test("when the power is cut, what was written late is there once it is flushed, by this process or by the next one", async () => {
  const key = "feeds/all/rss.xml";
  let flushed: string | undefined;
  const write = async (disk: { calls: DiskCalls; onStep(): void }, root: string) => {
    const open = () => fileStore(join(root, FOLDER), { calls: disk.calls, isLate: () => true });
    const flush = async (store: ReturnType<typeof open>, text: string) => {
      await store.flush();
      flushed = text;
      disk.onStep();
      flushed = undefined;
    };
    const store = open();
    await store.put(key, Buffer.from("first"));
    await flush(store, "first");
    await store.put(key, Buffer.from("second"));
    // It is killed.
    const next = open();
    next.suspect(key);
    next.suspect("feeds/other/rss.xml");
    await flush(next, "second");
    for (const one of [store, next]) one.close();
  };
  const cuts = await cutsOf(3, () => flushed, write);
  const told = cuts.filter(({ expected }) => expected !== undefined);
  expect(new Set(told.map(({ expected }) => expected))).toEqual(new Set(["first", "second"]));
  for (const { state, expected } of told) expect(textAt(state, key)).toBe(expected);
  const texts = new Set(cuts.map(({ state }) => textAt(state, key)));
  // Otherwise every write waited for the disk.
  for (const lost of [undefined, ""]) expect(texts).toContain(lost);
});

test("when the power is cut while held objects are written, each file is whole, and old or new; after the flush it is new", async () => {
  const keys = ["feeds/all/rss.xml", "feeds/all/atom.xml", "feeds/tag/x/rss.xml"];
  let flushed = 0;
  const write = async (disk: { calls: DiskCalls; onStep(): void }, root: string) => {
    const holding = { isLate: () => true, mayHold: () => true };
    const store = fileStore(join(root, FOLDER), { calls: disk.calls, ...holding });
    for (let n = 1; n <= 3; n++) {
      for (const key of keys) await store.put(key, Buffer.from(`${key} ${n} `.repeat(40)));
      await store.flush();
      flushed = n;
      disk.onStep();
    }
    store.close();
  };
  const cuts = await cutsOf(4, () => flushed, write);
  const found = new Set<string>();
  for (const { state, expected } of cuts.filter(({ expected: times }) => times > 0))
    for (const key of keys) {
      const text = textAt(state, key);
      const allowed = [expected, expected + 1].map((n) => `${key} ${n} `.repeat(40));
      expect(allowed).toContain(text);
      found.add(`${expected}: ${allowed.indexOf(text as string)}`);
    }
  expect([...found].sort()).toEqual(["1: 0", "1: 1", "2: 0", "2: 1", "3: 0"]);
});

test.each([
  ["the data folder", "data"],
  ["the folder of the key", join(FOLDER, "articles")],
])(
  "when a process was killed before it synced %s that it made, the next process syncs it",
  async (_, folder) => {
    let acknowledged = false;
    const write = async (disk: { calls: DiskCalls; onStep(): void }, root: string) => {
      const make = () => disk.calls.mkdirSync(join(root, folder), { recursive: true });
      if (folder === "data") make();
      const store = fileStore(join(root, FOLDER), { calls: disk.calls });
      make();
      await store.put("articles/a.json", Buffer.from("1"));
      acknowledged = true;
      disk.onStep();
      store.close();
    };
    const cuts = await cutsOf(1, () => acknowledged, write);
    const after = cuts.filter(({ expected }) => expected);
    expect(after.length).toBeGreaterThan(0);
    for (const { state } of after) expect(textAt(state, "articles/a.json")).toBe("1");
  },
);

import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { MAX_JOURNAL_BYTES } from "../../../src/local/limits.ts";
import { type Journal, type JournalEntry, openJournal } from "../../../src/local/queue/journal.ts";
import { withEvents } from "../../../src/local/queue/store-events.ts";
import { fileStore } from "../../../src/store/file/store.ts";
import { type Random, seededRandom } from "../../simulation/random.ts";
import { afterCut, type Cut, cutsOf } from "../../support/power-cuts.ts";
import { bytesAt, type SimulatedDisk, type State } from "../../support/simulated-disk.ts";

const FOLDER = "data/journal";
const SEEDS = Array.from({ length: 30 }, (_, seed) => seed);
/** A real journal adopts what one of so many cuts has left. */
const ADOPTED = 40;

type Expected = { appended: Set<string>; outstanding: Set<string> };

/** A writer that appends keys, and settles some of them later, as a wire does. */
function writerOf(random: Random, ack: () => void) {
  const expected: Expected = { appended: new Set(), outstanding: new Set() };
  const settle = async (journal: Journal, entries: JournalEntry[]) => {
    for (const { key } of entries) expected.outstanding.delete(key);
    await journal.settle(entries);
  };
  const append = async (journal: Journal, keys: string[]) => {
    for (const key of keys) expected.appended.add(key);
    const entries = await Promise.all(keys.map((key) => journal.append(key)));
    for (const key of keys) expected.outstanding.add(key);
    ack();
    return entries;
  };
  const work = async (journal: Journal, name: string, count: number) => {
    const entries: JournalEntry[] = [];
    for (let n = 0; n < count; n++) {
      entries.push(...(await append(journal, [`articles/${name}-${n}.json`])));
      if (random.chance(0.4)) await settle(journal, entries.splice(0, random.below(3)));
    }
    return entries;
  };
  return { expected, append, settle, work };
}

type Writer = ReturnType<typeof writerOf>;
type Work = (
  writer: Writer,
  open: () => Promise<Journal>,
  random: Random,
  disk: SimulatedDisk,
) => Promise<void>;

function runOf(seed: number, work: Work): Promise<Cut<Expected>[]> {
  const random = seededRandom(seed + 2_000_000);
  let ack = () => {};
  const writer = writerOf(random, () => ack());
  const now = () => ({
    appended: new Set(writer.expected.appended),
    outstanding: new Set(writer.expected.outstanding),
  });
  return cutsOf(seed, now, (disk, root) => {
    ack = () => disk.onStep();
    return work(writer, () => openJournal(join(root, FOLDER), () => {}, disk.calls), random, disk);
  });
}

/** The whole lines of all journals. */
function linesOf(state: State): Set<string> {
  const data = state.get("data");
  const folder = data instanceof Map ? data.get("journal") : undefined;
  const files = folder instanceof Map ? [...folder.keys()].filter((name) => name.endsWith(".log")) : [];
  const texts = files.map((name) => bytesAt(state, `${FOLDER}/${name}`)?.toString() ?? "");
  return new Set(texts.flatMap((text) => text.split("\n").slice(0, -1)));
}

async function expectNothingLost(cuts: Cut<Expected>[], about: string): Promise<void> {
  for (const [n, { state, expected }] of cuts.entries()) {
    const lines = linesOf(state);
    const lost = [...expected.outstanding].filter((key) => !lines.has(key));
    expect(lost, about).toEqual([]);
    if (n % ADOPTED !== 0) continue;
    await afterCut(state, async (root, calls) => {
      const journal = await openJournal(join(root, FOLDER), () => {}, calls);
      const adopted = new Set((await journal.adopt()).map(({ key }) => key));
      await journal.close();
      expect(
        [...expected.outstanding].filter((key) => !adopted.has(key)),
        about,
      ).toEqual([]);
      expect(
        [...adopted].filter((key) => !expected.appended.has(key)),
        about,
      ).toEqual([]);
    });
  }
}

const names = ["a", "b", "c"];

/** So many entries that the file is rewritten when most of them are settled. */
async function fill(journal: Journal, writer: Writer): Promise<JournalEntry[]> {
  const count = Math.ceil(MAX_JOURNAL_BYTES / 1_000);
  const keys = Array.from({ length: count }, (_, n) => `articles/${n}-${"x".repeat(1_000)}`);
  return writer.append(journal, keys);
}

describe("when the power is cut at any step, what the journal acknowledged is in the journal", () => {
  test("even while entries are appended and settled, and while another process adopts them", async () => {
    for (const seed of SEEDS) {
      const cuts = await runOf(seed, async (writer, open, random) => {
        const first = await open();
        const left = await Promise.all(names.map((name) => writer.work(first, name, 4)));
        if (random.chance(0.3)) await writer.settle(first, left.flat());
        await first.close();
        const second = await open();
        const [adopted] = await Promise.all([second.adopt(), writer.work(second, "d", 3)]);
        await writer.settle(second, adopted.slice(random.below(3)));
        await second.close();
      });
      expect(cuts.length).toBeGreaterThan(10);
      await expectNothingLost(cuts, `seed ${seed}`);
    }
  });

  test("even while the file is rewritten, and after that", async () => {
    for (const seed of [1, 2, 3, 4]) {
      const cuts = await runOf(seed, async (writer, open) => {
        const journal = await open();
        const entries = await fill(journal, writer);
        const settle = () => writer.settle(journal, entries.slice(2));
        // Before the first of these appends, or while it is under way.
        const before = seed % 2 === 0 ? [settle()] : [];
        const work = names.map((name) => writer.work(journal, name, 2));
        if (seed % 2 === 1) await turn();
        await Promise.all([...before, ...work, ...(seed % 2 === 1 ? [settle()] : [])]);
        await journal.close();
      });
      await expectNothingLost(cuts, `seed ${seed}`);
    }
  });

  test("even after the sync of the folder of a rewritten file failed", async () => {
    const cuts = await runOf(1, async (writer, open, _, disk) => {
      const journal = await open();
      const entries = await fill(journal, writer);
      disk.failFolderSync();
      await writer.settle(journal, entries.slice(2));
      await writer.append(journal, ["articles/after.json"]);
      await journal.close();
    });
    await expectNothingLost(cuts, "after.json");
  });
});

const RECORDS = "data/newsroom";
const textAt = (state: State, key: string) => bytesAt(state, `${RECORDS}/${key}`)?.toString();

test("when the power is cut at any step, each record that is there is in the journal, and an acknowledged one is there", async () => {
  for (const seed of SEEDS.slice(0, 10)) {
    const acknowledged = new Set<string>();
    const heard: string[] = [];
    const cuts = await cutsOf(
      seed,
      () => new Set(acknowledged),
      async (disk, root) => {
        const journal = await openJournal(join(root, FOLDER), () => {}, disk.calls);
        const files = fileStore(join(root, RECORDS), { calls: disk.calls });
        const hears = (key: string) => key.startsWith("articles/");
        const store = withEvents(files, { journal, hears, onWrite: ({ key }) => heard.push(key) });
        const write = async (name: string) => {
          const key = `articles/${name}.json`;
          await store.put(key, Buffer.from(name));
          acknowledged.add(key);
          disk.onStep();
        };
        await Promise.all(names.map(write));
        files.close();
        await journal.close();
      },
    );
    expect(heard.sort()).toEqual(names.map((name) => `articles/${name}.json`));
    for (const { state, expected } of cuts) {
      const lines = linesOf(state);
      for (const name of names) {
        const key = `articles/${name}.json`;
        const text = textAt(state, key);
        expect(text).toBeOneOf([name, ...(expected.has(key) ? [] : [undefined])]);
        if (text !== undefined) expect(lines).toContain(key);
      }
    }
  }
});

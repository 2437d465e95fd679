import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ingest, withdraw } from "../../../src/ingest/ingest.ts";
import { MAX_RETRY_MS, RETRY_MS, TICK_MS } from "../../../src/local/limits.ts";
import { type Journal, openJournal } from "../../../src/local/queue/journal.ts";
import { type Loop, startLoop } from "../../../src/local/queue/worker.ts";
import { createTicks, type UpkeepTimer } from "../../../src/local/upkeep-timer.ts";
import { articleKey } from "../../../src/repository/records.ts";
import { windowKey } from "../../../src/repository/windows.ts";
import { createServices, type Services } from "../../../src/services.ts";
import { decorate } from "../../../src/store/decorate.ts";
import type { Store } from "../../../src/store/port.ts";
import { askForRepair } from "../../../src/upkeep/rebuild-job.ts";
import { createUpkeep } from "../../../src/upkeep/tick.ts";
import { expectTruth } from "../../support/compare-sites.ts";
import { repairsOf, startedAndAtRest } from "../../support/upkeep.ts";
import { incoming, type MemoryWire, memoryWire, textOf } from "../../support/wire.ts";

/** Keys that begin so are refused. */
let refused: string[];
/** Held up: listings of the records, that is, rebuilds. */
let scans: Promise<void>;
let pauses: number[];
let folder: string;
let journal: Journal;
let wire: MemoryWire;
let services: Services;
let loop: Loop;
let ticks: UpkeepTimer;

/** The ticks that wait for the next minute. */
let minutes: (() => void)[];

/** The first round of the audit is over, and the next tick waits for its minute. */
async function atRest(): Promise<void> {
  ticks.start();
  await ticks.idle();
  await expect.poll(() => minutes.length).toBe(1);
  minutes = [];
}

/** Resolves when nothing is left to publish or to fill. */
async function idle(): Promise<void> {
  await loop.idle();
  ticks.start();
  await ticks.idle();
}

beforeEach(async () => {
  [refused, pauses, minutes, scans] = [[], [], [], Promise.resolve()];
  folder = mkdtempSync(join(tmpdir(), "flashwire-loop-"));
  journal = await openJournal(folder, () => {});
  wire = memoryWire();
  services = createServices({
    ...wire.services,
    stores: { newsroom: moody(wire.newsroom), published: moody(wire.published) },
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
      wire.clock.now += milliseconds;
      await turn();
    },
  });
  await services.publisher.startFeeds();
  // A minute passes when the test says so.
  const sleep = (milliseconds: number) =>
    milliseconds === TICK_MS ? new Promise<void>((resolve) => minutes.push(resolve)) : turn();
  const upkeep = createUpkeep(services, { settlesMs: 0, auditsAtStart: true });
  ticks = createTicks({ ...services, sleep }, upkeep);
  loop = startLoop(services, journal, async (feeds) => {
    await askForRepair(services, feeds);
    ticks.poke();
  });
});

afterEach(async () => {
  refused = [];
  await Promise.all([loop.close(), ticks.close()]);
  await journal.close();
  rmSync(folder, { recursive: true });
});

/** Turns of the event loop: all that happens in memory is done after some of them, however slow the machine is. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

function moody(store: Store): Store {
  const unless = async <T>(key: string, call: () => Promise<T>) => {
    if (refused.some((start) => key.startsWith(start))) throw new Error("EIO");
    return call();
  };
  return decorate(store, () => ({
    get: (key) => unless(key, () => store.get(key)),
    head: (key) => unless(key, () => store.head(key)),
    put: (key, body, options) => unless(key, () => store.put(key, body, options)),
    async *list(prefix, after) {
      if (prefix === "articles/") await scans;
      yield* store.list(prefix, after);
    },
  }));
}

async function write(n: number, fields = {}): Promise<string> {
  const entry = await journal.append(articleKey(`story-${n}`));
  await ingest(services, incoming(n, fields));
  loop.onWrite(entry);
  return `story-${n}`;
}

const journaled = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".log"))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean));
const settled = (promises: Promise<unknown>[]) =>
  Promise.allSettled(promises).then((results) => results.map(({ status }) => status));

/** Takes more of the newest away than the slack of a feed of two. */
async function runShort(): Promise<void> {
  for (let n = 0; n < 8; n++) await write(n);
  await loop.idle();
  for (const n of [7, 6, 5]) {
    await withdraw(services, `story-${n}`);
    loop.onWrite(await journal.append(articleKey(`story-${n}`)));
  }
}

/** The batches that are published from now on; each is held up until `gate` opens. */
function watched(gate?: Promise<void>): string[][] {
  const batches: string[][] = [];
  const { publish } = services.publisher;
  services.publisher.publish = async (ids, onShown) => {
    const batch = [...ids];
    batches.push(batch);
    await gate;
    return publish(batch, onShown);
  };
  return batches;
}

describe("when an article is killed", () => {
  test("while others wait, its documents are written before theirs, and apart from them", async () => {
    await write(0);
    await loop.idle();
    let open = () => {};
    const batches = watched(
      new Promise((resolve) => {
        open = resolve;
      }),
    );
    await write(1);
    await expect.poll(() => batches.length).toBe(1);
    for (let n = 2; n < 4; n++) await write(n);
    await withdraw(services, "story-0");
    const killed = loop.publish(["story-0"], new Set(["story-0"]));
    open();
    await killed;
    await loop.idle();
    expect(batches).toEqual([["story-1"], ["story-0"], ["story-2", "story-3"]]);
  });

  test("and its documents cannot be written, it is first again when it comes back", async () => {
    await write(0, { section: "Broken" });
    await loop.idle();
    refused = ["feeds/section/broken/"];
    await withdraw(services, "story-0");
    const kill = loop.publish(["story-0"], new Set(["story-0"]));
    expect(await settled([kill])).toEqual(["rejected"]);
    const batches = watched();
    refused = [];
    for (let n = 1; n < 4; n++) await write(n);
    await loop.idle();
    for (const batch of batches.filter((ids) => ids.includes("story-0"))) expect(batch).toEqual(["story-0"]);
    expect(batches.flat()).toContain("story-0");
    expect(journaled()).toEqual([]);
  });

  test("and its record cannot be read, nobody is told that it is done", async () => {
    const id = await write(0);
    await wire.newsroom.put(articleKey(id), Buffer.from("{"));
    expect(await settled([loop.publish([id], new Set([id]))])).toEqual(["rejected"]);
  });
});

describe("when one part of the work fails", () => {
  test("and it is a record, those who wait for other articles hear that these are published", async () => {
    refused = [articleKey("story-1")];
    const ids = ["story-1", "story-2", "story-3"];
    for (const n of [2, 3]) await write(n);
    loop.onWrite(await journal.append(articleKey("story-1")));
    expect(await settled(ids.map((id) => loop.publish([id])))).toEqual([
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
    expect(await textOf(wire.published, "feeds/all/feed.json")).toContain("Story 3");
    // Later ones neither.
    const later = await write(4);
    expect(await settled([loop.publish([later])])).toEqual(["fulfilled"]);
    expect(journaled()).toContain(articleKey("story-1"));
  });

  test("and it is a feed, only those who wait for an article of this feed hear that it failed", async () => {
    refused = ["feeds/section/broken/"];
    const [broken, fine] = [await write(1, { section: "Broken" }), await write(2, { section: "Fine" })];
    expect(await settled([loop.publish([fine]), loop.publish([broken])])).toEqual(["fulfilled", "rejected"]);
    for (let n = 3; n < 6; n++) {
      const next = await write(n, { section: "Fine" });
      expect(await settled([loop.publish([next])])).toEqual(["fulfilled"]);
    }
  });

  test("the worker tries it again, less and less often, until it is done", async () => {
    refused = [windowKey("all")];
    await write(1);
    // A lost put of a story pauses for less.
    const retries = () => pauses.filter((ms) => ms >= RETRY_MS);
    await expect.poll(() => retries().length).toBeGreaterThan(8);
    refused = [];
    await loop.idle();
    expect(retries().slice(0, 8)).toEqual([
      ...[1, 2, 4, 8, 16, 32].map((n) => n * RETRY_MS),
      MAX_RETRY_MS,
      MAX_RETRY_MS,
    ]);
    await expectTruth(services.site, wire.services.stores);
    expect(journaled()).toEqual([]);
  });
});

test("when an article comes just as the one before is done, it is not forgotten", async () => {
  const [first, second] = [await write(1), await write(2)];
  await loop.idle();
  for (let hops = 0; hops < 60; hops++) {
    await loop.publish([first]);
    for (let i = 0; i < hops; i++) await undefined;
    const answer = loop.publish([second]).then(() => "published");
    expect(await Promise.race([answer, turns(10_000).then(() => `forgotten after ${hops} hops`)])).toBe(
      "published",
    );
  }
});

test("when an entry is of no article, it stays in the journal, and the articles are published", async () => {
  const other = await journal.append("notices/x.json");
  loop.onWrite(other);
  await loop.publish([await write(1)]);
  await loop.idle();
  expect(journaled()).toContain("notices/x.json");
  await journal.settle([other]);
  expect(journaled()).toEqual([]);
});

describe("when the change log cannot be told", () => {
  test("who waits for an article hears of its documents and its story, and the log is told later", async () => {
    const id = await write(1);
    await loop.idle();
    refused = ["changes/"];
    await write(1, { headline: "Again", updated: "2026-11-27T10:00:00Z" });
    expect(await settled([loop.publish([id])])).toEqual(["fulfilled"]);
    expect(await textOf(wire.published, "feeds/all/feed.json")).toContain("Again");
    expect(await textOf(wire.published, `stories/${id}.json`)).toContain("Again");
    await turns(20);
    expect(journaled()).toContain(articleKey(id));
    expect(await textOf(wire.published, "changes/open.json")).not.toContain('"kind":"updated"');
    refused = [];
    await loop.idle();
    expect(await textOf(wire.published, "changes/open.json")).toContain('"kind":"updated"');
    expect(journaled()).toEqual([]);
  });

  test("who waits for a kill hears that it is not done", async () => {
    const id = await write(1);
    await loop.idle();
    refused = ["changes/"];
    await withdraw(services, id);
    expect(await settled([loop.publish([id], new Set([id]))])).toEqual(["rejected"]);
  });

  test("who waits for an article whose story cannot be written hears that it is not done", async () => {
    refused = ["stories/"];
    expect(await settled([loop.publish([await write(1)])])).toEqual(["rejected"]);
  });
});

test("when the worker is closed, it refuses to publish", async () => {
  await write(1);
  await loop.close();
  await expect(loop.publish(["story-1"])).rejects.toThrow("closing");
});

describe("feeds that run short", () => {
  test("when a batch leaves a feed short, the feed is filled at once", async () => {
    await atRest();
    await runShort();
    await loop.idle();
    await expect.poll(() => repairsOf(services)).toEqual([]);
    await idle();
    expect(await repairsOf(services)).toEqual([]);
    await expectTruth(services.site, wire.services.stores);
  });

  test("when each publish in the meantime sees that a feed is short, the feed is still filled", async () => {
    await atRest();
    let go = () => {};
    scans = new Promise((resolve) => {
      go = resolve;
    });
    await runShort();
    await expect.poll(() => textOf(wire.newsroom, windowKey("all"))).toContain("rebuilding");
    for (let n = 20; n < 24; n++) await loop.publish([await write(n)]);
    go();
    await idle();
    await expectTruth(services.site, wire.services.stores);
  });

  test("when a feed cannot be filled, each tick tries it again", async () => {
    await atRest();
    refused = ["feeds/all/"];
    await services.stores.newsroom.put(windowKey("all"), Buffer.from("garbage"));
    await askForRepair(services, ["all"]);
    ticks.poke();
    for (let minute = 1; minute <= 3; minute++) {
      await expect.poll(() => minutes.length).toBeGreaterThan(0);
      expect(await repairsOf(services)).toContain("all");
      for (const passed of minutes.splice(0)) passed();
    }
    refused = [];
    await idle();
    await expectTruth(services.site, wire.services.stores);
  });

  test("when the wire closes, a rebuild that is under way is left to the next process", async () => {
    await atRest();
    let go = () => {};
    scans = new Promise((resolve) => {
      go = resolve;
    });
    await runShort();
    await expect.poll(() => textOf(wire.newsroom, windowKey("all"))).toContain("rebuilding");
    const closed = Promise.all([loop.close(), ticks.close()]);
    go();
    await closed;
    await startedAndAtRest(createServices(services));
    expect(await repairsOf(services)).toEqual([]);
    await expectTruth(services.site, wire.services.stores);
  });
});

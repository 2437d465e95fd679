import { describe, expect, test } from "vitest";
import { FEEDS } from "../../src/core/keys.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { leaveNotes, listNotes, notesFor, takeTurn } from "../../src/repository/handover.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { flashesAtOnce, SlowWire, story, stream } from "./writers.ts";

/* All times are virtual: neither the machine nor its load has a part in them. */

const SEEDS = [1, 2, 3];
const MAX_RUN_MS = 600_000;

describe("when ten processes get a flash each at the same moment, the last one is in all and breaking within 1.5 s", () => {
  test.each([
    ["of processes that were just started", {}],
    ["of processes that published before", { warm: true }],
    ["while the queue brings the same flashes to other publishers", { queued: true }],
  ])("%s", async (_, options) => {
    for (const seed of SEEDS) {
      const { last } = await flashesAtOnce({ seed, ...options });
      expect(last, `seed ${seed}`).toBeLessThan(1_500);
    }
  });
});

test("when breaking news comes alone, its answer waits no longer for the page at the root than for the log and its mark", async () => {
  for (const seed of SEEDS) {
    const { shown, last } = await flashesAtOnce({ seed, flashes: 1, warm: true });
    // Within three requests: the put of one document may still be under way.
    expect(last - shown, `seed ${seed}`).toBeLessThan(150);
  }
});

describe("when every article is in the same eight feeds, several publishers bring at least 0.95 of what one brings", () => {
  test.each([
    [1, 120],
    [10, 1_000],
  ])("two, and four, that take at most %i of %i articles at once", async (batch, articles) => {
    const alone = await stream({ seed: 1, publishers: 1, articles, batch });
    for (const publishers of [2, 4]) {
      const together = await stream({ seed: 1, publishers, articles, batch });
      expect(together.perSecond, `${publishers} publishers`).toBeGreaterThan(0.95 * alone.perSecond);
      // One change log takes at least 50 changes a second in batches, where S3 answers after 40 ms.
      if (batch > 1) expect(together.perSecond, `${publishers} publishers`).toBeGreaterThan(50);
    }
  });
});

describe("when a publisher dies that has the turn", () => {
  test("another one takes the turn within seconds, publishes its own article and that of every note, and leaves nothing behind", async () => {
    const wire = new SlowWire(1);
    await wire.fill();
    const near = wire.near();
    await ingest(near, story("orphan", 1_000));
    await ingest(near, story("waits", 1_001));
    // The publisher that dies has left its note and taken the turn.
    await leaveNotes(near, notesFor("dead", ["orphan"]));
    expect(await takeTurn(near, "dead")).toBeDefined();
    const published = wire.process().publisher.publish(["waits"]);
    await wire.time.run(MAX_RUN_MS);
    expect([...(await published).left]).toEqual([]);
    expect(wire.time.now).toBeLessThan(10_000);
    await expectTruth(near.site, wire.stores);
    expect(await handoverKeys(wire)).toEqual([]);
  });
});

describe("when a publisher waits for the one that has the turn", () => {
  test("its publish ends only when the documents show its article", async () => {
    const { wire, services, holding } = await busyWire();
    const published = services.publisher.publish(["late"]).then(async () => {
      const stored = await wire.stores.published.get(`${FEEDS}all/feed.json`);
      return Buffer.from(stored?.body ?? "").toString();
    });
    await wire.time.run(MAX_RUN_MS);
    await holding;
    expect(await published).toContain("Story late");
    expect(await handoverKeys(wire)).toEqual([]);
  });

  test("a holder of the turn that cannot publish the article leaves it to the one that waits, which reports the failure", async () => {
    const { wire, services, holding } = await busyWire();
    await wire.stores.newsroom.put("articles/late.json", Buffer.from("{ torn"));
    const published = services.publisher.publish(["late"]);
    await wire.time.run(MAX_RUN_MS);
    expect((await holding).unreadable).toEqual([]);
    expect((await published).unreadable).toEqual(["late"]);
    expect(await handoverKeys(wire)).toEqual([]);
  });

  test("a holder of the turn that needs eight seconds keeps the turn, and no window is written in a race", async () => {
    const { wire, services, holding } = await busyWire(8_000);
    const published = services.publisher.publish(["late"]);
    await wire.time.run(MAX_RUN_MS);
    expect([...(await holding).left, ...(await published).left]).toEqual([]);
    expect(wire.time.now).toBeGreaterThan(8_000);
    expect(wire.traffic.lostWindowPuts).toBe(0);
    await expectTruth(services.site, wire.stores);
  });

  /** A wire with a publisher that has the turn for some 300 ms and `delay`, and another one with an article to publish. */
  async function busyWire(delay = 0) {
    const wire = new SlowWire(1);
    await wire.fill();
    await ingest(wire.near(), story("early", 1_000));
    await ingest(wire.near(), story("late", 1_001));
    const holder = wire.process({ isRushed: true, delay });
    const holding = holder.publisher.publish(["early"]);
    return { wire, services: wire.process({ isRushed: true }), holding };
  }
});

describe("notes", () => {
  test("when ids are many or long, they stand in several keys, and are read from the keys as they were", async () => {
    const wire = new SlowWire(1);
    const ids = Array.from({ length: 120 }, (_, n) => `${"北朝鮮, ".repeat(n % 25)}${n}`);
    await leaveNotes(wire, notesFor("token", ids));
    const notes = await listNotes(wire);
    expect(notes.length).toBeGreaterThan(1);
    expect(notes.flatMap((note) => note.ids).sort()).toEqual([...ids].sort());
  });
});

async function handoverKeys({ stores }: SlowWire): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of stores.newsroom.list("handover/")) keys.push(key);
  return keys;
}

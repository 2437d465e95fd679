import { expect, test } from "vitest";
import { runTick, upkeepOf } from "../../src/aws/tick-handler.ts";
import { DAY_MS } from "../../src/core/limits.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { createServices } from "../../src/services.ts";
import { never } from "../../src/upkeep/deps.ts";
import { AUDIT_RECORDS, REPAIR_PAGE, SETTLED_MS } from "../../src/upkeep/limits.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import {
  askForRepair,
  beginRebuild,
  continueRebuild,
  type RebuildJob,
} from "../../src/upkeep/rebuild-job.ts";
import { upkeepStatus } from "../../src/upkeep/status.ts";
import { createUpkeep } from "../../src/upkeep/tick.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { countingStore } from "../support/counting-store.ts";
import { beginLog, repairsOf, tickOnce } from "../support/upkeep.ts";
import { incoming, type MemoryWire, memoryWire, textOf } from "../support/wire.ts";

async function filled(count: number): Promise<MemoryWire> {
  const wire = memoryWire();
  await wire.services.publisher.startFeeds();
  for (let n = 0; n < count; n++) await ingest(wire.services, incoming(n));
  await wire.services.publisher.publish(Array.from({ length: count }, (_, n) => `story-${n}`));
  return wire;
}

test("when everything is right, a tick leaves it as it is and counts no repair", async () => {
  const wire = await filled(5);
  wire.clock.now += 2 * SETTLED_MS;
  expect(await tickOnce(wire.services)).toMatchObject({ records: 5, repaired: [], filled: [] });
});

test("invariant 5: when the event of a record was lost, a tick publishes the record after its settling time", async () => {
  const wire = await filled(3);
  await ingest(wire.services, incoming(7));
  expect((await tickOnce(wire.services)).repaired).toEqual([]);
  wire.clock.now += SETTLED_MS + 1;
  // In `all` and its section, in three formats each.
  expect(await tickOnce(wire.services)).toMatchObject({ repaired: ["story-7"], documents: 8, failed: [] });
  await expectTruth(wire.services.site, wire.services.stores);
  const foundAt = new Date(wire.clock.now).toISOString();
  wire.clock.now += SETTLED_MS + 1;
  expect((await tickOnce(wire.services)).repaired).toEqual([]);
  expect(await upkeepStatus(wire.services)).toMatchObject({
    last: { at: new Date(wire.clock.now).toISOString(), documents: 0 },
    found: { at: foundAt, documents: 8 },
  });
});

test("invariant 1: when a document is not what its window renders, a tick writes it again", async () => {
  const wire = await filled(3);
  await wire.published.put("feeds/all/rss.xml", Buffer.from("broken"));
  await wire.published.delete("feeds/section/world/feed.json");
  wire.clock.now += SETTLED_MS + 1;
  expect(await tickOnce(wire.services)).toMatchObject({
    repaired: ["all", "section/world"],
    documents: 2,
    failed: [],
  });
  await expectTruth(wire.services.site, wire.services.stores);
});

test("when a record cannot be read, the walk names it and goes on; when a window cannot, it is made again from the records", async () => {
  const wire = await filled(3);
  await wire.newsroom.put("articles/a-poison.json", Buffer.from("{"));
  await wire.newsroom.put("windows/section/world.json", Buffer.from("{"));
  await ingest(wire.services, incoming(7));
  wire.clock.now += SETTLED_MS + 1;
  expect(await tickOnce(wire.services)).toMatchObject({
    repaired: ["story-7"],
    failed: ["a-poison"],
    filled: ["section/world"],
  });
});

test("when the time is up, the audit goes on where it ended, and begins again a day later", async () => {
  const wire = await filled(AUDIT_RECORDS + 5);
  await beginLog(wire.services);
  const upkeep = createUpkeep(wire.services, { settlesMs: 0, auditsAtStart: false });
  const looks = [];
  for (let i = 0; i < 4; i++) {
    const { feeds, records } = await upkeep.tick(() => true);
    looks.push([feeds, records]);
  }
  expect(looks).toEqual([
    [3, 0],
    [0, AUDIT_RECORDS],
    [0, 5],
    [0, 0],
  ]);
  wire.clock.now += DAY_MS - 1;
  expect(await upkeep.tick(never)).toMatchObject({ records: 0, isAtRest: true });
  wire.clock.now += 1;
  expect(await upkeep.tick(never)).toMatchObject({ feeds: 3, records: AUDIT_RECORDS + 5 });
});

test("when nothing is due, a tick is one LIST and one HEAD, and writes nothing", async () => {
  const wire = await filled(3);
  const [newsroom, published] = [countingStore(wire.newsroom), countingStore(wire.published)];
  const services = createServices({
    ...wire.services,
    stores: { newsroom: newsroom.store, published: published.store },
  });
  const upkeep = createUpkeep(services, { settlesMs: 0, auditsAtStart: true });
  while (!(await upkeep.tick(never)).isAtRest);
  newsroom.reset();
  published.reset();
  expect(await upkeep.tick(never)).toMatchObject({ isAtRest: true });
  const none = { get: {}, head: {}, put: {}, delete: {}, list: {} };
  expect(newsroom.counts).toEqual({ ...none, list: { schedule: 1 } });
  expect(published.counts).toEqual({ ...none, head: { changes: 1 } });
});

test("when notes of an earlier version are there, a start takes them over", async () => {
  const wire = await filled(3);
  await wire.newsroom.put("repairs/section/world.json", Buffer.from("{}"));
  expect(await tickOnce(wire.services)).toMatchObject({ filled: ["section/world"], failed: [] });
  expect(await wire.newsroom.get("repairs/section/world.json")).toBeUndefined();
  expect(await repairsOf(wire.services)).toEqual([]);
});

test("when a feed ran short, it is filled again in parts while articles come and go", async () => {
  const wire = await filled(REPAIR_PAGE + 20);
  // Five of the newest go: more than the slack of a feed of two.
  for (let n = REPAIR_PAGE + 15; n < REPAIR_PAGE + 20; n++) {
    await withdraw(wire.services, `story-${n}`);
    await askForRepair(wire.services, (await wire.services.publisher.publish([`story-${n}`])).underfilled);
  }
  const feeds = await repairsOf(wire.services);
  const first = await continueRebuild(
    wire.services,
    await beginRebuild(wire.services, feeds, []),
    () => true,
  );
  expect(first.job).toBeDefined();
  await ingest(wire.services, incoming(REPAIR_PAGE + 50));
  await wire.services.publisher.publish([`story-${REPAIR_PAGE + 50}`]);
  const kept: RebuildJob = JSON.parse(JSON.stringify(first.job));
  const second = await continueRebuild(wire.services, kept, never);
  expect(second).toMatchObject({ report: { feeds: ["all", "section/world"], underfilled: [] }, failed: [] });
  expect(second.job).toBeUndefined();
  expect(await repairsOf(wire.services)).toEqual([]);
  expect(await textOf(wire.published, "feeds/all/feed.json")).toContain(`Story ${REPAIR_PAGE + 14}`);
  await expectTruth(wire.services.site, wire.services.stores);
});

test("when a feed runs short again just as its reminder goes, its repair is asked for still", async () => {
  const wire = await filled(30);
  // The audit, which would see it too, is over.
  const upkeep = createUpkeep(wire.services, { settlesMs: 0, auditsAtStart: true });
  await upkeep.tick(never);
  const runShort = async (count: number) => {
    for (let n = count - 5; n < count; n++) {
      await withdraw(wire.services, `story-${n}`);
      const { underfilled } = await wire.services.publisher.publish([`story-${n}`]);
      await askForRepair(wire.services, underfilled);
    }
  };
  await runShort(30);
  const remove = wire.newsroom.delete.bind(wire.newsroom);
  let isFirst = true;
  wire.newsroom.delete = async (key) => {
    if (isFirst && key.includes("/repair/all")) {
      isFirst = false;
      await runShort(25);
    }
    return remove(key);
  };
  await upkeep.tick(never);
  expect(await repairsOf(wire.services)).toContain("all");
  await upkeep.tick(never);
  expect(await repairsOf(wire.services)).toEqual([]);
  await expectTruth(wire.services.site, wire.services.stores);
});

test("when there are more records than one page has, a rebuild and a round of the audit list them once each", async () => {
  const wire = await filled(AUDIT_RECORDS + 5);
  await beginLog(wire.services);
  // It ends the first page of the audit, and is no record.
  await wire.newsroom.put("articles/story-99z", Buffer.from("no record"));
  const newsroom = countingStore(wire.newsroom);
  const services = createServices({
    ...wire.services,
    stores: { ...wire.services.stores, newsroom: newsroom.store },
  });
  expect(await rebuild(services)).toMatchObject({ records: AUDIT_RECORDS + 5, failed: [] });
  expect(newsroom.counts.list.articles).toBe(1);
  newsroom.reset();
  expect(await tickOnce(services)).toMatchObject({ records: AUDIT_RECORDS + 5, failed: [] });
  expect(newsroom.counts.list.articles).toBe(1);
  // The windows of the second page are those of the first.
  expect(newsroom.counts.get.windows).toBeLessThan(12);
});

test("when a tick runs, it counts itself, and starts the feeds of a new site file", async () => {
  const wire = memoryWire();
  await runTick(wire, upkeepOf(wire), { getRemainingTimeInMillis: () => 55_000 });
  expect(await textOf(wire.published, "feeds/corrections/atom.xml")).toContain("<feed");
  expect(wire.metrics).toEqual({ Ticks: 1 });
});

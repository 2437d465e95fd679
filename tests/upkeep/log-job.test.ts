import { expect, test } from "vitest";
import { OPEN_KEY } from "../../src/core/keys.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { openLog } from "../../src/publish/change-log.ts";
import { decorate } from "../../src/store/decorate.ts";
import { never } from "../../src/upkeep/deps.ts";
import { beginEpoch } from "../../src/upkeep/epoch.ts";
import { SETTLED_MS } from "../../src/upkeep/limits.ts";
import { createUpkeep } from "../../src/upkeep/tick.ts";
import { expectLogOfRecords, toldBy } from "../support/change-log.ts";
import { beginLog, startedAndAtRest, tickOnce } from "../support/upkeep.ts";
import { incoming, type MemoryWire, memoryWire, textOf } from "../support/wire.ts";

/** As a version of the wire left it that had no log. */
async function withoutLog(count: number): Promise<MemoryWire> {
  const wire = memoryWire();
  await wire.services.publisher.startFeeds();
  for (let n = 0; n < count; n++) await ingest(wire.services, incoming(n));
  const ids = Array.from({ length: count }, (_, n) => `story-${n}`);
  await wire.services.publisher.publish(ids);
  await withdraw(wire.services, "story-0");
  await wire.services.publisher.publish(["story-0"]);
  for (const store of [wire.newsroom, wire.published])
    for (const prefix of ["stories/", "changes/", "logged/"])
      for await (const key of store.list(prefix)) await store.delete(key);
  wire.clock.now += 2 * SETTLED_MS;
  return wire;
}

test("invariant 10: when a wire without a log starts, the log begins with a snapshot of all stories and no change, and the audit has nothing to do", async () => {
  const wire = await withoutLog(30);
  const reports = await startedAndAtRest(wire.services);
  expect(reports.flatMap(({ repaired, failed }) => [...repaired, ...failed])).toEqual([]);
  const { open, stories } = await toldBy(wire.services);
  expect(open).toMatchObject({ first: 1, changes: [], snapshot: { seq: 0, pages: 1 } });
  expect(stories).toHaveLength(30);
  expect(stories.find(({ id }) => id === "story-0")).toMatchObject({ status: "withdrawn" });
  expect(await expectLogOfRecords(wire.services)).toBe(30);
  expect(await tickOnce(wire.services)).toMatchObject({ records: 30, repaired: [] });
});

test("when the time is up again and again, and stories change meanwhile, the job goes on where it ended, and the log tells all", async () => {
  const wire = await withoutLog(30);
  const options = { settlesMs: 0, auditsAtStart: false, snapshotStories: 4 };
  for (let n = 0; n < 30; n++) {
    // Each tick is one of another process.
    await createUpkeep(wire.services, options).tick(() => true);
    await ingest(wire.services, incoming(n, { updated: new Date(wire.clock.now - n).toISOString() }));
    await wire.services.publisher.publish([`story-${n}`]);
  }
  const { open, stories } = await toldBy(wire.services);
  expect(open.snapshot?.pages).toBeGreaterThanOrEqual(8);
  expect(new Set(stories.map(({ id }) => id)).size).toBe(stories.length);
  expect(await expectLogOfRecords(wire.services)).toBe(30);
});

test("when two processes make the same snapshot at once, it has each story once", async () => {
  const wire = await withoutLog(30);
  const options = { settlesMs: 0, auditsAtStart: false, snapshotStories: 4 };
  const upkeeps = [1, 2].map(() => createUpkeep(wire.services, options));
  await Promise.all(upkeeps.map((upkeep) => upkeep.tick(never)));
  const { stories } = await toldBy(wire.services);
  expect(new Set(stories.map(({ id }) => id)).size).toBe(stories.length);
  expect(await expectLogOfRecords(wire.services)).toBe(30);
});

test("when an epoch is begun on purpose, its name is greater, its snapshot has what the log told, and marks are left as they are", async () => {
  const wire = memoryWire();
  for (let n = 0; n < 5; n++) await ingest(wire.services, incoming(n));
  await wire.services.publisher.publish([0, 1, 2, 3, 4].map((n) => `story-${n}`));
  await beginLog(wire.services);
  const before = await toldBy(wire.services);
  // The clock went back.
  wire.clock.now -= 86_400_000;
  const epoch = await beginEpoch(wire.services);
  expect(epoch > before.open.epoch).toBe(true);
  await beginLog(wire.services);
  const after = await toldBy(wire.services);
  expect(after.open).toMatchObject({ epoch, first: 1, changes: [] });
  expect(after.folded).toEqual(before.folded);
});

test("when the event of a record was lost, the audit finds it by its mark, though every window and document shows it, and the log tells it", async () => {
  const wire = memoryWire();
  await ingest(wire.services, incoming(1));
  await wire.services.publisher.publish(["story-1"]);
  await beginLog(wire.services);
  await ingest(wire.services, incoming(1, { updated: new Date(wire.clock.now).toISOString() }));
  const feeds = new Map(["all", "section/world"].map((name) => [name, { ids: new Set(["story-1"]) }]));
  await wire.services.publisher.writeFeeds(feeds);
  wire.clock.now += SETTLED_MS + 1;
  expect(await tickOnce(wire.services)).toMatchObject({ repaired: ["story-1"], documents: 0, failed: [] });
  expect((await toldBy(wire.services)).open.changes.map(({ kind }) => kind)).toEqual([
    "published",
    "updated",
  ]);
  wire.clock.now += SETTLED_MS + 1;
  expect((await tickOnce(wire.services)).repaired).toEqual([]);
});

test("when a story waits or is the test of the wire, the audit misses no mark", async () => {
  const wire = memoryWire();
  await ingest(wire.services, incoming(1, { embargo: "2030-01-01T00:00:00.000Z" }));
  await ingest(wire.services, incoming(2, { id: "urn:flashwire:smoke" }));
  await wire.services.publisher.publish(["story-1", "urn:flashwire:smoke"]);
  await beginLog(wire.services);
  wire.clock.now += SETTLED_MS + 1;
  expect((await tickOnce(wire.services)).repaired).toEqual([]);
  expect(await expectLogOfRecords(wire.services)).toBe(0);
});

test("when an embargo ends, the change says when the story came, and not when the newsroom had filed it", async () => {
  const wire = memoryWire();
  const filed = wire.clock.now;
  await ingest(wire.services, incoming(1, { embargo: new Date(filed + 60_000).toISOString() }));
  await wire.services.publisher.publish(["story-1"]);
  wire.clock.now += 90_000;
  await startedAndAtRest(wire.services);
  const { changes } = (await toldBy(wire.services)).open;
  expect(changes).toMatchObject([{ kind: "published", at: new Date(filed + 90_000).toISOString() }]);
});

test("when a process ends between the object that takes the place of a lost log and its first page, the next tick of a wire at rest makes the log", async () => {
  const wire = memoryWire();
  await ingest(wire.services, incoming(1));
  await wire.services.publisher.publish(["story-1"]);
  const upkeep = createUpkeep(wire.services, { settlesMs: 0, auditsAtStart: false });
  for (let isAtRest = false; !isAtRest; ) ({ isAtRest } = await upkeep.tick(never));
  const before = await toldBy(wire.services);
  await wire.published.delete(OPEN_KEY);
  const published = decorate(wire.published, (store) => ({
    async put(key, body, options) {
      if (key === OPEN_KEY && !String(body).includes("begins")) throw new Error("the process ends");
      return store.put(key, body, options);
    },
  }));
  const stores = { ...wire.services.stores, published };
  await expect(openLog({ ...wire.services, stores })).rejects.toThrow("the process ends");
  expect(JSON.parse(await textOf(wire.published, OPEN_KEY))).toEqual({ begins: expect.any(String) });
  await upkeep.tick(never);
  const after = await toldBy(wire.services);
  expect(after.open).toMatchObject({ first: 1, snapshot: { seq: 0, pages: 1 } });
  expect(after.open.epoch > before.open.epoch).toBe(true);
  expect(await expectLogOfRecords(wire.services)).toBe(1);
});

import { expect, test } from "vitest";
import { runSweep } from "../../src/aws/schedule-handler.ts";
import { repairKey } from "../../src/core/keys.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { AUDIT_RECORDS, REPAIR_PAGE, SETTLED_MS } from "../../src/upkeep/limits.ts";
import { askForRepair, repairUntil } from "../../src/upkeep/resumable-rebuild.ts";
import { lastSweeps, sweep } from "../../src/upkeep/sweep.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { type Bench, bench, incoming, textOf } from "./support.ts";

const far = Number.POSITIVE_INFINITY;

async function filled(count: number): Promise<Bench> {
  const wire = bench();
  await wire.services.publisher.startFeeds();
  for (let n = 0; n < count; n++) await ingest(wire.services, incoming(n));
  await wire.services.publisher.publish(Array.from({ length: count }, (_, n) => `story-${n}`));
  return wire;
}

test("what is right is left as it is, and no repair is counted", async () => {
  const wire = await filled(5);
  wire.clock.now += 2 * SETTLED_MS;
  expect(await sweep(wire.services, far)).toMatchObject({ records: 5, repaired: [], filled: [] });
});

test("invariant 5: a record whose event was lost is published, once it should have been", async () => {
  const wire = await filled(3);
  await ingest(wire.services, incoming(7));
  expect((await sweep(wire.services, far)).repaired).toEqual([]);
  wire.clock.now += SETTLED_MS + 1;
  // In `all` and its section, in three formats each.
  expect(await sweep(wire.services, far)).toMatchObject({ repaired: ["story-7"], documents: 6, failed: [] });
  await expectTruth(wire.services.site, wire.services.stores);
  const foundAt = new Date(wire.clock.now).toISOString();
  wire.clock.now += SETTLED_MS + 1;
  expect((await sweep(wire.services, far)).repaired).toEqual([]);
  expect(await lastSweeps(wire.services)).toMatchObject({
    last: { at: new Date(wire.clock.now).toISOString(), documents: 0 },
    found: { at: foundAt, documents: 6 },
  });
});

test("invariant 1: a document that is not what its window renders is written anew", async () => {
  const wire = await filled(3);
  await wire.published.put("feeds/all/rss.xml", Buffer.from("broken"));
  await wire.published.delete("feeds/section/world/feed.json");
  wire.clock.now += SETTLED_MS + 1;
  expect(await sweep(wire.services, far)).toMatchObject({
    repaired: ["all", "section/world"],
    documents: 2,
    failed: [],
  });
  await expectTruth(wire.services.site, wire.services.stores);
});

test("a record that cannot be read does not stop the walk and is named; a window that cannot is made anew", async () => {
  const wire = await filled(3);
  await wire.newsroom.put("articles/a-poison.json", Buffer.from("{"));
  await wire.newsroom.put("windows/section/world.json", Buffer.from("{"));
  await ingest(wire.services, incoming(7));
  wire.clock.now += SETTLED_MS + 1;
  expect(await sweep(wire.services, far)).toMatchObject({
    repaired: ["story-7"],
    failed: ["a-poison"],
    filled: ["section/world"],
  });
});

test("the walk goes on where the last run ended, and begins again at the end", async () => {
  const wire = await filled(AUDIT_RECORDS + 5);
  const runs = [];
  for (let i = 0; i < 3; i++) runs.push((await sweep(wire.services, far)).records);
  expect(runs).toEqual([AUDIT_RECORDS, 5, AUDIT_RECORDS]);
});

test("a feed that ran short is filled again, a part at a time, while articles come and go", async () => {
  const wire = await filled(REPAIR_PAGE + 20);
  // Five of the newest go: more than the slack of a feed of two.
  for (let n = REPAIR_PAGE + 15; n < REPAIR_PAGE + 20; n++) {
    await withdraw(wire.services, `story-${n}`);
    await askForRepair(wire.services, (await wire.services.publisher.publish([`story-${n}`])).underfilled);
  }
  const first = await repairUntil(wire.services, undefined, wire.clock.now);
  expect(first.repair).toBeDefined();
  await ingest(wire.services, incoming(REPAIR_PAGE + 50));
  await wire.services.publisher.publish([`story-${REPAIR_PAGE + 50}`]);
  const kept: typeof first.repair = JSON.parse(JSON.stringify(first.repair));
  const second = await repairUntil(wire.services, kept, far);
  expect(second).toMatchObject({ filled: ["all", "section/world"], failed: [] });
  expect(second.repair).toBeUndefined();
  expect(await wire.newsroom.get(repairKey("all"))).toBeUndefined();
  expect(await textOf(wire.published, "feeds/all/feed.json")).toContain(`Story ${REPAIR_PAGE + 14}`);
  await expectTruth(wire.services.site, wire.services.stores);
});

test("a run counts itself and its repairs, and begins the feeds of a new site file", async () => {
  const wire = bench();
  await runSweep(wire, { getRemainingTimeInMillis: () => 55_000 });
  expect(await textOf(wire.published, "feeds/corrections/atom.xml")).toContain("<feed");
  expect(wire.metrics).toMatchObject({ Sweeps: 1, Repairs: 0, FeedsFilled: 0 });
});

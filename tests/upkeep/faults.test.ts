import { beforeEach, expect, test } from "vitest";
import { ingest } from "../../src/ingest/ingest.ts";
import { articleKey } from "../../src/repository/records.ts";
import { windowKey } from "../../src/repository/windows.ts";
import { AUDIT_RECORDS, SETTLED_MS } from "../../src/upkeep/limits.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { askForRepair } from "../../src/upkeep/rebuild-job.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { repairsOf, tickOnce } from "../support/upkeep.ts";
import { incoming, type MemoryWire, memoryWire, textOf } from "../support/wire.ts";

/*
 * Whatever is wrong with one object, and whatever fails each time: the walks go on behind it, and what is wrong is named.
 */

const COUNT = AUDIT_RECORDS + 5;

let wire: MemoryWire;
beforeEach(async () => {
  wire = memoryWire();
  await wire.services.publisher.startFeeds();
  const ids = Array.from({ length: COUNT }, (_, n) => `story-${n}`);
  for (const n of ids.keys()) await ingest(wire.services, incoming(n));
  await wire.services.publisher.publish(ids);
  wire.clock.now += SETTLED_MS + 1;
});

/** From now on this operation on keys with this beginning fails. Answers how to end that. */
function fail(operation: "get" | "put" | "head" | "list", prefix: string): () => void {
  const original = wire.newsroom[operation].bind(wire.newsroom) as (key: string, ...rest: never[]) => never;
  Object.assign(wire.newsroom, {
    [operation]: (key: string, ...rest: never[]) => {
      if (key.startsWith(prefix)) throw new Error("AccessDenied");
      return original(key, ...rest);
    },
  });
  return () => Object.assign(wire.newsroom, { [operation]: original });
}

const spoil = (key: string, text: string) => wire.newsroom.put(key, Buffer.from(text));

/** A tick with a whole round of the audit, and one that does what the first one asked for. */
async function round() {
  const reports = [await tickOnce(wire.services), await tickOnce(wire.services)];
  expect(reports.map(({ records }) => records)).toEqual([COUNT, COUNT]);
  return {
    failed: [...new Set(reports.flatMap(({ failed }) => failed))],
    filled: reports.flatMap(({ filled }) => filled),
  };
}

const record = (fields: object) => {
  const { article, feeds } = { article: incoming(0, { guid: "g" }), feeds: ["all"] };
  return JSON.stringify({ article: { ...article, ...fields }, feeds });
};

test.each([
  "{",
  "{}",
  "null",
  '{"article":{"id":"story-0"},"feeds":[]}',
  record({ section: 5 }),
  record({ sections: "World" }),
  record({ tags: "Flood" }),
  record({ tags: [null] }),
  record({ language: {} }),
  record({ updated: 5 }),
  record({ guid: undefined }),
  JSON.stringify({ article: incoming(0, { guid: "g" }), feeds: [5] }),
])("when a record is not valid, the tick and a rebuild name it and go on: %s", async (text) => {
  await spoil(articleKey("story-0"), text);
  await askForRepair(wire.services, ["all"]);
  expect(await round()).toEqual({ failed: ["story-0"], filled: ["all"] });
  expect(await rebuild(wire.services)).toMatchObject({ unreadable: ["story-0"], failed: [] });
});

test.each([
  "{",
  '{"revision":1,"entries":{"items":[{"id":5}]},"tombstones":{"items":[]},"changes":{"items":[]}}',
  undefined,
])("when a window is not valid or is gone, the tick makes it again from the records: %s", async (text) => {
  if (text === undefined) await wire.newsroom.delete(windowKey("all"));
  else await spoil(windowKey("all"), text);
  expect(await round()).toEqual({ failed: [], filled: ["all"] });
  await expectTruth(wire.services.site, wire.services.stores);
});

test("when the store does not give a record, its feed is filled without it until a later walk reads it", async () => {
  const newest = `story-${COUNT - 1}`;
  await wire.newsroom.delete(windowKey("all"));
  await askForRepair(wire.services, ["all"]);
  const end = fail("get", articleKey(newest));
  expect(await round()).toEqual({ failed: [newest], filled: ["all"] });
  expect(await textOf(wire.published, "feeds/all/feed.json")).toContain(`Story ${COUNT - 2}`);
  end();
  await round();
  await expectTruth(wire.services.site, wire.services.stores);
});

test("when the store does not take a window, other feeds are filled, and its repair note stays", async () => {
  await wire.newsroom.delete(windowKey("section/world"));
  await askForRepair(wire.services, ["all", "section/world"]);
  const end = fail("put", windowKey("all"));
  expect(await round()).toMatchObject({ filled: ["section/world"] });
  expect(await repairsOf(wire.services)).toContain("all");
  end();
  expect(await round()).toEqual({ failed: [], filled: ["all"] });
  await expectTruth(wire.services.site, wire.services.stores);
});

test("when the schedule, a record or a window cannot be read, the audit goes on with the others", async () => {
  const ends = [
    fail("list", "schedule/"),
    fail("head", articleKey("story-3")),
    fail("head", windowKey("all")),
  ];
  await ingest(wire.services, incoming(3, { headline: "Later", revision: 2 }));
  wire.clock.now += SETTLED_MS + 1;
  await wire.published.delete("feeds/section/world/rss.xml");
  expect((await round()).failed).toEqual(expect.arrayContaining(["story-3", "all"]));
  expect(await wire.published.head("feeds/section/world/rss.xml")).toBeDefined();
  expect(wire.logs).toContainEqual({
    event: "upkeep.failed",
    details: { name: "schedule", error: expect.stringContaining("AccessDenied") },
  });
  for (const end of ends.reverse()) end();
  await round();
  await expectTruth(wire.services.site, wire.services.stores);
});

test("when the window of a feed without articles is damaged, a repair writes an empty window", async () => {
  await spoil(windowKey("corrections"), "garbage");
  await askForRepair(wire.services, ["corrections"]);
  await tickOnce(wire.services);
  expect(JSON.parse(await textOf(wire.newsroom, windowKey("corrections")))).toMatchObject({
    feed: "corrections",
  });
  expect(await repairsOf(wire.services)).toEqual([]);
});

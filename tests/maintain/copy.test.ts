import { beforeEach, describe, expect, test } from "vitest";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { type CopyReport, copyWire } from "../../src/maintain/copy.ts";
import { articleKey, readRecord } from "../../src/repository/records.ts";
import { listDue } from "../../src/repository/schedule.ts";
import type { Store } from "../../src/store/port.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { countingStore } from "../support/counting-store.ts";
import { incoming, type MemoryWire, memoryWire } from "../support/wire.ts";

/* Guids and records of one wire in another one, whose documents are made of them. */

let from: MemoryWire;
let to: MemoryWire;
beforeEach(async () => {
  [from, to] = [memoryWire(), memoryWire()];
  await to.services.publisher.startFeeds();
});

const copy = (newsroom: Store = to.newsroom): Promise<CopyReport> => {
  const { services } = to;
  const publish = async (ids: string[]) => [...(await services.publisher.publish(ids)).left.keys()];
  const stores = { ...services.stores, newsroom };
  return copyWire({ ...services, stores, from: from.services.stores, publish });
};

test("when the other wire is empty, it has the same records and guids, the documents of them, and what waits waits", async () => {
  for (const n of [1, 2]) await ingest(from.services, incoming(n));
  await ingest(from.services, incoming(3, { guid: "urn:old:3" }));
  await withdraw(from.services, "story-2");
  const at = new Date(from.clock.now + 3_600_000).toISOString();
  await ingest(from.services, incoming(4, { embargo: at }));
  const report = await copy();
  expect(report).toMatchObject({
    guids: { copied: 1, same: 0 },
    records: { copied: 4, replaced: 0, same: 0, kept: 0, taken: 0, unreadable: 0 },
    unpublished: [],
  });
  for (const n of [1, 2, 3, 4]) {
    const key = articleKey(`story-${n}`);
    expect((await to.newsroom.get(key))?.body).toEqual((await from.newsroom.get(key))?.body);
  }
  await expect(ingest(to.services, incoming(9, { guid: "urn:old:3" }))).rejects.toThrow("guid");
  expect((await listDue(to.services, Date.parse(at), 9)).stories).toEqual([{ id: "story-4", at }]);
  await expectTruth(to.services.site, to.services.stores);
});

test("when a copy is cut off and run again, it goes on: what is there costs a look, and no read or write", async () => {
  for (let n = 1; n < 9; n++) await ingest(from.services, incoming(n, { guid: `urn:old:${n}` }));
  let left = 10;
  const breaking: Store = {
    ...to.newsroom,
    get: (key) => to.newsroom.get(key),
    head: (key) => to.newsroom.head(key),
    list: (...args) => to.newsroom.list(...args),
    delete: (...args) => to.newsroom.delete(...args),
    etagOf: (body) => to.newsroom.etagOf(body),
    put: async (...args) => {
      if (--left < 0) throw new Error("cut off");
      return to.newsroom.put(...args);
    },
  };
  await expect(copy(breaking)).rejects.toThrow("cut off");
  const report = await copy();
  expect(report.guids).toEqual({ copied: 0, same: 8 });
  expect(report.records.copied + report.records.same).toBe(8);
  const counting = countingStore(to.newsroom);
  expect(await copy(counting.store)).toMatchObject({ records: { same: 8, copied: 0 } });
  expect(counting.counts).toMatchObject({
    get: {},
    put: {},
    head: { guids: 8, articles: 8 },
    list: { guids: 1, articles: 1 },
  });
  await to.services.publisher.publish(Array.from({ length: 8 }, (_, n) => `story-${n + 1}`));
  await expectTruth(to.services.site, to.services.stores);
});

describe("a record that the other wire has, too", () => {
  test("when it is older there, the newer version takes its place, and leaves the feeds of the older one", async () => {
    await ingest(to.services, incoming(1, { section: "Sport" }));
    await to.services.publisher.publish(["story-1"]);
    await ingest(from.services, incoming(1, { headline: "Newer", updated: "2026-03-01T00:00:00.000Z" }));
    expect(await copy()).toMatchObject({ records: { replaced: 1, copied: 0 }, kept: [] });
    const record = await readRecord(to.services, "story-1");
    expect(record?.article).toMatchObject({ headline: "Newer" });
    expect(record?.feeds).toEqual(expect.arrayContaining(["section/sport", "section/world"]));
    await expectTruth(to.services.site, to.services.stores);
  });

  test("when it is newer there, or has other content, it stays, and the report names it", async () => {
    await ingest(from.services, incoming(1));
    await ingest(from.services, incoming(2, { headline: "Here" }));
    await ingest(to.services, incoming(1, { updated: "2026-03-01T00:00:00.000Z" }));
    await ingest(to.services, incoming(2, { headline: "There" }));
    expect(await copy()).toMatchObject({ records: { kept: 2 }, kept: ["story-1", "story-2"] });
    expect((await readRecord(to.services, "story-2"))?.article).toMatchObject({ headline: "There" });
  });

  test("when it cannot be read there, it is replaced; when it cannot be read here, it is named", async () => {
    for (const n of [1, 2]) await ingest(from.services, incoming(n));
    await to.newsroom.put(articleKey("story-1"), Buffer.from("{ no record"));
    await from.newsroom.put(articleKey("story-2"), Buffer.from("{ no record"));
    expect(await copy()).toMatchObject({
      records: { replaced: 1, unreadable: 1 },
      unreadable: ["story-2"],
    });
    expect(await readRecord(to.services, "story-1")).toBeDefined();
    expect(await readRecord(to.services, "story-2")).toBeUndefined();
  });
});

test("when another article has the guid in the other wire, the record is left out, and the report names it", async () => {
  await ingest(from.services, incoming(1, { guid: "urn:old:1" }));
  await ingest(to.services, incoming(7, { guid: "urn:old:1" }));
  // Its claim was lost here, so that only the record tells of it.
  await ingest(from.services, incoming(2, { guid: "urn:old:2" }));
  await ingest(to.services, incoming(8, { guid: "urn:old:2" }));
  for await (const key of from.newsroom.list("guids/")) {
    const { id } = JSON.parse(Buffer.from((await from.newsroom.get(key))?.body ?? []).toString());
    if (id === "story-2") await from.newsroom.delete(key);
  }
  expect(await copy()).toMatchObject({ records: { taken: 2, copied: 0 }, taken: ["story-1", "story-2"] });
  expect(await readRecord(to.services, "story-1")).toBeUndefined();
});

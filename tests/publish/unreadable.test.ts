import { beforeEach, describe, expect, test } from "vitest";
import { runTick, upkeepOf } from "../../src/aws/tick-handler.ts";
import type { Window } from "../../src/core/window.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { articleKey, readRecord } from "../../src/repository/records.ts";
import { windowKey } from "../../src/repository/windows.ts";
import { createServices, type Services } from "../../src/services.ts";
import { never } from "../../src/upkeep/deps.ts";
import { REPAIR_PAGE, SETTLED_MS } from "../../src/upkeep/limits.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { beginRebuild, continueRebuild } from "../../src/upkeep/rebuild-job.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { DOCUMENT_NAMES, documentKey } from "../support/documents.ts";
import { startedAndAtRest, tickOnce } from "../support/upkeep.ts";
import { incoming, type MemoryWire, memoryWire, textOf } from "../support/wire.ts";

/** Two entries a feed; six articles of one section, so windows have dropped some. */
let wire: MemoryWire;
beforeEach(async () => {
  wire = memoryWire();
  await wire.services.publisher.startFeeds();
  for (let n = 0; n < 6; n++) await send(n);
  wire.logs.length = 0;
});

async function send(n: number, fields = {}) {
  await ingest(wire.services, incoming(n, fields));
  return wire.services.publisher.publish([`story-${n}`]);
}

/** Another process, which remembers nothing. */
function cold(): Services {
  const { services } = wire;
  return createServices(services);
}

const spoil = (key: string, text: string) => wire.newsroom.put(key, Buffer.from(text));
const shown = async (feed = "all") => {
  const { items } = JSON.parse(await textOf(wire.published, documentKey(feed, "json")));
  return items.map(({ title }: { title: string }) => title);
};

const GARBAGE = [
  "",
  "garbage",
  '{"article":{"id":"story-5","sta',
  "null",
  "7",
  "{}",
  '"\\u0000"',
  "\0\0\0\0",
];

/** A record as it should be but for these fields. */
const recordWith = (fields: object) => {
  const article = { ...incoming(5), guid: "tag:news.example.org,2026:story-5", ...fields };
  return JSON.stringify({ article, feeds: ["all", "section/world"], accepted: "2026-01-01T00:00:00.000Z" });
};
const BY_HAND = [
  '{"article":{"id":"story-5"},"feeds":[]}',
  recordWith({ status: undefined }),
  recordWith({ status: "draft" }),
  recordWith({ updated: undefined }),
  recordWith({ section: 5 }),
  recordWith({ tags: ["T", "U"] }),
  JSON.stringify({ ...JSON.parse(recordWith({})), accepted: 5 }),
];

describe("when a record cannot be read", () => {
  test.each(GARBAGE)("its feeds are published without it, and the log names it: %j", async (text) => {
    await spoil(articleKey("story-5"), text);
    const services = cold();
    await ingest(services, incoming(6));
    expect(await services.publisher.publish(["story-5", "story-6"])).toMatchObject({
      failed: [],
      unreadable: ["story-5"],
    });
    expect(await shown()).toEqual(["Story 6", "Story 4"]);
    const told = wire.logs.filter(({ event }) => event === "record.failed");
    expect(told[0]?.details).toMatchObject({ key: "articles/story-5.json" });
  });

  test("because it holds the record of another id, documents are made without it", async () => {
    await spoil(articleKey("story-5"), await textOf(wire.newsroom, articleKey("story-4")));
    await rebuild(cold());
    expect(await shown()).toEqual(["Story 4", "Story 3"]);
  });

  test("a rebuild names it and makes the documents without it", async () => {
    await spoil(articleKey("story-5"), "garbage");
    const report = await rebuild(cold());
    expect(report).toMatchObject({ records: 5, failed: [], unreadable: ["story-5"] });
    expect(await shown()).toEqual(["Story 4", "Story 3"]);
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test("the next version replaces it, unless another writer replaces it first with a newer one", async () => {
    await spoil(articleKey("story-5"), "garbage");
    const put = wire.newsroom.put.bind(wire.newsroom);
    let overtaken = false;
    wire.newsroom.put = async (key, body, options) => {
      // Somebody else mends it first.
      if (!overtaken) {
        overtaken = true;
        await ingest(cold(), incoming(5, { headline: "Mended, later", revision: 9 }));
      }
      return put(key, body, options);
    };
    await expect(send(5, { headline: "Mended", revision: 8 })).rejects.toMatchObject({ code: "stale" });
    await send(5, { headline: "Mended once more", revision: 10 });
    expect((await shown())[0]).toBe("Mended once more");
  });

  test("and its new version is of another section, the next rebuild removes the story from the old section", async () => {
    await spoil(articleKey("story-5"), "garbage");
    expect((await ingest(wire.services, incoming(5, { section: "Sport" }))).result).toBe("updated");
    await wire.services.publisher.publish(["story-5"]);
    expect(await shown("section/sport")).toEqual(["Story 5"]);
    await rebuild(cold());
    expect(await shown("section/world")).toEqual(["Story 4", "Story 3"]);
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test.each(BY_HAND)(
    "because it was edited by hand, its story is left out until the next version comes: %s",
    async (text) => {
      await spoil(articleKey("story-5"), text);
      const services = cold();
      await ingest(services, incoming(6));
      expect(await services.publisher.publish(["story-5", "story-6"])).toMatchObject({
        ...{ failed: [], unreadable: ["story-5"] },
      });
      expect(await rebuild(cold())).toMatchObject({ records: 6, failed: [], unreadable: ["story-5"] });
      expect(await shown()).toEqual(["Story 6", "Story 4"]);
      await expect(withdraw(cold(), "story-5")).rejects.toMatchObject({ code: "unreadable" });
      // Be it the very version that was spoiled.
      expect((await ingest(cold(), incoming(5))).result).toBe("updated");
      expect(await cold().publisher.publish(["story-5"])).toMatchObject({ failed: [], unreadable: [] });
      await rebuild(cold());
      expect(await shown()).toEqual(["Story 6", "Story 5"]);
      await expectTruth(wire.services.site, wire.services.stores);
    },
  );

  test("the story can be neither shown nor withdrawn, and the error names the record", async () => {
    await spoil(articleKey("story-5"), "garbage");
    const error = { code: "unreadable", message: expect.stringContaining("articles/story-5.json") };
    await expect(readRecord(wire.services, "story-5")).rejects.toMatchObject(error);
    await expect(withdraw(wire.services, "story-5")).rejects.toMatchObject(error);
  });
});

const items = (...all: unknown[]) => ({ items: all });
const ENTRY = { id: "story-5", version: "v", published: "p", updated: "u" };
/** One that is as it should be but for these fields. */
const windowWith = (fields: object) =>
  JSON.stringify({
    ...{ feed: "all", revision: 1, order: "published", entries: items() },
    ...{ tombstones: items(), changes: items(), ...fields },
  });
const WRONG_WINDOWS = [
  '{"revision":1,"entries":{"items":[{"id":5}]},"tombstones":{"items":[]},"changes":{"items":[]}}',
  '{"feed":"section/world","revision":1}',
  windowWith({ feed: "section/world" }),
  windowWith({ revision: "1" }),
  windowWith({ order: undefined }),
  windowWith({ changes: {} }),
  windowWith({ rebuilding: 5 }),
  windowWith({ entries: items(null) }),
  windowWith({ entries: items({ ...ENTRY, id: 5 }) }),
  windowWith({ entries: items({ ...ENTRY, label: {} }) }),
  windowWith({ entries: items(ENTRY, { ...ENTRY, version: "w" }) }),
  windowWith({ entries: { items: [], floor: { date: 5, id: "a" } } }),
  windowWith({ tombstones: items({ id: "story-5", version: "v", updated: "u", accepted: "a" }) }),
  windowWith({ changes: items({ id: "story-5", version: "v", updated: "u" }) }),
];

describe("when a window cannot be read", () => {
  test.each(WRONG_WINDOWS)(
    "because it has the wrong shape, a rebuild makes it again from the records: %s",
    async (text) => {
      await spoil(windowKey("all"), text);
      expect((await send(6)).failed).toMatchObject([{ feed: "all", error: { key: "windows/all.json" } }]);
      expect(await rebuild(cold())).toMatchObject({ failed: [], underfilled: [] });
      expect(await shown()).toEqual(["Story 6", "Story 5"]);
      await expectTruth(wire.services.site, wire.services.stores);
    },
  );

  test("but when a window is only out of date, publishing brings it up to date", async () => {
    await spoil(windowKey("all"), windowWith({ entries: items(ENTRY, { ...ENTRY, id: "unknown" }) }));
    const services = cold();
    expect(await services.publisher.publish(["story-5", "story-4"])).toMatchObject({ failed: [] });
    expect(await shown()).toEqual(["Story 5", "Story 4"]);
  });

  test.each(GARBAGE)(
    "only its feed fails, the error names the window, and no story is lost: %j",
    async (text) => {
      await spoil(windowKey("all"), text);
      await ingest(wire.services, incoming(6));
      for (const services of [wire.services, cold()]) {
        const { failed, underfilled, feeds } = await services.publisher.publish(["story-6"]);
        expect({ underfilled, feeds }).toEqual({ underfilled: ["all"], feeds: ["section/world"] });
        expect(failed).toMatchObject([{ feed: "all", error: { code: "unreadable" } }]);
        expect(String(failed[0]?.error)).toContain("windows/all.json");
      }
      expect(await shown()).toEqual(["Story 5", "Story 4"]);
      expect(await shown("section/world")).toEqual(["Story 6", "Story 5"]);
    },
  );

  test("a rebuild of its feed makes it again from the records", async () => {
    await spoil(windowKey("all"), "garbage");
    expect(await rebuild(cold(), { feeds: ["all"] })).toMatchObject({ feeds: ["all"], failed: [] });
    expect(await shown()).toEqual(["Story 5", "Story 4"]);
    await expectTruth(wire.services.site, wire.services.stores);
    // It knows what it has left out: with most of its entries gone it asks for a rebuild.
    for (const n of [5, 4, 3]) await withdraw(wire.services, `story-${n}`);
    const report = await cold().publisher.publish(["story-5", "story-4", "story-3"]);
    expect(report.underfilled).toContain("all");
  });

  test("and a story changes during the rebuild, the window made again holds the latest version", async () => {
    await spoil(windowKey("all"), "garbage");
    let sent = false;
    const get = wire.newsroom.get.bind(wire.newsroom);
    wire.newsroom.get = async (key) => {
      const found = await get(key);
      // Behind the scan: it has read the third, and not yet this one's news.
      if (key === articleKey("story-3") && !sent) {
        sent = true;
        await ingest(
          cold(),
          incoming(0, { headline: "Renewed", revision: 2, published: incoming(9).published }),
        );
        expect((await cold().publisher.publish(["story-0"])).failed).toMatchObject([{ feed: "all" }]);
      }
      return found;
    };
    await rebuild(cold(), { feeds: ["all"] });
    await cold().publisher.publish(["story-0"]);
    expect(await shown()).toEqual(["Renewed", "Story 5"]);
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test("and it is spoiled again during the rebuild, the next rebuild must mend it", async () => {
    await spoil(windowKey("all"), "garbage");
    const get = wire.newsroom.get.bind(wire.newsroom);
    wire.newsroom.get = async (key) => {
      if (key === articleKey("story-3")) await spoil(windowKey("all"), "more garbage");
      return get(key);
    };
    expect((await rebuild(cold(), { feeds: ["all"] })).failed).toMatchObject([{ feed: "all" }]);
    expect(await shown()).toEqual(["Story 5", "Story 4"]);
  });

  test("a tick makes it again from the records", async () => {
    await spoil(windowKey("all"), "garbage");
    wire.clock.now += SETTLED_MS + 1;
    const report = await tickOnce(wire.services);
    expect(report).toMatchObject({ failed: [], filled: ["all"] });
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test("a rebuild in several steps makes it again from the records", async () => {
    const more = Array.from({ length: REPAIR_PAGE }, (_, n) => incoming(n + 6));
    for (const one of more) await ingest(wire.services, one);
    await wire.services.publisher.publish(more.map(({ id }) => id));
    await spoil(windowKey("all"), "garbage");
    const begun = await beginRebuild(wire.services, ["all"], []);
    const first = await continueRebuild(wire.services, begun, () => true);
    expect(first.job).toMatchObject({ lost: [["all", { etag: expect.any(String) }]] });
    // Between two parts the job lies in the bucket.
    const job = JSON.parse(JSON.stringify(first.job));
    const second = await continueRebuild(cold(), job, never);
    expect(second).toMatchObject({ report: { feeds: ["all"], underfilled: [] }, failed: [] });
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test("the next start of a local wire fills it", async () => {
    await startedAndAtRest(wire.services);
    await spoil(windowKey("all"), "garbage");
    const reports = await startedAndAtRest(cold());
    expect(reports.flatMap(({ filled }) => filled)).toEqual(["all"]);
    await expectTruth(wire.services.site, wire.services.stores);
  });
});

describe("when a window is gone, but its documents are there", () => {
  const lose = (feed: string) => wire.newsroom.delete(windowKey(feed));

  test("only its feed fails, the error names the window, and no story is lost", async () => {
    await lose("all");
    await ingest(wire.services, incoming(6));
    for (const services of [wire.services, cold()]) {
      const { failed, underfilled, feeds, left } = await services.publisher.publish(["story-6"]);
      expect({ underfilled, feeds }).toEqual({ underfilled: ["all"], feeds: ["section/world"] });
      expect(failed).toMatchObject([{ feed: "all", error: { code: "unreadable" } }]);
      expect(String(failed[0]?.error)).toContain("windows/all.json");
      expect([...left.keys()]).toEqual(["story-6"]);
    }
    expect(await shown()).toEqual(["Story 5", "Story 4"]);
  });

  test("it is noticed even where one document is left of three", async () => {
    await lose("all");
    for (const format of ["rss", "json"] as const) await wire.published.delete(documentKey("all", format));
    expect((await send(6)).underfilled).toEqual(["all"]);
  });

  test.each([[["all"]], [["section/world"]], [undefined]])(
    "a rebuild of %j makes it again from the records",
    async (feeds) => {
      for (const feed of feeds ?? ["all", "section/world", "corrections"]) await lose(feed);
      expect(await rebuild(cold(), feeds && { feeds })).toMatchObject({ failed: [], underfilled: [] });
      await send(6);
      expect(await shown("section/world")).toEqual(["Story 6", "Story 5"]);
      await expectTruth(wire.services.site, wire.services.stores);
    },
  );

  test("a rebuild does not overwrite a window that another process made in the meantime", async () => {
    await lose("all");
    const put = wire.newsroom.put.bind(wire.newsroom);
    let made = false;
    wire.newsroom.put = async (key, body, options) => {
      if (key === windowKey("all") && !made) {
        made = true;
        await rebuild(cold());
        await send(6);
      }
      return put(key, body, options);
    };
    expect(await rebuild(cold(), { feeds: ["all"] })).toMatchObject({ failed: [] });
    expect(await shown()).toEqual(["Story 6", "Story 5"]);
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test.each(["all", "section/world", "corrections"])(
    "a tick makes it again from the records: %s",
    async (feed) => {
      await lose(feed);
      wire.clock.now += SETTLED_MS + 1;
      await runTick(wire, upkeepOf(wire), { getRemainingTimeInMillis: () => 55_000 });
      expect(await wire.newsroom.head(windowKey(feed))).toBeDefined();
      expect(wire.metrics).toMatchObject({ FeedsFilled: 1 });
      await expectTruth(wire.services.site, wire.services.stores);
    },
  );

  test("and its documents are gone as well, publishing goes on", async () => {
    await lose("all");
    for (const format of DOCUMENT_NAMES) await wire.published.delete(documentKey("all", format));
    expect(await send(6)).toMatchObject({ failed: [] });
  });
});

test("when a window has an entry that its record never gives, the error names both instead of reporting contention", async () => {
  const finish = (window: Window): Window => {
    const entries = { items: window.entries.items.map((entry) => ({ ...entry, version: "none" })) };
    return { ...window, entries };
  };
  const { failed } = await cold().publisher.writeFeeds(
    new Map([["all", { ids: new Set(["story-5"]), finish }]]),
  );
  expect(failed).toMatchObject([{ feed: "all", error: { code: "unreadable" } }]);
  expect(String(failed[0]?.error)).toMatch(/windows\/all\.json.*articles\/story-\d\.json/);
});

test("when upkeep cannot read how far it came, it begins from the start", async () => {
  await spoil("upkeep/state.json", "garbage");
  expect(await tickOnce(wire.services)).toMatchObject({ records: 6, failed: [] });
});

test("when a document is garbage, publishing overwrites it", async () => {
  for (const file of ["rss.xml", "feed.json"])
    await wire.published.put(`feeds/all/${file}`, Buffer.from("garbage"));
  await cold().publisher.publish(["story-5"]);
  await expectTruth(wire.services.site, wire.services.stores);
});

import { beforeEach, describe, expect, test } from "vitest";
import { publishBatch } from "../../src/aws/publish-handler.ts";
import type { Site } from "../../src/core/site.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { readMark } from "../../src/repository/rollout.ts";
import { windowKey } from "../../src/repository/windows.ts";
import { createServices } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import { never } from "../../src/upkeep/deps.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { askForRepair, beginRebuild, continueRebuild } from "../../src/upkeep/rebuild-job.ts";
import { SITE } from "../simulation/site.ts";
import { repairsOf } from "../support/upkeep.ts";
import { incoming, type MemoryWire, memoryWire, s3Body, sqsEvent } from "../support/wire.ts";

/** What must come after what: each of these orders protects work that a crash in between would lose. */

let wire: MemoryWire;
beforeEach(async () => {
  wire = memoryWire();
  await wire.services.publisher.startFeeds();
  for (let n = 0; n < 6; n++) await ingest(wire.services, incoming(n));
  await wire.services.publisher.publish(Array.from({ length: 6 }, (_, n) => `story-${n}`));
});

describe("the mark of a rebuild", () => {
  test("when a feed of the rebuild cannot be written, the mark does not say that all feeds are done", async () => {
    const site: Site = { ...SITE, title: "Another Name" };
    const published = decorate(wire.published, (store) => ({
      put: (key, ...rest) =>
        key.startsWith("feeds/all/") ? Promise.reject(new Error("ENOSPC")) : store.put(key, ...rest),
    }));
    const stores = { newsroom: wire.newsroom, published };
    const report = await rebuild(createServices({ ...wire.services, site, stores }));
    expect(report.failed.map(({ feed }) => feed)).toEqual(["all"]);
    expect(await readMark(wire.services)).toEqual({});
  });
});

describe("the reminder of a repair", () => {
  test("when a feed is being filled, its reminder stays until the feed is written", async () => {
    await askForRepair(wire.services, ["all"]);
    const seen: string[][] = [];
    const published = decorate(wire.published, (store) => ({
      async put(key, ...rest) {
        seen.push(await repairsOf(wire.services));
        return store.put(key, ...rest);
      },
    }));
    await wire.published.delete("feeds/all/rss.xml");
    const services = createServices({ ...wire.services, stores: { newsroom: wire.newsroom, published } });
    await continueRebuild(services, await beginRebuild(services, ["all"], []), never);
    expect(seen).not.toEqual([]);
    expect(seen.every((repairs) => repairs.includes("all"))).toBe(true);
    expect(await repairsOf(wire.services)).toEqual([]);
  });

  test("when a batch of the queue leaves a feed short, publishing asks for its repair", async () => {
    for (const n of [5, 4, 3, 2]) await withdraw(wire.services, `story-${n}`);
    const event = sqsEvent(...[5, 4, 3, 2].map((n) => s3Body(`articles/story-${n}.json`)));
    expect(await publishBatch(wire, event)).toEqual({ batchItemFailures: [] });
    expect(await repairsOf(wire.services)).toContain("all");
  });
});

describe("a feed that the site file no longer names", () => {
  test("when it is retired, its window goes after its documents", async () => {
    const deleted: string[] = [];
    const noting = (store: typeof wire.newsroom) =>
      decorate(store, () => ({
        async delete(key, condition) {
          deleted.push(key);
          return store.delete(key, condition);
        },
      }));
    const stores = { newsroom: noting(wire.newsroom), published: noting(wire.published) };
    const site: Site = { ...SITE, feeds: SITE.feeds.filter(({ name }) => name !== "all") };
    const services = createServices({ ...wire.services, site, stores });
    await services.publisher.writeFeeds(new Map([["all", { ids: new Set<string>() }]]));
    expect(deleted.at(-1)).toBe(windowKey("all"));
    expect(deleted).toHaveLength(5);
  });
});

describe("a feed whose writes always lose", () => {
  test("when its attempts are used up, the report names the feed as failed, and its articles as left", async () => {
    const newsroom = decorate(wire.newsroom, (store) => ({
      async put(key, body, options) {
        // Another writer is always a moment faster.
        if (key === windowKey("all")) {
          const stored = await store.get(key);
          await store.put(key, Buffer.concat([stored?.body ?? Buffer.alloc(0), Buffer.from(" ")]));
        }
        return store.put(key, body, options);
      },
    }));
    const services = createServices({ ...wire.services, stores: { newsroom, published: wire.published } });
    await ingest(services, incoming(7));
    const report = await services.publisher.publish(["story-7"]);
    expect(report.failed).toMatchObject([{ feed: "all", error: { code: "busy" } }]);
    expect([...report.left.keys()]).toEqual(["story-7"]);
  });
});

import { beforeEach, describe, expect, test } from "vitest";
import { publishBatch } from "../../src/aws/publish-handler.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { articleKey } from "../../src/repository/records.ts";
import { createServices } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import type { Store } from "../../src/store/port.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { incoming, type MemoryWire, memoryWire, s3Body, sqsEvent, textOf } from "../support/wire.ts";

/** One article of a section each. */
let wire: MemoryWire;
beforeEach(async () => {
  wire = memoryWire();
  await wire.services.publisher.startFeeds();
  for (const n of [1, 2, 3]) await ingest(wire.services, incoming(n, { section: `Section ${n}` }));
});

const IDS = ["story-1", "story-2", "story-3"];

/** A process that remembers nothing, over stores that fail for some keys. */
function failing(key: string) {
  const over = (store: Store): Store => {
    const unless = async <T>(asked: string, call: () => Promise<T>) => {
      if (asked.startsWith(key)) throw new Error("SlowDown");
      return call();
    };
    return decorate(store, () => ({
      get: (asked) => unless(asked, () => store.get(asked)),
      head: (asked) => unless(asked, () => store.head(asked)),
      put: (asked, body, options) => unless(asked, () => store.put(asked, body, options)),
    }));
  };
  const { services } = wire;
  const stores = { newsroom: over(wire.newsroom), published: over(wire.published) };
  return createServices({ ...services, stores });
}

describe("when one part of a batch fails", () => {
  test("when a record cannot be read for the moment, it leaves that record alone", async () => {
    const report = await failing(articleKey("story-2")).publisher.publish(IDS);
    expect([...report.left.keys()]).toEqual(["story-2"]);
    expect(report).toMatchObject({ failed: [], unreadable: [] });
    expect(String(report.left.get("story-2"))).toContain("SlowDown");
    expect(await textOf(wire.published, "feeds/all/feed.json")).toContain("Story 3");
    await wire.services.publisher.publish(report.left.keys());
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test("when a feed fails, it leaves the articles that touch this feed", async () => {
    for (const key of ["windows/section/section-2", "feeds/section/section-2/"]) {
      const { left, failed } = await failing(key).publisher.publish(IDS);
      expect([...left.keys()]).toEqual(["story-2"]);
      expect(failed.map(({ feed }) => feed)).toEqual(["section/section-2"]);
    }
    expect(await textOf(wire.published, "feeds/section/section-3/rss.xml")).toContain("Story 3");
  });

  test("when nothing fails, it leaves nothing, and no id that has no record", async () => {
    expect((await wire.services.publisher.publish([...IDS, "unknown"])).left.size).toBe(0);
  });

  test("when a record on the queue cannot be read, only the message of this record comes again", async () => {
    const services = failing(articleKey("story-2"));
    const event = sqsEvent(...IDS.map((id) => s3Body(articleKey(id))));
    expect(await publishBatch({ ...wire, services }, event)).toEqual({
      batchItemFailures: [{ itemIdentifier: "m1" }],
    });
  });
});

import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { Incoming } from "../../src/core/article.ts";
import { touchedFeeds } from "../../src/core/feed.ts";
import { FEEDS } from "../../src/core/keys.ts";
import { SMOKE_FEED, SMOKE_ID } from "../../src/core/smoke.ts";
import { slug } from "../../src/core/text.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { purge } from "../../src/purge/purge.ts";
import { readRecord } from "../../src/repository/records.ts";
import { setMark } from "../../src/repository/rollout.ts";
import { createServices } from "../../src/services.ts";
import { findOverflows } from "../../src/upkeep/overflow.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { documentKey, FORMAT_NAMES } from "../support/documents.ts";
import { startedAndAtRest, tickOnce } from "../support/upkeep.ts";
import { incoming, type MemoryWire, memoryWire, textOf } from "../support/wire.ts";

let wire: MemoryWire;
beforeEach(async () => {
  wire = memoryWire();
  await wire.services.publisher.startFeeds();
  for (let n = 0; n < 4; n++) await take(incoming(n));
  await withdraw(wire.services, "story-3");
  await wire.services.publisher.publish(["story-3"]);
});

async function take(article: Incoming): Promise<void> {
  await ingest(wire.services, article);
  await wire.services.publisher.publish([article.id]);
}

/** The article of a test, in all that could make it stand in other feeds. */
const tested = (revision: number, fields: Partial<Incoming> = {}) =>
  incoming(9, {
    ...{ id: SMOKE_ID, url: `https://example.org/flashwire-smoke/${revision}`, revision },
    ...{ breaking: { level: "flash" }, change: { kind: "correction" }, tags: [{ name: "A tag" }] },
    ...fields,
  });

async function smoke(revision: number): Promise<void> {
  await take(tested(revision));
  await take(incoming(9, { id: SMOKE_ID, revision, status: "withdrawn" }));
}

/** Every document of every feed, and every window, but those of the test. */
async function others(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [store, prefix] of [
    [wire.published, FEEDS],
    [wire.newsroom, "windows/"],
  ] as const)
    for await (const key of store.list(prefix))
      if (!key.includes(SMOKE_FEED)) found.set(key, await textOf(store, key));
  return found;
}

const shownIn = async (feed: string) =>
  Promise.all(FORMAT_NAMES.map((format) => textOf(wire.published, documentKey(feed, format))));

describe("when a wire is tested", () => {
  test("fifty times, the windows and documents of all other feeds stay as they are, byte for byte", async () => {
    const before = await others();
    expect([...before.keys()]).toContain("windows/all.json");
    for (let revision = 1; revision <= 50; revision++) await smoke(revision);
    expect(await others()).toEqual(before);
  });

  test("its article takes the whole way, into a feed of its own, and leaves it without a tombstone or a stub", async () => {
    await take(tested(1));
    for (const text of await shownIn(SMOKE_FEED))
      expect(text).toContain("https://example.org/flashwire-smoke/1");
    expect((await readRecord(wire.services, SMOKE_ID))?.feeds).toEqual([SMOKE_FEED]);
    await smoke(2);
    for (const text of await shownIn(SMOKE_FEED))
      expect(text).not.toMatch(/smoke\/\d|deleted|withdrawn|<item|<entry|article\//i);
  });

  test("rebuild, audit and rollout give its feed as the records do, and find nothing behind", async () => {
    await smoke(1);
    await take(tested(2));
    await expectTruth(wire.services.site, wire.services.stores);
    wire.clock.now += 3_600_000;
    expect(await tickOnce(wire.services)).toMatchObject({ repaired: [], failed: [], documents: 0 });
    expect(await rebuild(createServices(wire.services))).toMatchObject({ failed: [], changed: [] });
    await setMark(wire.services, { placed: "0", rendered: "0" });
    const reports = await startedAndAtRest(wire.services);
    expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
    await expectTruth(wire.services.site, wire.services.stores);
    expect(await findOverflows(wire.services)).toEqual([]);
  });

  test("a purge removes what is left of it", async () => {
    await take(tested(1));
    const withInbox = () => Promise.resolve({ files: 0, cut: [], results: [], left: [] } as never);
    const report = await purge({ ...wire.services, versions: undefined, withInbox }, SMOKE_ID);
    expect(report).toMatchObject({ was: "published", feeds: [SMOKE_FEED], left: [] });
    for (const text of await shownIn(SMOKE_FEED)) expect(text).not.toContain("flashwire-smoke/");
  });
});

test("when a section, language or tag makes a feed, the feed never has the name of the test's", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => slug(`_${text}`)[0] !== "_"));
  const record = {
    article: { ...incoming(1, { section: "_smoke", tags: [{ name: "_smoke" }] }), guid: "g" },
    feeds: [],
  };
  expect(touchedFeeds(wire.services.site, record as never)).not.toContain(SMOKE_FEED);
});

test("when an earlier version's test has left its article, it is a story as any other", async () => {
  await take(incoming(8, { id: "flashwire-smoke-mh1x" }));
  expect((await readRecord(wire.services, "flashwire-smoke-mh1x"))?.feeds).toContain("all");
});

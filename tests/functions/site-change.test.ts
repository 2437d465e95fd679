import { beforeEach, describe, expect, test } from "vitest";
import { REPAIRS, SITE_KEY, SWEEP_KEY } from "../../src/core/keys.ts";
import { CHANGES, WINDOW_SLACK } from "../../src/core/limits.ts";
import type { Site } from "../../src/core/site.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { createServices, type Services } from "../../src/services.ts";
import { pageOf } from "../../src/store/list-page.ts";
import { DEPLOY_SETTLES_MS, MAX_FOUND, MAX_RANGE, SETTLED_MS } from "../../src/upkeep/limits.ts";
import { askForRepair, type Repair, repairUntil } from "../../src/upkeep/resumable-rebuild.ts";
import { lastSweeps, type SweepReport, sweep } from "../../src/upkeep/sweep.ts";
import { SITE } from "../simulation/site.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { type Bench, bench, incoming, textOf } from "./support.ts";

const far = Number.POSITIVE_INFINITY;
const MINUTE = 60_000;

let wire: Bench;
beforeEach(async () => {
  wire = bench();
  await wire.services.publisher.startFeeds();
});

/** The wire as it is deployed with this site file: new processes, which remember nothing. */
function deployed(site: Partial<Site>): Services {
  const { stores, log, now, sleep } = wire.services;
  return createServices({ site: { ...SITE, ...site }, stores, log, now, sleep });
}

const extra = (section: string): Site["feeds"] => [
  ...SITE.feeds,
  { name: "extra", title: "Extra", where: { section: [section] } },
];

async function send(services: Services, ...numbers: number[]) {
  for (const n of numbers) await ingest(services, incoming(n, { section: n % 2 ? "Sport" : "World" }));
  await services.publisher.publish(numbers.map((n) => `story-${n}`));
}

/** A sweep each minute until all of a changed site file is carried out. */
async function sweepOn(services: Services): Promise<SweepReport[]> {
  const reports: SweepReport[] = [];
  do {
    expect(reports.length).toBeLessThan(50);
    wire.clock.now += MINUTE;
    reports.push(await sweep(services, far));
  } while ((await lastSweeps(services)).change !== undefined);
  return reports;
}

const shown = async (feed: string) =>
  JSON.parse(await textOf(wire.published, `feeds/${feed}/feed.json`)).items.map(
    ({ title }: { title: string }) => title,
  );

describe("a changed site file", () => {
  test("has a new feed filled in one go, with the newest, and nothing counts as behind", async () => {
    await send(wire.services, 0, 1, 2, 3, 4, 5);
    const next = deployed({ feeds: extra("World") });
    await next.publisher.startFeeds();
    await sweep(next, far);
    expect(await shown("extra")).toEqual([]);
    const begins = new Date(wire.clock.now + DEPLOY_SETTLES_MS).toISOString();
    expect((await lastSweeps(next)).change).toMatchObject({ begins });
    const reports = await sweepOn(next);
    expect(reports.flatMap(({ repaired, failed, filled }) => [...repaired, ...failed, ...filled])).toEqual(
      [],
    );
    expect(await shown("extra")).toEqual(["Story 4", "Story 2"]);
    await expectTruth(next.site, next.stores);
  });

  test("invariant 7: a story that only an earlier site file placed in a feed leaves it when it is withdrawn", async () => {
    await send(wire.services, 0, 2);
    const wide = deployed({ feeds: extra("World") });
    await wide.publisher.startFeeds();
    await sweepOn(wide);
    const narrow = deployed({ feeds: extra("Sport") });
    await sweepOn(narrow);
    await withdraw(narrow, "story-2");
    await narrow.publisher.publish(["story-2"]);
    expect(await textOf(wire.published, "feeds/extra/feed.json")).not.toContain("story-2");
    await expectTruth(narrow.site, narrow.stores);
  });

  test("makes the feeds of a new family, and takes down those that it no longer has", async () => {
    await send(wire.services, 0, 1, 2, 3);
    const next = deployed({
      feeds: SITE.feeds.slice(0, 1),
      families: [{ family: "desk", by: "section", title: "{value}" }],
    });
    await sweepOn(next);
    expect(await shown("desk/sport")).toEqual(["Story 3", "Story 1"]);
    for (const gone of ["corrections", "section/world"])
      expect(await wire.published.get(`feeds/${gone}/feed.json`)).toBeUndefined();
    await expectTruth(next.site, next.stores);
  });

  test("of which nothing but the serving differs, and a deploy of other code, change nothing", async () => {
    await send(wire.services, 0, 1);
    const same = deployed({ aws: { batchSeconds: 9 } });
    expect((await sweep(same, far)).records).toBe(2);
    expect((await lastSweeps(same)).change).toBeUndefined();
  });

  test("is not needed where a deploy renders otherwise: the walk of the windows writes those documents anew", async () => {
    await send(wire.services, 0, 1);
    wire.clock.now += SETTLED_MS + 1;
    const next = deployed({});
    const renderer = createRenderer(next.site);
    const render: typeof renderer.render = (...args) =>
      renderer.render(...args).map((document) => ({
        ...document,
        body: Buffer.concat([document.body, Buffer.from("<!-- new -->")]),
      }));
    const memory = { renderer: { ...renderer, render }, states: new Map() };
    const feeds = ["all", "corrections", "section/sport", "section/world"];
    expect(await sweep(createServices({ ...next, memory }), far)).toMatchObject({
      repaired: feeds,
      documents: 3 * feeds.length,
    });
    for (const feed of feeds)
      expect(await textOf(wire.published, `feeds/${feed}/rss.xml`)).toContain("new -->");
  });

  test("leaves no note behind of feeds that were seen open meanwhile", async () => {
    await send(wire.services, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    const next = deployed({ feeds: extra("World") });
    await sweep(next, far);
    wire.clock.now += DEPLOY_SETTLES_MS;
    await sweep(next, wire.clock.now);
    await ingest(next, incoming(20, { section: "Sport" }));
    const { underfilled } = await next.publisher.publish(["story-20"]);
    expect(underfilled).toEqual(["section/sport"]);
    await askForRepair(next, underfilled);
    await sweepOn(next);
    expect(await pageOf(wire.newsroom, REPAIRS, undefined, 1)).toEqual([]);
    await expectTruth(next.site, next.stores);
  });

  test("waits for functions of the version before, whatever those still write", async () => {
    await send(wire.services, 0, 1, 2, 3);
    const wide = deployed({ feeds: extra("World") });
    await sweepOn(wide);
    const state = await wire.newsroom.get(SWEEP_KEY);
    const narrow = deployed({ feeds: extra("Sport") });
    await sweep(narrow, far);
    // A sweep of the version before ends, an article that is taken in by the new one is placed by it.
    await wire.newsroom.put(SWEEP_KEY, state?.body as Uint8Array);
    wire.clock.now += MINUTE;
    await sweep(narrow, far);
    wire.clock.now += DEPLOY_SETTLES_MS - 2 * MINUTE;
    await sweep(narrow, far);
    await ingest(narrow, incoming(6));
    await wide.publisher.publish(["story-6"]);
    expect(await shown("extra")).toContain("Story 6");
    await sweepOn(narrow);
    expect(await shown("extra")).toEqual(["Story 3", "Story 1"]);
    await expectTruth(narrow.site, narrow.stores);
  });

  test("that is rolled back when it is carried out in part leaves nothing", async () => {
    await send(wire.services, 0, 1, 2, 3);
    const next = deployed({ feeds: extra("World"), families: [], title: "Another Name" });
    await sweep(next, far);
    wire.clock.now += DEPLOY_SETTLES_MS;
    const put = wire.published.put.bind(wire.published);
    wire.published.put = async (...args) => {
      if (!args[0].startsWith("feeds/all/")) throw new Error("the deploy fails");
      return put(...args);
    };
    await sweep(next, far);
    wire.published.put = put;
    expect(await textOf(wire.published, "feeds/all/feed.json")).toContain("Another Name");
    await sweepOn(wire.services);
    await expectTruth(SITE, wire.services.stores);
  });

  test("is carried out a part at a time: records, then feeds", async () => {
    await send(wire.services, ...Array.from({ length: 1_100 }, (_, n) => n));
    const next = deployed({ feeds: extra("World") });
    await sweep(next, far);
    wire.clock.now += DEPLOY_SETTLES_MS;
    let sweeps = 0;
    do {
      await sweep(next, wire.clock.now);
      expect(++sweeps).toBeLessThan(20);
    } while ((await lastSweeps(next)).change !== undefined);
    // Two pages of records, then a feed each: all, corrections, extra, two sections.
    expect(sweeps).toBe(1 + 5);
    await expectTruth(next.site, next.stores);
  });

  test("goes on with more feeds than one walk can have, and with a feed that fails behind it", async () => {
    const sections = Array.from({ length: MAX_RANGE + 10 }, (_, n) => `S ${n}`);
    for (const [n, section] of sections.entries()) await ingest(wire.services, incoming(n, { section }));
    await wire.services.publisher.publish(sections.map((_, n) => `story-${n}`));
    const next = deployed({ title: "Another Name" });
    const put = wire.published.put.bind(wire.published);
    wire.published.put = async (key, ...rest) => {
      if (key === "feeds/section/s-7/rss.xml") throw new Error("AccessDenied");
      return put(key, ...rest);
    };
    const reports = await sweepOn(next);
    expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
    wire.published.put = put;
    await sweep(next, far);
    await expectTruth(next.site, next.stores);
  });
});

test("a wire without a mark, as a new one, is rebuilt at once; garbage is no mark of its own", async () => {
  await send(wire.services, 0, 1);
  await wire.newsroom.delete(SITE_KEY);
  await sweep(wire.services, far);
  expect((await lastSweeps(wire.services)).change).toBeUndefined();
  await wire.newsroom.put(SITE_KEY, Buffer.from("garbage"));
  await sweepOn(wire.services);
  await expectTruth(SITE, wire.services.stores);
});

test("what a walk finds beyond its bound is left to the next one", async () => {
  const size = CHANGES * WINDOW_SLACK;
  const date = "2026-01-01T00:00:00.000Z";
  const items = Array.from({ length: size }, (_, n) => ({
    id: `gone-${n}`,
    version: date,
    updated: date,
    accepted: date,
  }));
  const nothing = { entries: { items: [] }, tombstones: { items: [] } };
  const names = Array.from({ length: MAX_FOUND / size + 3 }, (_, n) => `section/s${10_000 + n}`);
  const pending: Repair = {
    token: "t",
    noted: [],
    found: names.map((name) => [name, { ...nothing, changes: { items } }]),
    range: { from: undefined, to: undefined },
    isRead: false,
  };
  const { done } = await repairUntil(wire.services, pending, far);
  expect(done).toEqual({ from: undefined, to: names.at(-4) });
});

import { beforeEach, describe, expect, test } from "vitest";
import { CHANGES, WINDOW_SLACK } from "../../src/core/limits.ts";
import type { Site } from "../../src/core/site.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { listDue } from "../../src/repository/schedule.ts";
import { createServices, type Services } from "../../src/services.ts";
import { never } from "../../src/upkeep/deps.ts";
import { DEPLOY_SETTLES_MS, MAX_FOUND, MAX_RANGE, SETTLED_MS } from "../../src/upkeep/limits.ts";
import { askForRepair, continueRebuild, type RebuildJob } from "../../src/upkeep/rebuild-job.ts";
import type { TickReport } from "../../src/upkeep/state.ts";
import { SITE } from "../simulation/site.ts";
import { toldBy } from "../support/change-log.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { repairsOf, rolloutOf, startedAndAtRest, tickOnce } from "../support/upkeep.ts";
import { incoming, type MemoryWire, memoryWire, textOf } from "../support/wire.ts";

const MINUTE = 60_000;
const MARK_KEY = "site.json";
const STATE_KEY = "upkeep/state.json";

let wire: MemoryWire;
beforeEach(async () => {
  wire = memoryWire();
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

/** A tick each minute until all of a changed site file is rolled out. */
async function tickOn(services: Services): Promise<TickReport[]> {
  const reports: TickReport[] = [];
  do {
    expect(reports.length).toBeLessThan(50);
    wire.clock.now += MINUTE;
    reports.push(await tickOnce(services));
  } while ((await rolloutOf(services)) !== undefined);
  return reports;
}

const shown = async (feed: string) =>
  JSON.parse(await textOf(wire.published, `feeds/${feed}/feed.json`)).items.map(
    ({ title }: { title: string }) => title,
  );

describe("when the site file changes", () => {
  test("a new feed is filled in one rollout with the newest stories, and no repair is counted", async () => {
    await send(wire.services, 0, 1, 2, 3, 4, 5);
    const next = deployed({ feeds: extra("World") });
    await next.publisher.startFeeds();
    await tickOnce(next);
    expect(await shown("extra")).toEqual([]);
    const begins = new Date(wire.clock.now + DEPLOY_SETTLES_MS).toISOString();
    expect(await rolloutOf(next)).toMatchObject({ begins });
    const reports = await tickOn(next);
    expect(reports.flatMap(({ repaired, failed, filled }) => [...repaired, ...failed, ...filled])).toEqual(
      [],
    );
    expect(await shown("extra")).toEqual(["Story 4", "Story 2"]);
    await expectTruth(next.site, next.stores);
  });

  test("invariant 7: a story that only an earlier site file placed in a feed leaves this feed when it is withdrawn", async () => {
    await send(wire.services, 0, 2);
    const wide = deployed({ feeds: extra("World") });
    await wide.publisher.startFeeds();
    await tickOn(wide);
    const narrow = deployed({ feeds: extra("Sport") });
    await tickOn(narrow);
    await withdraw(narrow, "story-2");
    await narrow.publisher.publish(["story-2"]);
    expect(await textOf(wire.published, "feeds/extra/feed.json")).not.toContain("story-2");
    await expectTruth(narrow.site, narrow.stores);
  });

  test("the rollout makes the feeds of a new family, and removes the feeds that are no longer in the site file", async () => {
    await send(wire.services, 0, 1, 2, 3);
    const next = deployed({
      feeds: SITE.feeds.slice(0, 1),
      families: [{ family: "desk", by: "section", title: "{value}" }],
    });
    await tickOn(next);
    expect(await shown("desk/sport")).toEqual(["Story 3", "Story 1"]);
    for (const gone of ["corrections", "section/world"])
      expect(await wire.published.get(`feeds/${gone}/feed.json`)).toBeUndefined();
    await expectTruth(next.site, next.stores);
  });

  test("the rollout moves the stories of a feed that is renamed, and retires the documents of its old name", async () => {
    await send(wire.services, 0, 1, 2, 3);
    const next = deployed({ renamed: { "section/world": "section/earth" } });
    await tickOn(next);
    expect(await shown("section/earth")).toEqual(["Story 2", "Story 0"]);
    for (const file of ["rss.xml", "atom.xml", "feed.json"])
      expect(await wire.published.get(`feeds/section/world/${file}`)).toBeUndefined();
    expect(await wire.published.get("feeds/section/world/removed")).toBeDefined();
    const guids = async () => [
      ...(await textOf(wire.published, "feeds/section/earth/atom.xml")).matchAll(/<id>(.*?)<\/id>/g),
    ];
    expect((await guids()).map(([, id]) => id?.replace(/^.*:/, ""))).toEqual([
      "feed/section/world",
      "article/story-2",
      "article/story-0",
    ]);
    await withdraw(next, "story-2");
    await next.publisher.publish(["story-2"]);
    expect(await shown("section/earth")).toEqual(["Withdrawn", "Story 0"]);
    await expectTruth(next.site, next.stores);
  });

  test("only in how the wire is served, no rollout begins", async () => {
    await send(wire.services, 0, 1);
    const same = deployed({ aws: { batchSeconds: 9 } });
    expect((await tickOnce(same)).records).toBe(2);
    expect(await rolloutOf(same)).toBeUndefined();
  });

  test("only in its look, the rollout writes each page again, and the log goes on in its epoch", async () => {
    await send(wire.services, 0, 1);
    await startedAndAtRest(wire.services);
    const before = (await toldBy(wire.services)).open;
    const next = deployed({ look: { name: "Simulated Herald", accent: "#b80000" } });
    await tickOn(next);
    for (const key of ["index.html", "feeds/all/index.html", "feeds/section/sport/index.html"])
      expect(await textOf(wire.published, key)).toContain("Simulated Herald");
    await startedAndAtRest(next);
    expect((await listDue(next, wire.clock.now, 10)).epochs).toEqual([]);
    expect((await toldBy(next)).open).toEqual(before);
  });

  test("no rollout is needed if only the renderer changes: the audit writes the documents that differ", async () => {
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
    expect(await tickOnce(createServices({ ...next, memory }))).toMatchObject({
      repaired: feeds,
      documents: 4 * feeds.length,
    });
    for (const feed of feeds)
      expect(await textOf(wire.published, `feeds/${feed}/rss.xml`)).toContain("new -->");
  });

  test("and a feed that the rollout has open is asked to be repaired, no repair note stays after the rollout", async () => {
    await send(wire.services, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    const next = deployed({ feeds: extra("World") });
    await tickOnce(next);
    wire.clock.now += DEPLOY_SETTLES_MS;
    await tickOnce(next, () => true);
    await ingest(next, incoming(20, { section: "Sport" }));
    const { underfilled } = await next.publisher.publish(["story-20"]);
    expect(underfilled).toEqual(["section/sport"]);
    await askForRepair(next, underfilled);
    await tickOn(next);
    expect(await repairsOf(next)).toEqual([]);
    await expectTruth(next.site, next.stores);
  });

  test("the rollout waits for the functions of the version before, and corrects what they still write", async () => {
    await send(wire.services, 0, 1, 2, 3);
    const wide = deployed({ feeds: extra("World") });
    await tickOn(wide);
    const state = await wire.newsroom.get(STATE_KEY);
    const narrow = deployed({ feeds: extra("Sport") });
    await tickOnce(narrow);
    // A tick of the version before ends, an article that is taken in by the new one is placed by it.
    await wire.newsroom.put(STATE_KEY, state?.body as Uint8Array);
    wire.clock.now += MINUTE;
    await tickOnce(narrow);
    wire.clock.now += DEPLOY_SETTLES_MS - 2 * MINUTE;
    await tickOnce(narrow);
    await ingest(narrow, incoming(6));
    await wide.publisher.publish(["story-6"]);
    expect(await shown("extra")).toContain("Story 6");
    await tickOn(narrow);
    expect(await shown("extra")).toEqual(["Story 3", "Story 1"]);
    await expectTruth(narrow.site, narrow.stores);
  });

  test("and is rolled back after a part of the rollout, nothing of the change stays", async () => {
    await send(wire.services, 0, 1, 2, 3);
    const next = deployed({ feeds: extra("World"), families: [], title: "Another Name" });
    await tickOnce(next);
    wire.clock.now += DEPLOY_SETTLES_MS;
    const put = wire.published.put.bind(wire.published);
    wire.published.put = async (...args) => {
      if (!args[0].startsWith("feeds/all/")) throw new Error("the deploy fails");
      return put(...args);
    };
    await tickOnce(next);
    wire.published.put = put;
    expect(await textOf(wire.published, "feeds/all/feed.json")).toContain("Another Name");
    await tickOn(wire.services);
    await expectTruth(SITE, wire.services.stores);
  });

  test("the rollout takes one part in each tick: records, then feeds", async () => {
    await send(wire.services, ...Array.from({ length: 1_100 }, (_, n) => n));
    const next = deployed({ feeds: extra("World") });
    await tickOnce(next);
    wire.clock.now += DEPLOY_SETTLES_MS;
    let sweeps = 0;
    do {
      await tickOnce(next, () => true);
      expect(++sweeps).toBeLessThan(20);
    } while ((await rolloutOf(next)) !== undefined);
    // Two pages of records, then a feed each: all, corrections, extra, two sections.
    expect(sweeps).toBe(1 + 5);
    await expectTruth(next.site, next.stores);
  });

  test("the rollout reaches more feeds than one walk can have, and goes on when one feed fails", async () => {
    const sections = Array.from({ length: MAX_RANGE + 10 }, (_, n) => `S ${n}`);
    for (const [n, section] of sections.entries()) await ingest(wire.services, incoming(n, { section }));
    await wire.services.publisher.publish(sections.map((_, n) => `story-${n}`));
    const next = deployed({ title: "Another Name" });
    const put = wire.published.put.bind(wire.published);
    wire.published.put = async (key, ...rest) => {
      if (key === "feeds/section/s-7/rss.xml") throw new Error("AccessDenied");
      return put(key, ...rest);
    };
    const reports = await tickOn(next);
    expect(reports.flatMap(({ failed }) => failed)).toEqual(["section/s-7"]);
    wire.published.put = put;
    await tickOnce(next);
    await expectTruth(next.site, next.stores);
  });
});

test("when a wire has no mark, as a new one, it is rebuilt at once; garbage counts as no mark", async () => {
  await send(wire.services, 0, 1);
  await wire.newsroom.delete(MARK_KEY);
  await tickOnce(wire.services);
  expect(await rolloutOf(wire.services)).toBeUndefined();
  await wire.newsroom.put(MARK_KEY, Buffer.from("garbage"));
  await tickOn(wire.services);
  await expectTruth(SITE, wire.services.stores);
});

test("when a walk finds more than its bound, it leaves the rest to the next one", async () => {
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
  const pending: RebuildJob = {
    token: "t",
    opened: names,
    lost: [],
    records: 0,
    unreadable: [],
    found: names.map((name) => [name, { ...nothing, changes: { items } }]),
    range: { from: undefined, to: undefined },
    isRead: false,
  };
  const { done } = await continueRebuild(wire.services, pending, never);
  expect(done).toEqual({ from: undefined, to: names.at(-4) });
});

import { expect, test } from "vitest";
import { DAY_MS } from "../../src/core/limits.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { DIRECTORY_PAGE } from "../../src/render/limits.ts";
import { listDue } from "../../src/repository/schedule.ts";
import { createServices } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import { never } from "../../src/upkeep/deps.ts";
import { auditDirectory, writeDirectory } from "../../src/upkeep/directory.ts";
import { DIRECTORY_EVERY_MS } from "../../src/upkeep/limits.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { createUpkeep } from "../../src/upkeep/tick.ts";
import { SITE } from "../simulation/site.ts";
import { type Count, countingStore } from "../support/counting-store.ts";
import { incoming, type MemoryWire, memoryWire, textOf } from "../support/wire.ts";

const INDEX = "feeds/index.json";
type Listed = { name: string; title: string; value?: string };

async function listed({ published }: MemoryWire, key = INDEX): Promise<Listed[]> {
  return JSON.parse((await textOf(published, key)) || '{"feeds":[]}').feeds;
}
const namesIn = async (wire: MemoryWire, key = INDEX) => (await listed(wire, key)).map(({ name }) => name);
const notesOf = async ({ services }: MemoryWire) => (await listDue(services, Date.now(), 1_000)).listings;

async function publish({ services }: MemoryWire, n: number, fields = {}): Promise<void> {
  await ingest(services, incoming(n, fields));
  await services.publisher.publish([`story-${n}`]);
}

/** A warm process of the upkeep, as on AWS, with its audit far away. */
function ticks(wire: MemoryWire) {
  const upkeep = createUpkeep(wire.services, {
    ...{ settlesMs: 0, auditsAtStart: false },
    listsEveryMs: DIRECTORY_EVERY_MS,
  });
  return () => upkeep.tick(never);
}

test("when a wire has no directory, its first tick writes it", async () => {
  const wire = memoryWire();
  await ticks(wire)();
  expect(await namesIn(wire)).toEqual(SITE.feeds.map(({ name }) => name));
  expect(await notesOf(wire)).toEqual([]);
});

test("when publishing makes a feed, it leaves a note, and the next tick lists the feed with its title", async () => {
  const wire = memoryWire();
  const tick = ticks(wire);
  await tick();
  await publish(wire, 1, { section: "U.S. News" });
  expect((await notesOf(wire)).map(({ feed }) => feed)).toContain("section/u-s-news");
  wire.clock.now += 60_000;
  await tick();
  expect(await listed(wire)).toContainEqual(
    expect.objectContaining({ name: "section/u-s-news", title: "U.S. News", value: "U.S. News" }),
  );
  expect(await notesOf(wire)).toEqual([]);
});

test("when many feeds appear within a minute, the directory is written once", async () => {
  const wire = memoryWire();
  const counted = countingStore(wire.services.stores.published);
  const stores = { ...wire.services.stores, published: counted.store };
  const tick = ticks({ ...wire, services: createServices({ ...wire.services, stores }) });
  await tick();
  await publish(wire, 1, { section: "One" });
  wire.clock.now += 60_000;
  await tick();
  counted.reset();
  for (let n = 2; n < 5; n++) {
    await publish(wire, n, { section: `Section ${n}` });
    wire.clock.now += 5_000;
    await tick();
  }
  expect(counted.counts.put.feeds ?? 0).toBe(0);
  wire.clock.now += 60_000;
  await tick();
  expect(counted.counts.put).toEqual({ feeds: 1, "opml.xml": 1, "search.json": 1, "index.html": 1 });
  expect(await namesIn(wire)).toEqual(expect.arrayContaining(["section/section-2", "section/section-4"]));
});

test("when publishing makes no new feed, it costs no request for the directory", async () => {
  const wire = memoryWire();
  const counted = countingStore(wire.services.stores.newsroom);
  const stores = { ...wire.services.stores, newsroom: counted.store };
  const { publisher } = createServices({ ...wire.services, stores });
  await ingest(wire.services, incoming(1));
  await publisher.publish(["story-1"]);
  const made = (counts: Count) => counts.put.schedule ?? 0;
  // The other one asks for the snapshot of the log, which begins with the first story.
  expect(made(counted.counts)).toBe(2);
  counted.reset();
  await ingest(wire.services, incoming(2));
  await publisher.publish(["story-2"]);
  expect(made(counted.counts)).toBe(0);
});

test("when a publisher is cut off between window and note, the next one leaves the note", async () => {
  const wire = memoryWire();
  const { newsroom } = wire;
  const put = newsroom.put.bind(newsroom);
  newsroom.put = async (key, ...rest) => {
    if (key.startsWith("schedule/")) throw new Error("cut off");
    return put(key, ...rest);
  };
  await publish(wire, 1);
  newsroom.put = put;
  expect(await notesOf(wire)).toEqual([]);
  expect(await textOf(newsroom, "windows/section/world.json")).not.toBe("");
  await createServices(wire.services).publisher.publish(["story-1"]);
  expect((await notesOf(wire)).map(({ feed }) => feed)).toContain("section/world");
});

test("when the newest story spells the value of a feed in another way, the title follows", async () => {
  const wire = memoryWire();
  await publish(wire, 1, { section: "World" });
  const tick = ticks(wire);
  await tick();
  await publish(wire, 2, { section: "WORLD" });
  wire.clock.now += 60_000;
  await tick();
  expect((await listed(wire)).find(({ name }) => name === "section/world")?.title).toBe("WORLD");
});

test("when a feed's name begins with _, the directory does not list it", async () => {
  const site = { ...SITE, feeds: [...SITE.feeds, { name: "_smoke", title: "Smoke" }] } as typeof SITE;
  const wire = memoryWire(site);
  await ticks(wire)();
  expect(await namesIn(wire)).not.toContain("_smoke");
});

test("when a page of the directory is spoiled or gone, the audit writes it again and says so", async () => {
  const wire = memoryWire();
  await publish(wire, 1);
  await ticks(wire)();
  const right = await textOf(wire.published, INDEX);
  expect(await auditDirectory(wire.services)).toBe(0);
  await wire.published.put(INDEX, Buffer.from("{"));
  wire.clock.now += 2 * DAY_MS;
  expect((await ticks(wire)()).repaired).toContain("/feeds");
  expect(await textOf(wire.published, INDEX)).toBe(right);
  await wire.published.delete(INDEX);
  expect(await auditDirectory(wire.services)).toBe(1);
  expect(await textOf(wire.published, INDEX)).toBe(right);
});

test("when a wire is rolled out under another site file, the directory is that of the new one", async () => {
  const wire = memoryWire();
  await publish(wire, 1);
  await ticks(wire)();
  const families = SITE.families.map((family) =>
    family.family === "section" ? { ...family, title: "News of {value}" } : family,
  );
  const services = createServices({ ...wire.services, site: { ...SITE, families } });
  const tick = ticks({ ...wire, services });
  for (let n = 0; n < 3; n++) {
    wire.clock.now += 60_000;
    await tick();
  }
  expect((await listed(wire)).find(({ name }) => name === "section/world")?.title).toBe("News of World");
});

test("when feeds fall away, the pages that nobody needs go, too", async () => {
  const wire = memoryWire();
  for (let i = 0; i < DIRECTORY_PAGE; i++)
    await wire.newsroom.put(`windows/section/s${i}.json`, Buffer.from("{}"));
  await writeDirectory(wire.services);
  expect(await namesIn(wire, "feeds/index-2.json")).toHaveLength(SITE.feeds.length);
  for (let i = 0; i < 10; i++) await wire.newsroom.delete(`windows/section/s${i}.json`);
  await writeDirectory(wire.services);
  expect(await wire.published.get("feeds/index-2.json")).toBeUndefined();
  expect(JSON.parse(await textOf(wire.published, INDEX))).not.toHaveProperty("next");
});

test("when all is rebuilt, the directory is what the ticks have written", async () => {
  const wire = memoryWire();
  for (let n = 0; n < 4; n++) await publish(wire, n, { section: `Section ${n}` });
  await ticks(wire)();
  const written = await textOf(wire.published, INDEX);
  await wire.published.delete(INDEX);
  await rebuild(wire.services);
  expect(await textOf(wire.published, INDEX)).toBe(written);
});

test("when two processes write the directory at once, the one that saw fewer feeds does not come last", async () => {
  const wire = memoryWire();
  await writeDirectory(wire.services);
  await publish(wire, 1);
  let isFirst = true;
  const published = decorate(wire.published, (store) => ({
    put: async (...args) => {
      if (isFirst) {
        isFirst = false;
        await publish(wire, 2, { section: "Late" });
        await writeDirectory(wire.services);
      }
      return store.put(...args);
    },
  }));
  await writeDirectory({ ...wire.services, stores: { ...wire.services.stores, published } });
  expect(await namesIn(wire)).toContain("section/late");
});

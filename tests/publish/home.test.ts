import { expect, test } from "vitest";
import { HOME_KEY, SITEMAP_KEY } from "../../src/core/keys.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { createServices } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import { never } from "../../src/upkeep/deps.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { createUpkeep } from "../../src/upkeep/tick.ts";
import { SIMULATED } from "../simulation/site.ts";
import { countingStore } from "../support/counting-store.ts";
import { incoming, type MemoryWire, memoryWire, textOf } from "../support/wire.ts";

const wireWithBreaking = () => memoryWire(SIMULATED);
const home = ({ published }: MemoryWire) => textOf(published, HOME_KEY);

async function send({ services }: MemoryWire, n: number, fields = {}): Promise<void> {
  await ingest(services, incoming(n, fields));
  await services.publisher.publish([`story-${n}`]);
}

function ticks(wire: MemoryWire, everyMs = 0) {
  const options = { settlesMs: 0, auditsAtStart: false, listsEveryMs: everyMs };
  const upkeep = createUpkeep(wire.services, options);
  return () => upkeep.tick(never);
}

test("when a story is published, it costs the page at the root no request, and the next tick shows it", async () => {
  const wire = wireWithBreaking();
  const tick = ticks(wire);
  await tick();
  const counted = countingStore(wire.published);
  const stores = { ...wire.services.stores, published: counted.store };
  const { publisher } = createServices({ ...wire.services, stores });
  await ingest(wire.services, incoming(1, { section: "World" }));
  await publisher.publish(["story-1"]);
  for (const counts of Object.values(counted.counts)) expect(counts).not.toHaveProperty([HOME_KEY]);
  expect(await home(wire)).not.toContain("Story 1");
  await tick();
  const page = await home(wire);
  expect(page).toContain("Story 1");
  expect(page).toContain('href="https://wire.example.org/feeds/section/world/rss.xml"');
  expect(page).toContain('href="/feeds/section/world/"');
});

test("when ticks come faster than the page may be written, it is written once", async () => {
  const wire = wireWithBreaking();
  const tick = ticks(wire, 45_000);
  await tick();
  await send(wire, 1);
  wire.clock.now += 60_000;
  await tick();
  await send(wire, 2);
  wire.clock.now += 10_000;
  await tick();
  expect(await home(wire)).not.toContain("Story 2");
  wire.clock.now += 40_000;
  await tick();
  expect(await home(wire)).toContain("Story 2");
});

test("when breaking news is published, the page has it in its bar before the answer", async () => {
  const wire = wireWithBreaking();
  await send(wire, 1, { breaking: { level: "flash" }, headline: "Bridge closed" });
  const [, bar = ""] = /id="bar"([\s\S]*?)<\/section>/.exec(await home(wire)) ?? [];
  expect(bar).toContain("Bridge closed");
  expect(bar).not.toMatch(/^[^>]* hidden/);
});

test("when a story is killed, it is off the page before the answer", async () => {
  const wire = wireWithBreaking();
  await send(wire, 1, { headline: "Wrong town" });
  await ticks(wire)();
  expect(await home(wire)).toContain("Wrong town");
  await withdraw(wire.services, "story-1", {});
  const { left } = await wire.services.publisher.publish(["story-1"]);
  expect(left.size).toBe(0);
  expect(await home(wire)).not.toContain("Wrong town");
});

test("when a killed story comes back before its kill is published, the killed version is at the root no more at the answer", async () => {
  const wire = wireWithBreaking();
  const published = "2026-06-01T11:00:00Z";
  await send(wire, 1, { headline: "Wrong town", published, updated: published });
  await ticks(wire)();
  expect(await textOf(wire.published, SITEMAP_KEY)).toContain("Wrong town");
  await withdraw(wire.services, "story-1", {});
  wire.clock.now += 60_000;
  const updated = new Date(wire.clock.now).toISOString();
  await ingest(wire.services, incoming(1, { headline: "Right town", published, updated }));
  expect((await wire.services.publisher.publish(["story-1"])).left.size).toBe(0);
  for (const text of [await home(wire), await textOf(wire.published, SITEMAP_KEY)]) {
    expect(text).not.toContain("Wrong town");
    expect(text).toContain("Right town");
  }
});

test("when the page cannot be written, the kill is left to be tried again", async () => {
  const wire = wireWithBreaking();
  await send(wire, 1, { headline: "Wrong town" });
  await ticks(wire)();
  const published = decorate(wire.published, (store) => ({
    async put(key, body, options) {
      if (key === HOME_KEY) throw new Error("no answer");
      return store.put(key, body, options);
    },
  }));
  const stores = { ...wire.services.stores, published };
  const broken = createServices({ ...wire.services, stores });
  await withdraw(wire.services, "story-1", {});
  expect([...(await broken.publisher.publish(["story-1"])).left.keys()]).toEqual(["story-1"]);
  expect((await wire.services.publisher.publish(["story-1"])).left.size).toBe(0);
  expect(await home(wire)).not.toContain("Wrong town");
});

test("when a record is newer than its window, the page shows the newer version, and a killed one not at all", async () => {
  const wire = wireWithBreaking();
  await send(wire, 1, { headline: "First" });
  await send(wire, 2, { headline: "Second" });
  const later = { updated: "2026-06-01T12:00:00Z" };
  await ingest(wire.services, incoming(1, { headline: "First, updated", ...later }));
  await withdraw(wire.services, "story-2", {});
  // Another process, which remembers no entry.
  await createServices({ ...wire.services }).publisher.writeHome();
  const page = await home(wire);
  expect(page).toContain("First, updated");
  expect(page).not.toContain("Second");
});

test("when the page and the sitemap are gone, an idle tick does not see it; a new process and a rebuild bring them back", async () => {
  const wire = wireWithBreaking();
  const tick = ticks(wire);
  await send(wire, 1);
  await tick();
  const rest = async () => [await wire.published.head(HOME_KEY), await wire.published.head(SITEMAP_KEY)];
  const lose = async () => {
    for (const key of [HOME_KEY, SITEMAP_KEY]) await wire.published.delete(key);
    await tick();
    expect(await rest()).toEqual([undefined, undefined]);
  };
  for (let i = 0; i < 3; i++) await tick();
  await lose();
  await ticks(wire)();
  expect(await rest()).not.toContain(undefined);
  await lose();
  await rebuild(wire.services);
  expect(await rest()).not.toContain(undefined);
});

test("when nothing on the page has changed, it is not written again", async () => {
  const wire = wireWithBreaking();
  await send(wire, 1);
  expect((await wire.services.publisher.writeHome()).changed.map(({ key }) => key)).toEqual([
    SITEMAP_KEY,
    HOME_KEY,
  ]);
  expect((await wire.services.publisher.writeHome()).changed).toEqual([]);
});

test("when a kill and breaking news come in one batch, the answer names the page as often as it is written", async () => {
  const wire = wireWithBreaking();
  await send(wire, 1, { breaking: { level: "flash" } });
  await withdraw(wire.services, "story-1");
  await ingest(wire.services, incoming(2, { breaking: { level: "flash" } }));
  const { changed } = await wire.services.publisher.publish(["story-1", "story-2"]);
  expect(changed.filter(({ key }) => key === HOME_KEY)).toHaveLength(2);
  expect(changed.findLast(({ key }) => key === HOME_KEY)?.etag).toBe(
    (await wire.published.head(HOME_KEY))?.etag,
  );
});

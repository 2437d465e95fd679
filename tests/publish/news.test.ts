import { expect, test } from "vitest";
import { SITEMAP_KEY } from "../../src/core/keys.ts";
import { DAY_MS } from "../../src/core/limits.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { createServices } from "../../src/services.ts";
import { never } from "../../src/upkeep/deps.ts";
import { beginEpoch } from "../../src/upkeep/epoch.ts";
import { createUpkeep } from "../../src/upkeep/tick.ts";
import { SIMULATED } from "../simulation/site.ts";
import { incoming, type MemoryWire, memoryWire, textOf } from "../support/wire.ts";

const sitemap = ({ published }: MemoryWire) => textOf(published, SITEMAP_KEY);
const titles = async (wire: MemoryWire) =>
  [...(await sitemap(wire)).matchAll(/<news:title>([^<]*)</g)].map(([, title]) => title);

/** Stories of today, by the clock of the test. */
async function send(wire: MemoryWire, ...numbers: number[]): Promise<void> {
  for (const n of numbers) await ingest(wire.services, incoming(n, { published: "2026-06-01T11:00:00Z" }));
  await wire.services.publisher.publish(numbers.map((n) => `story-${n}`));
}

function ticks(wire: MemoryWire, { audits = false } = {}) {
  const upkeep = createUpkeep(wire.services, { settlesMs: 0, auditsAtStart: audits });
  return async () => {
    for (let n = 0; n < 20; n++) if ((await upkeep.tick(never)).isAtRest) return;
  };
}

test("when a wire has no story, its sitemap is there and empty", async () => {
  const wire = memoryWire(SIMULATED);
  await ticks(wire)();
  expect(await sitemap(wire)).toMatch(/^<\?xml .*\n<urlset [^>]*>\n<!-- unseen \w+ -->\n\n<\/urlset>\n$/);
});

test("when stories are published, the next tick has them in the sitemap, and two days later a tick takes them out", async () => {
  const wire = memoryWire(SIMULATED);
  const tick = ticks(wire);
  await send(wire, 1, 2);
  await tick();
  expect(await titles(wire)).toEqual(["Story 1", "Story 2"]);
  expect(await sitemap(wire)).toContain(
    "<url><loc>https://news.example.org/1</loc><news:news><news:publication><news:name>Simulated Times</news:name>" +
      "<news:language>en</news:language></news:publication><news:publication_date>2026-06-01T11:00:00.000Z</news:publication_date>",
  );
  wire.clock.now += 2 * DAY_MS;
  await tick();
  expect(await titles(wire)).toEqual([]);
});

test("when a story is killed, it is off the sitemap before the answer", async () => {
  const wire = memoryWire(SIMULATED);
  await send(wire, 1, 2);
  await ticks(wire)();
  await withdraw(wire.services, "story-1", {});
  await wire.services.publisher.publish(["story-1"]);
  expect(await titles(wire)).toEqual(["Story 2"]);
});

test("when the log has closed pages and begins another epoch, no story is missed", async () => {
  const wire = memoryWire(SIMULATED);
  // Pages of two changes.
  const services = createServices({ ...wire.services, pageChanges: 2 } as never);
  const paged = { ...wire, services: { ...wire.services, publisher: services.publisher } };
  const tick = ticks(paged);
  await tick();
  const numbers = Array.from({ length: 15 }, (_, n) => n + 1);
  for (const n of numbers) await send(paged, n);
  for (let n = 0; n < 5; n++) await tick();
  expect((await titles(wire)).length).toBe(15);
  await beginEpoch(paged.services);
  await send(paged, 16);
  await tick();
  expect((await titles(wire)).length).toBe(16);
});

test("when the list is lost, the audit finds what it lacks, and says so", async () => {
  const wire = memoryWire(SIMULATED);
  await send(wire, 1, 2, 3, 4);
  const tick = ticks(wire);
  await tick();
  wire.clock.now += 3_600_000;
  const { news } = JSON.parse(`{"news":${await textOf(wire.newsroom, "news/latest.json")}}`);
  await wire.newsroom.put("news/latest.json", Buffer.from(JSON.stringify({ ...news, items: [] })));
  await ticks(wire, { audits: true })();
  expect((await titles(wire)).length).toBe(4);
  expect(wire.logs).toContainEqual(
    expect.objectContaining({
      event: "audit.behind",
      details: { articles: expect.arrayContaining(["story-1"]) },
    }),
  );
});

test("when the record of a listed story is gone, the audit takes it out", async () => {
  const wire = memoryWire(SIMULATED);
  await send(wire, 1, 2);
  await ticks(wire)();
  await wire.newsroom.delete("articles/story-1.json");
  await ticks(wire, { audits: true })();
  expect(await titles(wire)).toEqual(["Story 2"]);
});

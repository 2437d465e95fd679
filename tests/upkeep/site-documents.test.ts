import { parseOpml } from "feedsmith";
import { expect, test } from "vitest";
import { DAY_MS } from "../../src/core/limits.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { createServices } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import { never } from "../../src/upkeep/deps.ts";
import { auditDirectory, writeDirectory } from "../../src/upkeep/directory.ts";
import { createUpkeep } from "../../src/upkeep/tick.ts";
import { SITE } from "../simulation/site.ts";
import { incoming, type MemoryWire, memoryWire, textOf } from "../support/wire.ts";

const RIGHTS = { syndication: "allow", training: "deny", answers: "deny", search: "allow" };
const ROOT = ["robots.txt", "opml.xml", "license.rsl", ".well-known/tdmrep.json"];

const stored = async ({ published }: MemoryWire) =>
  (await Promise.all(ROOT.map(async (key) => ((await published.head(key)) ? [key] : [])))).flat();
const feedsIn = async ({ published }: MemoryWire) =>
  (await textOf(published, "opml.xml")).match(/\/feeds\/[^"]+/g);

const ticks = (wire: MemoryWire, site = wire.services.site) => {
  const services = createServices({ ...wire.services, site });
  const upkeep = createUpkeep(services, { settlesMs: 0, auditsAtStart: false });
  return async (count: number) => {
    for (let n = 0; n < count; n++) {
      wire.clock.now += 60_000;
      await upkeep.tick(never);
    }
  };
};

test("when a wire starts, it has robots.txt and OPML, and a new feed stands in OPML with the next directory", async () => {
  const wire = memoryWire();
  const tick = ticks(wire);
  await tick(2);
  expect(await stored(wire)).toEqual(["robots.txt", "opml.xml"]);
  await ingest(wire.services, incoming(1, { section: "U.S. News" }));
  await wire.services.publisher.publish(["story-1"]);
  expect(await feedsIn(wire)).not.toContain("/feeds/section/u-s-news/rss.xml");
  await tick(1);
  expect(await feedsIn(wire)).toContain("/feeds/section/u-s-news/rss.xml");
  expect(parseOpml(await textOf(wire.published, "opml.xml")).head?.title).toBe(SITE.title);
});

test("when the site file gets rights, changes or loses them, the documents follow", async () => {
  const wire = memoryWire();
  await ingest(wire.services, incoming(1));
  await wire.services.publisher.publish(["story-1"]);
  await ticks(wire)(2);
  const before = await textOf(wire.published, "feeds/all/rss.xml");
  await ticks(wire, { ...SITE, rights: RIGHTS })(3);
  expect(await stored(wire)).toEqual(ROOT);
  expect(await textOf(wire.published, "robots.txt")).toContain("ai-train=no");
  expect(await textOf(wire.published, "feeds/all/rss.xml")).toContain("<rsl:content");
  await ticks(wire, { ...SITE, rights: { ...RIGHTS, training: "allow" } })(3);
  expect(await textOf(wire.published, "robots.txt")).toContain("ai-train=yes");
  await ticks(wire)(3);
  expect(await stored(wire)).toEqual(["robots.txt", "opml.xml"]);
  expect(await textOf(wire.published, "feeds/all/rss.xml")).toBe(before);
});

test("when a rollout begins, the documents that tell machines come with the next tick, before all feeds are rendered", async () => {
  const wire = memoryWire();
  for (let n = 0; n < 30; n++) await ingest(wire.services, incoming(n, { section: `Section ${n}` }));
  await wire.services.publisher.publish(Array.from({ length: 30 }, (_, n) => `story-${n}`));
  await ticks(wire)(2);
  const services = createServices({ ...wire.services, site: { ...SITE, rights: RIGHTS } });
  const upkeep = createUpkeep(services, { settlesMs: 0, auditsAtStart: false });
  for (let n = 0; n < 2; n++) await upkeep.tick(() => true);
  expect(await stored(wire)).toEqual(ROOT);
  expect(await textOf(wire.published, "feeds/tag/trade/rss.xml")).not.toContain("<rsl:content");
});

test.each(ROOT)("when %s is spoiled or gone, the audit writes it again and says so", async (key) => {
  const wire = memoryWire({ ...SITE, rights: RIGHTS });
  const tick = ticks(wire);
  await tick(2);
  const right = await textOf(wire.published, key);
  expect(await auditDirectory(wire.services)).toBe(0);
  await wire.published.put(key, Buffer.from("User-agent: *\nDisallow: /\n"));
  expect(await auditDirectory(wire.services)).toBe(1);
  await wire.published.delete(key);
  wire.clock.now += 2 * DAY_MS;
  await tick(1);
  expect(await textOf(wire.published, key)).toBe(right);
});

test("when two processes write at once, the list of fewer feeds does not come last", async () => {
  const wire = memoryWire();
  await writeDirectory(wire.services);
  let isFirst = true;
  const published = decorate(wire.published, (store) => ({
    put: async (...args) => {
      if (isFirst && args[0] === "opml.xml") {
        isFirst = false;
        await ingest(wire.services, incoming(2, { section: "Late" }));
        await wire.services.publisher.publish(["story-2"]);
        await writeDirectory(wire.services);
      }
      return store.put(...args);
    },
  }));
  await ingest(wire.services, incoming(1, { section: "Early" }));
  await wire.services.publisher.publish(["story-1"]);
  await writeDirectory({ ...wire.services, stores: { ...wire.services.stores, published } });
  expect(isFirst).toBe(false);
  expect(await feedsIn(wire)).toEqual(
    expect.arrayContaining(["/feeds/section/early/rss.xml", "/feeds/section/late/rss.xml"]),
  );
});

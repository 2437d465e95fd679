import { describe, expect, test } from "vitest";
import type { Incoming } from "../../src/core/article.ts";
import { MAX_TAGS } from "../../src/core/limits.ts";
import { DEFAULT_FAMILIES } from "../../src/core/site.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { MAX_PLACEMENTS } from "../../src/ingest/limits.ts";
import { readRecord } from "../../src/repository/records.ts";
import { createServices } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { CONFLICT } from "../../src/store/port.ts";
import { published, TEST_SITE } from "../support/articles.ts";
import { incoming, memoryWire } from "../support/wire.ts";

test("when an article was in more feeds than a record may name, its kill is still accepted", async () => {
  const stores = { newsroom: new MemoryStore(), published: new MemoryStore() };
  const open = (families = TEST_SITE.families) =>
    createServices({ site: { ...TEST_SITE, families }, stores, log: () => {} });
  const byTag = open([{ family: "tag", by: "tag", title: "{value}" }]);
  const send = (revision: number) => {
    const tags = Array.from({ length: MAX_TAGS }, (_, i) => ({ name: `Tag ${revision} ${i}` }));
    return ingest(byTag, published({ id: "x", revision, tags }));
  };
  const full = Math.floor((MAX_PLACEMENTS - 1) / MAX_TAGS);
  for (let revision = 1; revision <= full; revision++) await send(revision);
  await expect(send(full + 1)).rejects.toMatchObject({ code: "invalid" });
  // Families that the site file has since bring the article over the limit.
  const families = Array.from({ length: MAX_PLACEMENTS }, (_, i) => ({
    family: `by-language-${i}`,
    by: "language" as const,
    title: "{value}",
  }));
  expect((await withdraw(open([...DEFAULT_FAMILIES, ...families]), "x")).result).toBe("withdrawn");
});

describe("what a record keeps of how it was taken in", () => {
  test("when the clock goes back, a later version is still accepted later", async () => {
    const { services, clock } = memoryWire();
    const taken: number[] = [];
    for (const [revision, jump] of [0, -3_600_000, 0, 60_000, -120_000, 7_200_000].entries()) {
      clock.now += jump;
      await ingest(services, incoming(1, { revision: revision + 1 }));
      taken.push(Date.parse((await readRecord(services, "story-1"))?.accepted ?? ""));
    }
    const [first = 0] = taken;
    expect(taken).toEqual([first, first + 1, first + 2, first + 3, first + 4, clock.now]);
    clock.now -= 7_200_000;
    await withdraw(services, "story-1");
    expect((await readRecord(services, "story-1"))?.accepted).toBe(
      new Date((taken.at(-1) ?? 0) + 1).toISOString(),
    );
  });

  test("when the site file has new feeds and a story leaves one of them, its record names this feed", async () => {
    const { services } = memoryWire();
    await ingest(services, incoming(1, { section: "World", tags: [{ name: "Peace" }] }));
    const byTag = { family: "tag", by: "tag", title: "{value}" } as const;
    const today = { ...services, site: { ...services.site, families: [...services.site.families, byTag] } };
    const moved = await ingest(today, incoming(1, { section: "Sport", revision: 1 }));
    expect(moved.feeds).toEqual(["all", "section/sport", "section/world", "tag/peace"]);
    expect((await readRecord(services, "story-1"))?.feeds).toEqual(moved.feeds);
  });

  test("when a version is sent again, its change stands in the history once and nothing is written", async () => {
    const { services, newsroom } = memoryWire();
    const correction = { kind: "correction" as const, note: "2 km." };
    await ingest(services, incoming(1));
    const first = await ingest(services, incoming(1, { revision: 1, change: correction }));
    const again = await ingest(services, incoming(1, { revision: 1, change: correction }));
    expect(again).toMatchObject({ result: "unchanged", etag: first.etag });
    const stored = await readRecord(services, "story-1");
    expect(stored?.article).not.toHaveProperty("corrections");
    expect(stored?.history).toEqual([{ ...correction, at: new Date(services.now()).toISOString() }]);
    const read = await readRecord({ stores: { newsroom, published: newsroom } }, "story-1");
    expect(await ingest(services, read?.article as Incoming)).toMatchObject({ result: "unchanged" });
    await withdraw(services, "story-1");
    expect(await readRecord(services, "story-1")).not.toHaveProperty("history");
  });

  test("when the site file has lost a feed, a record still names it", async () => {
    const { services } = memoryWire();
    await ingest(services, incoming(1, { section: "World" }));
    const today = { ...services, site: { ...services.site, families: [] } };
    expect((await withdraw(today, "story-1")).feeds).toEqual(["all", "section/world"]);
  });
});

describe("when the answer of a put is lost, and its retry below the store finds its own write", () => {
  function losing() {
    const wire = memoryWire();
    const newsroom = decorate(wire.newsroom, (store) => ({
      async put(key, body, options) {
        await store.put(key, body, options);
        return key.startsWith("articles/") ? CONFLICT : (store.etagOf(body) ?? "");
      },
    }));
    return { ...wire, losing: { ...wire.services, stores: { ...wire.services.stores, newsroom } } };
  }

  test("ingest answers created for the first version", async () => {
    const { losing: services } = losing();
    expect(await ingest(services, incoming(1))).toMatchObject({ result: "created" });
  });

  test("ingest answers updated for the next version, and withdrawn for a kill", async () => {
    const wire = losing();
    await ingest(wire.services, incoming(1));
    expect(await ingest(wire.losing, incoming(1, { revision: 1 }))).toMatchObject({ result: "updated" });
    expect(await withdraw(wire.losing, "story-1")).toMatchObject({ result: "withdrawn" });
  });

  test("ingest answers unchanged when the same version comes again, and writes nothing", async () => {
    const wire = losing();
    const first = await ingest(wire.losing, incoming(1));
    wire.clock.now += 1_000;
    expect(await ingest(wire.services, incoming(1))).toMatchObject({ result: "unchanged", etag: first.etag });
  });
});

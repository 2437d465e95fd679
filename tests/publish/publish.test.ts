import { describe, expect, test } from "vitest";
import type { Site } from "../../src/core/site.ts";
import type { Window } from "../../src/core/window.ts";
import { type Incoming, ingest, withdraw } from "../../src/ingest/ingest.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { windowKey } from "../../src/repository/windows.ts";
import { createServices, type Services } from "../../src/services.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { countingStore } from "../support/counting-store.ts";
import { documentKey } from "../support/documents.ts";
import { testSite } from "../support/site.ts";

const SITE = testSite();

async function wire(site: Site = SITE) {
  const newsroom = countingStore(new MemoryStore());
  const documents = countingStore(new MemoryStore());
  const stores = { newsroom: newsroom.store, published: documents.store };
  const renderer = createRenderer(site);
  const memory = { renderer, states: new Map() };
  const services = createServices({ site, stores, log: () => {}, memory });
  await services.publisher.startFeeds();
  const counts = () => ({ newsroom: newsroom.counts, published: documents.counts });
  const reset = () => {
    newsroom.reset();
    documents.reset();
  };
  return { services, renderer, counts, reset };
}

function article(n: number, more: Partial<Incoming> = {}): Incoming {
  return {
    id: `story-${n}`,
    url: `https://news.example.org/${n}`,
    headline: `Story ${n}`,
    section: "World",
    language: "en",
    tags: [{ name: "Diplomacy" }, { name: "Korea" }, { name: "Trade" }],
    published: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    updated: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    status: "published",
    ...more,
  } as Incoming;
}

async function send(services: Services, ...articles: Incoming[]) {
  for (const one of articles) await ingest(services, one);
  return services.publisher.publish(articles.map((one) => one.id));
}

async function readDocument(services: Services, feed: string): Promise<string> {
  const stored = await services.stores.published.get(documentKey(feed, "json"));
  return Buffer.from(stored?.body ?? "").toString();
}

async function readWindow(services: Services, feed: string): Promise<Window> {
  const stored = await services.stores.newsroom.get(windowKey(feed));
  return JSON.parse(Buffer.from(stored?.body ?? "").toString());
}

describe("invariant 6: cost does not grow with the archive", () => {
  /** `all`, `section/world`, `language/en` and three tags. */
  const FEEDS = 6;

  test("when the process is warm, it reads the article once, looks once whether publishers take turns, and writes one window and four documents for each feed, its story, the log and a mark", async () => {
    const { services, counts, reset } = await wire();
    await send(services, article(1));
    await ingest(services, article(2));
    reset();
    await services.publisher.publish(["story-2"]);
    expect(counts()).toEqual({
      newsroom: {
        get: { articles: 1, logged: 1 },
        head: { handover: 1 },
        put: { windows: FEEDS, logged: 1 },
        delete: {},
        list: {},
      },
      published: {
        get: { changes: 1 },
        head: {},
        put: { feeds: 4 * FEEDS, stories: 1, changes: 1 },
        delete: {},
        list: {},
      },
    });
  });

  test("when the process is cold, it reads each window and each document's head once, and the article twice", async () => {
    const { services, renderer, counts, reset } = await wire();
    await send(services, article(1));
    await ingest(services, article(2));
    const cold = createServices({ ...services, memory: { renderer, states: new Map() } });
    reset();
    await cold.publisher.publish(["story-2"]);
    expect(counts()).toEqual({
      newsroom: {
        get: { articles: 2, windows: FEEDS, logged: 1 },
        head: { handover: 1 },
        put: { windows: FEEDS, logged: 1 },
        delete: {},
        list: {},
      },
      published: {
        get: { changes: 1 },
        head: { feeds: 4 * FEEDS, assets: 3 },
        put: { feeds: 4 * FEEDS, stories: 1, changes: 1 },
        delete: {},
        list: {},
      },
    });
  });

  test("when the archive holds a thousand articles, it reads and writes no more", async () => {
    const { services, counts, reset } = await wire();
    for (let n = 0; n < 1_000; n += 100) {
      await send(services, ...Array.from({ length: 100 }, (_, i) => article(n + i)));
    }
    await ingest(services, article(1_000));
    reset();
    await services.publisher.publish(["story-1000"]);
    expect(counts().newsroom.get).toEqual({ articles: 1, logged: 1 });
    expect(counts().newsroom.put).toEqual({ windows: FEEDS, logged: 1 });
    expect(counts().published.get).toEqual({ changes: 1 });
    expect(counts().published.put).toEqual({ feeds: 4 * FEEDS, stories: 1, changes: 1 });
  });

  test("when a batch holds a hundred articles of one section, it writes no more windows and documents than one article does, one open page, and a story and a mark of each", async () => {
    const { services, counts, reset } = await wire();
    await send(services, article(0));
    const batch = Array.from({ length: 100 }, (_, i) => article(i + 1));
    for (const one of batch) await ingest(services, one);
    reset();
    await services.publisher.publish(batch.map((one) => one.id));
    expect(counts().newsroom.put).toEqual({ windows: FEEDS, logged: 100 });
    expect(counts().published.put).toEqual({ feeds: 4 * FEEDS, stories: 100, changes: 1 });
    expect(counts().newsroom.get).toEqual({ articles: 100, logged: 100 });
    expect(counts().published.get).toEqual({ changes: 1 });
  });

  test("when an event finds everything done, it writes nothing", async () => {
    const { services, counts, reset } = await wire();
    await send(services, article(1));
    reset();
    await services.publisher.publish(["story-1"]);
    expect(counts().newsroom.put).toEqual({});
    expect(counts().published.put).toEqual({});
  });
});

describe("invariant 7: withdrawn means gone", () => {
  test("when a story is withdrawn, it leaves every feed that it ever was in, and each feed gets a tombstone", async () => {
    const { services } = await wire();
    await send(services, article(1, { section: "Sport" }), article(2));
    const later = { section: "World", updated: "2026-01-05T00:00:00.000Z" };
    await send(services, article(1, later));
    expect(await readDocument(services, "section/sport")).not.toContain("Story 1");
    expect(await readDocument(services, "section/world")).toContain("Story 1");
    await withdraw(services, "story-1");
    await services.publisher.publish(["story-1"]);
    for (const feed of ["all", "section/sport", "section/world", "language/en", "tag/korea"]) {
      const text = await readDocument(services, feed);
      expect(text, feed).not.toContain("Story 1");
      expect(JSON.parse(text)._flashwire.deleted, feed).toHaveLength(1);
    }
    await expectTruth(services.site, services.stores);
  });

  test("when a newer version of a withdrawn story comes, it is in its feeds again", async () => {
    const { services } = await wire();
    await send(services, article(1));
    await withdraw(services, "story-1");
    await expect(ingest(services, article(1))).rejects.toMatchObject({ code: "stale" });
    await send(services, article(1, { updated: new Date(services.now() + 60_000).toISOString() }));
    const text = await readDocument(services, "all");
    expect(text).toContain("Story 1");
    expect(JSON.parse(text)._flashwire.deleted).toBeUndefined();
    await expectTruth(services.site, services.stores);
  });
});

describe("invariant 1: truth is the record", () => {
  test("when a window runs short, the report names it, and a rebuild fills it from the records", async () => {
    const { services } = await wire({ ...SITE, size: 2, families: [] });
    await send(services, ...Array.from({ length: 8 }, (_, n) => article(n)));
    let short: string[] = [];
    for (let n = 7; n > 4; n--) {
      await withdraw(services, `story-${n}`);
      short = (await services.publisher.publish([`story-${n}`])).underfilled;
    }
    expect(short).toContain("all");
    const report = await rebuild(services, { feeds: ["all"] });
    expect(report).toMatchObject({ records: 8, feeds: ["all"], underfilled: [], failed: [] });
    expect((await readWindow(services, "all")).rebuilding).toBeUndefined();
    await expectTruth(services.site, services.stores);
  });

  test("when the site file changes, a rebuild carries the change out and removes a feed that is no longer in it", async () => {
    const { services } = await wire();
    await send(services, article(1), article(2, { change: { kind: "correction" } }));
    const site: Site = {
      ...SITE,
      feeds: [
        { name: "all", title: "Everything", order: "updated", size: 1 },
        { name: "world", title: "World", where: { section: ["World"] } },
      ],
    };
    const changed = createServices({ site, stores: services.stores, log: () => {} });
    await rebuild(changed);
    expect(await readDocument(changed, "corrections")).toBe("");
    expect(JSON.parse(await readDocument(changed, "world")).items).toHaveLength(2);
    expect(JSON.parse(await readDocument(changed, "all")).items).toHaveLength(1);
    await expectTruth(site, changed.stores);
  });

  test("when a warm process finds nothing to do, it checks that its memory is still true", async () => {
    const { services } = await wire();
    await send(services, article(0));
    const other = createServices(services);
    const old = "2025-01-01T00:00:00.000Z";
    const moving = article(99, { revision: 1, updated: old, published: old, section: "Sport" });
    // Forty newer changes: the moving article leaves no trace in the memory of the first process.
    await send(services, ...Array.from({ length: 45 }, (_, n) => article(n + 1, { section: "Sport" })));
    await send(other, moving);
    await ingest(services, { ...moving, revision: 2, section: "World" } as Incoming);
    await services.publisher.publish([moving.id]);
    expect(await readDocument(services, "section/sport")).not.toContain("Story 99");
    await expectTruth(services.site, services.stores);
  });

  test("when the write of one feed fails, the others are published", async () => {
    const { services } = await wire();
    const { published } = services.stores;
    const broken = {
      ...published,
      put: (...args: Parameters<typeof published.put>) =>
        args[0].startsWith("feeds/tag/korea/")
          ? Promise.reject(new Error("disk full"))
          : published.put(...args),
    };
    const failing = createServices({ ...services, stores: { ...services.stores, published: broken } });
    await ingest(services, article(1));
    const report = await failing.publisher.publish(["story-1"]);
    expect(report.failed.map(({ feed }) => feed)).toEqual(["tag/korea"]);
    expect(await readDocument(services, "tag/trade")).toContain("Story 1");
    await services.publisher.publish(["story-1"]);
    expect(await readDocument(services, "tag/korea")).toContain("Story 1");
  });
});

describe("invariant 2: versions go forward", () => {
  test("when a version is older, it is stale; with the same content, it changes nothing", async () => {
    const { services } = await wire();
    const v2 = article(1, { updated: "2026-01-02T00:00:00.000Z" });
    expect(await ingest(services, v2)).toMatchObject({ result: "created" });
    await expect(ingest(services, article(1))).rejects.toMatchObject({ code: "stale" });
    expect(await ingest(services, v2)).toMatchObject({ result: "unchanged" });
  });

  test("when a later version brings another guid, it is refused", async () => {
    const { services } = await wire();
    await ingest(services, article(1));
    const later = { updated: "2026-01-02T00:00:00.000Z", guid: "https://old.example.org/1" };
    await expect(ingest(services, article(1, later))).rejects.toMatchObject({
      code: "invalid",
      errors: [{ pointer: "#/guid" }],
    });
  });
});

import { beforeEach, describe, expect, test } from "vitest";
import type { Site } from "../../src/core/site.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { catchUp, rebuildNoted } from "../../src/local/catch-up.ts";
import { windowKey } from "../../src/repository/feeds.ts";
import { createServices } from "../../src/services.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { SITE } from "../simulation/site.ts";
import { version } from "../simulation/world.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { documentKey } from "../support/documents.ts";

function started(
  site: Site,
  stores = { newsroom: new MemoryStore(), published: new MemoryStore() },
  log: (event: string) => void = () => {},
) {
  return createServices({ site, stores, log });
}

/** Whether the next start under this site file makes all documents anew. */
async function isRebuilt(
  site: Site,
  stores: { newsroom: MemoryStore; published: MemoryStore },
): Promise<boolean> {
  const events: string[] = [];
  await catchUp(
    started(site, stores, (event) => events.push(event)),
    () => {},
  );
  return events.includes("site.rebuilt");
}

async function documentOf(services: ReturnType<typeof started>, feed: string): Promise<string> {
  const stored = await services.stores.published.get(documentKey(feed, "json"));
  return Buffer.from(stored?.body ?? "").toString();
}

test("a new wire has its fixed feeds, empty", async () => {
  const services = started(SITE);
  await catchUp(services, () => {});
  expect(JSON.parse(await documentOf(services, "all")).items).toEqual([]);
});

test("a changed site file is carried out at the next start, an unchanged one costs nothing", async () => {
  const before = started(SITE);
  await catchUp(before, () => {});
  await ingest(before, version("a", 1));
  await before.publisher.publish(["a"]);
  const stores = before.stores as { newsroom: MemoryStore; published: MemoryStore };

  const head = await before.stores.published.head(documentKey("all", "json"));
  await catchUp(started(SITE, stores), () => {});
  expect(await before.stores.published.head(documentKey("all", "json"))).toEqual(head);

  const changed = started({ ...SITE, title: "Another Name" }, stores);
  await catchUp(changed, () => {});
  expect(JSON.parse(await documentOf(changed, "all")).title).toContain("Another Name");
  await expectTruth(changed.site, changed.stores);
});

test("a start finds the windows that are lost", async () => {
  const before = started(SITE);
  await catchUp(before, () => {});
  await before.stores.newsroom.delete(windowKey("all"));
  const repairs: string[] = [];
  await catchUp(
    started(SITE, before.stores as { newsroom: MemoryStore; published: MemoryStore }),
    (feeds) => {
      repairs.push(...feeds);
    },
  );
  expect(repairs).toEqual(["all"]);
});

test("a change that was carried out in part is undone when the site file is changed back", async () => {
  const before = started(SITE);
  await catchUp(before, () => {});
  await ingest(before, version("a", 1));
  await before.publisher.publish(["a"]);
  const stores = before.stores as { newsroom: MemoryStore; published: MemoryStore };

  const changed = started({ ...SITE, origin: "https://other.example.org" }, stores);
  const put = stores.published.put.bind(stores.published);
  stores.published.put = async (key, ...rest) => {
    if (key.startsWith("feeds/section/")) throw new Error("the power goes");
    return put(key, ...rest);
  };
  await catchUp(changed, () => {});
  expect(await documentOf(changed, "all")).toContain("other.example.org");

  stores.published.put = put;
  await catchUp(started(SITE, stores), () => {});
  await expectTruth(SITE, stores);
});

test("feeds that a killed rebuild left open are named for repair", async () => {
  const services = started(SITE);
  await catchUp(services, () => {});
  const key = "windows/all.json";
  const window = JSON.parse(Buffer.from((await services.stores.newsroom.get(key))?.body ?? "").toString());
  await services.stores.newsroom.put(key, Buffer.from(JSON.stringify({ ...window, rebuilding: "dead" })));
  let named: string[] = [];
  await catchUp(services, (feeds) => {
    named = feeds;
  });
  expect(named).toEqual(["all"]);
});

test("feeds that the first rebuild could not write are named for repair", async () => {
  const broken = new MemoryStore();
  const put = broken.put.bind(broken);
  broken.put = (key, ...rest) =>
    key.startsWith("feeds/all/") ? Promise.reject(new Error("ENOSPC")) : put(key, ...rest);
  const named: string[] = [];
  await catchUp(started(SITE, { newsroom: new MemoryStore(), published: broken }), (feeds) =>
    named.push(...feeds),
  );
  expect(named).toEqual(["all"]);
});

describe("after a rebuild under another site file the next start", () => {
  const other = { ...SITE, title: "Another Name" };
  let stores: { newsroom: MemoryStore; published: MemoryStore };
  beforeEach(async () => {
    stores = { newsroom: new MemoryStore(), published: new MemoryStore() };
    await catchUp(started(SITE, stores), () => {});
    await ingest(started(SITE, stores), version("a", 1));
  });

  test("with it finds all done", async () => {
    await rebuildNoted(started(other, stores));
    expect(await isRebuilt(other, stores)).toBe(false);
    await expectTruth(other, stores);
  });

  test("with the one before rebuilds all", async () => {
    await rebuildNoted(started(other, stores));
    expect(await isRebuilt(SITE, stores)).toBe(true);
    await expectTruth(SITE, stores);
  });

  test.each([SITE, other])("rebuilds all if that was of one feed, or was killed ($title)", async (site) => {
    await rebuildNoted(started(other, stores), { feeds: ["all"] });
    expect(await isRebuilt(site, stores)).toBe(true);
    const third = started({ ...SITE, title: "A Third Name" }, stores);
    await expect(rebuildNoted(third, { signal: AbortSignal.abort() })).rejects.toThrow("abort");
    expect(await isRebuilt(site, stores)).toBe(true);
    await expectTruth(site, stores);
  });

  test("rebuilds nothing more where it was the same site file, be it of one feed", async () => {
    await rebuildNoted(started(SITE, stores), { feeds: ["all"] });
    expect(await isRebuilt(SITE, stores)).toBe(false);
  });
});

import { beforeEach, describe, expect, test } from "vitest";
import type { Site } from "../../src/core/site.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { windowKey } from "../../src/repository/windows.ts";
import { createServices } from "../../src/services.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { createUpkeep } from "../../src/upkeep/tick.ts";
import { SITE } from "../simulation/site.ts";
import { version } from "../simulation/world.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { documentKey } from "../support/documents.ts";
import { repairsOf, startedAndAtRest } from "../support/upkeep.ts";

type Stores = { newsroom: MemoryStore; published: MemoryStore };

function started(
  site: Site,
  stores = { newsroom: new MemoryStore(), published: new MemoryStore() },
  log: (event: string) => void = () => {},
) {
  return createServices({ site, stores, log });
}

/** Whether the next start under this site file makes all documents again. */
async function isRebuilt(
  site: Site,
  stores: { newsroom: MemoryStore; published: MemoryStore },
): Promise<boolean> {
  const events: string[] = [];
  await startedAndAtRest(started(site, stores, (event) => events.push(event)));
  return events.includes("rollout.done");
}

async function documentOf(services: ReturnType<typeof started>, feed: string): Promise<string> {
  const stored = await services.stores.published.get(documentKey(feed, "json"));
  return Buffer.from(stored?.body ?? "").toString();
}

test("when a wire is new, it has its fixed feeds, without stories", async () => {
  const services = started(SITE);
  await startedAndAtRest(services);
  expect(JSON.parse(await documentOf(services, "all")).items).toEqual([]);
});

test("when the site file changed, the next start carries the change out; when it did not, the documents stay as they are", async () => {
  const before = started(SITE);
  await startedAndAtRest(before);
  await ingest(before, version("a", 1));
  await before.publisher.publish(["a"]);
  const stores = before.stores as { newsroom: MemoryStore; published: MemoryStore };

  const head = await before.stores.published.head(documentKey("all", "json"));
  await startedAndAtRest(started(SITE, stores));
  expect(await before.stores.published.head(documentKey("all", "json"))).toEqual(head);

  const changed = started({ ...SITE, title: "Another Name" }, stores);
  await startedAndAtRest(changed);
  expect(JSON.parse(await documentOf(changed, "all")).title).toContain("Another Name");
  await expectTruth(changed.site, changed.stores);
});

test("when a window is lost, the next start fills its feed", async () => {
  const before = started(SITE);
  await startedAndAtRest(before);
  await before.stores.newsroom.delete(windowKey("all"));
  const reports = await startedAndAtRest(started(SITE, before.stores as Stores));
  expect(reports.flatMap(({ filled }) => filled)).toEqual(["all"]);
  await expectTruth(SITE, before.stores);
});

test("when the site file is changed back, a change that was carried out in part is undone", async () => {
  const before = started(SITE);
  await startedAndAtRest(before);
  await ingest(before, version("a", 1));
  await before.publisher.publish(["a"]);
  const stores = before.stores as { newsroom: MemoryStore; published: MemoryStore };

  const changed = started({ ...SITE, origin: "https://other.example.org" }, stores);
  const put = stores.published.put.bind(stores.published);
  stores.published.put = async (key, ...rest) => {
    if (key.startsWith("feeds/section/")) throw new Error("the power goes");
    return put(key, ...rest);
  };
  await startedAndAtRest(changed);
  expect(await documentOf(changed, "all")).toContain("other.example.org");

  stores.published.put = put;
  await startedAndAtRest(started(SITE, stores));
  await expectTruth(SITE, stores);
});

test("when a killed rebuild left a feed open, the next start fills it", async () => {
  const services = started(SITE);
  await startedAndAtRest(services);
  const key = "windows/all.json";
  const window = JSON.parse(Buffer.from((await services.stores.newsroom.get(key))?.body ?? "").toString());
  await services.stores.newsroom.put(key, Buffer.from(JSON.stringify({ ...window, rebuilding: "dead" })));
  const reports = await startedAndAtRest(started(SITE, services.stores as Stores));
  expect(reports.flatMap(({ filled }) => filled)).toEqual(["all"]);
});

test("when the first rollout cannot write a feed, the feed is asked for until it is written", async () => {
  const broken = new MemoryStore();
  const put = broken.put.bind(broken);
  broken.put = (key, ...rest) =>
    key.startsWith("feeds/all/") ? Promise.reject(new Error("ENOSPC")) : put(key, ...rest);
  const services = started(SITE, { newsroom: new MemoryStore(), published: broken });
  await startedAndAtRest(services);
  expect(await repairsOf(services)).toEqual(["all"]);
  broken.put = put;
  await startedAndAtRest(services);
  expect(await repairsOf(services)).toEqual([]);
  await expectTruth(SITE, services.stores);
});

describe("when a rebuild ran under another site file", () => {
  const other = { ...SITE, title: "Another Name" };
  let stores: { newsroom: MemoryStore; published: MemoryStore };
  beforeEach(async () => {
    stores = { newsroom: new MemoryStore(), published: new MemoryStore() };
    await startedAndAtRest(started(SITE, stores));
    await ingest(started(SITE, stores), version("a", 1));
  });

  test("the next start with that site file finds everything done", async () => {
    await rebuild(started(other, stores));
    expect(await isRebuilt(other, stores)).toBe(false);
    await expectTruth(other, stores);
  });

  test("the next start with the site file before rebuilds everything", async () => {
    await rebuild(started(other, stores));
    expect(await isRebuilt(SITE, stores)).toBe(true);
    await expectTruth(SITE, stores);
  });

  test.each([SITE, other])(
    "and was of one feed, or was killed, the next start rebuilds everything ($title)",
    async (site) => {
      await rebuild(started(other, stores), { feeds: ["all"] });
      expect(await isRebuilt(site, stores)).toBe(true);
      const third = started({ ...SITE, title: "A Third Name" }, stores);
      await expect(rebuild(third, { signal: AbortSignal.abort() })).rejects.toThrow("abort");
      expect(await isRebuilt(site, stores)).toBe(true);
      await expectTruth(site, stores);
    },
  );

  test("and the site file was the same one all along, the next start rebuilds nothing, even after a rebuild of one feed", async () => {
    await rebuild(started(SITE, stores), { feeds: ["all"] });
    expect(await isRebuilt(SITE, stores)).toBe(false);
  });

  test("while a rollout of the site file before was half done, the next start with that one does all of it", async () => {
    const third = { ...SITE, size: 3, title: "A Third Name" };
    const upkeep = createUpkeep(started(third, stores), { settlesMs: 0, auditsAtStart: true });
    // The records are read, and one feed is written.
    await upkeep.tick(() => true);
    const [all, ...others] = SITE.feeds as [Site["feeds"][number]];
    const narrow = { ...SITE, feeds: [{ ...all, where: { section: ["Nowhere"] } }, ...others] };
    await rebuild(started(narrow, stores), { feeds: ["all"] });
    await startedAndAtRest(started(third, stores));
    await expectTruth(third, stores);
  });
});

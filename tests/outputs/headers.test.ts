import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Format } from "../../src/render/format.ts";
import { FORMATS } from "../../src/render/formats.ts";
import { createServices } from "../../src/services.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { TEST_SITE } from "../support/articles.ts";

/** The table of formats with headers that a test changes. */
vi.mock("../../src/render/formats.ts", async (original) => {
  const { FORMATS } = await original<typeof import("../../src/render/formats.ts")>();
  return { FORMATS: FORMATS.map((format) => ({ ...format })) };
});

const [rss] = FORMATS as [Format];
const stores = { newsroom: new MemoryStore(), published: new MemoryStore() };
const deployed = () => createServices({ site: TEST_SITE, stores, log: () => {} });
const lookAtAll = () => deployed().publisher.writeFeeds(new Map([["all", { ids: new Set() }]]));

describe("when nothing but a header of an output changes", () => {
  beforeEach(async () => {
    await deployed().publisher.startFeeds();
  });

  test.each([
    ["storedType", "contentType", "application/xml; charset=utf-8"],
    ["cacheControl", "cacheControl", "public, max-age=1"],
  ] as const)(
    "%s: it rewrites every stored document of that format, and no other",
    async (of, header, value) => {
      const before = await stores.published.head("feeds/all/rss.xml");
      rss[of] = value;
      const { changed } = await lookAtAll();
      expect(changed).toEqual([{ key: "feeds/all/rss.xml", etag: before?.etag }]);
      expect(await stores.published.head("feeds/all/rss.xml")).toMatchObject({
        [header]: value,
        etag: before?.etag,
      });
    },
  );

  test("it writes nothing where the headers are what they were", async () => {
    expect((await lookAtAll()).changed).toEqual([]);
  });
});

import { expect, test } from "vitest";
import { isReachable, settlesMs, topicOf } from "../../src/hubs/topics.ts";
import { outputsOf } from "../../src/render/outputs.ts";
import { testSite } from "../support/site.ts";

const SITE = testSite({}, "https://wire.example.org");

test("when a document of a feed changes, its topic is its public address, in ASCII", () => {
  expect(topicOf(SITE, "feeds/tag/北朝鮮/atom.xml")?.url).toBe(
    "https://wire.example.org/feeds/tag/%E5%8C%97%E6%9C%9D%E9%AE%AE/atom.xml",
  );
});

test("when a topic is a document, its hub waits as long as the document's own header lets a cache answer", () => {
  for (const feed of [{ name: "all" }, { name: "breaking", ofBreaking: true }])
    for (const { key, cacheControl } of outputsOf(feed))
      expect(topicOf(SITE, key)?.settlesMs, key).toBe(settlesMs(cacheControl));
  expect(settlesMs("public, max-age=30, stale-while-revalidate=30, stale-if-error=86400")).toBe(60_000);
  expect(settlesMs("no-cache")).toBe(0);
});

test.each([
  "feeds/_smoke/rss.xml",
  "feeds/_other/x/rss.xml",
  "feeds/nosuch/rss.xml",
  "feeds/rss.xml",
  "feeds/",
  "index.html",
  "stories/all/rss.xml",
])("when %s is written, no hub is told", (key) => {
  expect(topicOf(SITE, key)).toBeUndefined();
});

test.each([
  ["http://localhost:8787", false],
  ["http://127.0.0.1:8787", false],
  ["http://[::1]:8787", false],
  ["http://192.168.1.20", false],
  ["http://newsroom:8787", false],
  ["http://wire.local", false],
  ["http://wire.localhost.", false],
  ["https://wire.test", false],
  ["https://wire.example.org", true],
  ["http://1.1.1.1", true],
])("when the documents are at %s, a hub may reach them: %s", (origin, is) => {
  expect(isReachable(origin)).toBe(is);
});

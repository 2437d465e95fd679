import { beforeEach, expect, test } from "vitest";
import { createServices, type Services } from "../../src/services.ts";
import { type MemoryWire, memoryWire } from "../support/wire.ts";

/** The site file chooses which documents a feed has. */

let wire: MemoryWire;
beforeEach(async () => {
  wire = memoryWire();
  await wire.services.publisher.startFeeds();
});

/** The wire after its site file gives the feed `all` these formats. */
function next(formats: ("rss" | "json" | "page")[]): Services {
  const { site } = wire.services;
  const feeds = site.feeds.map((feed) => (feed.name === "all" ? { ...feed, formats } : feed));
  return createServices({ ...wire.services, site: { ...site, feeds } });
}

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const key of wire.published.list("feeds/all/")) found.push(key.replace("feeds/all/", ""));
  return found;
}

test("when a feed has fewer formats, it loses the documents of the others, and its page names those that are left", async () => {
  expect(await keys()).toEqual(["atom.xml", "feed.json", "index.html", "rss.xml"]);
  const { failed, changed } = await next(["rss", "page"]).publisher.startFeeds();
  expect(failed).toEqual([]);
  expect(await keys()).toEqual(["index.html", "rss.xml"]);
  expect(changed).toEqual(
    expect.arrayContaining([{ key: "feeds/all/atom.xml" }, { key: "feeds/all/feed.json" }]),
  );
  const page = Buffer.from((await wire.published.get("feeds/all/index.html"))?.body ?? []).toString();
  expect(page).toContain("/feeds/all/rss.xml");
  expect(page).not.toContain("/feeds/all/atom.xml");
});

test("when a feed has more formats again, it gets their documents", async () => {
  await next(["rss"]).publisher.startFeeds();
  expect(await keys()).toEqual(["rss.xml"]);
  await wire.services.publisher.startFeeds();
  await createServices(wire.services).publisher.startFeeds();
  expect(await keys()).toHaveLength(4);
});

test("when another process has written meanwhile, that is seen", async () => {
  const services = next(["rss"]);
  await services.publisher.startFeeds();
  await createServices(wire.services).publisher.startFeeds();
  expect(await keys()).toHaveLength(4);
  await next(["rss"]).publisher.startFeeds();
  expect(await keys()).toEqual(["rss.xml"]);
});

import { describe, expect, test } from "vitest";
import { resolveFeed } from "../../src/core/feed.ts";
import type { SiteConfig } from "../../src/core/site.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { byId, published, windowOf } from "../support/articles.ts";
import { DOCUMENT_NAMES } from "../support/documents.ts";
import { testSite } from "../support/site.ts";
import { all, readXml, textOf } from "./read.ts";

/* How long readers and caches may keep a feed where people wait for a flash. */

const FEEDS: Partial<SiteConfig> = {
  ttl: 60,
  feeds: [
    { name: "all", title: "All stories" },
    { name: "breaking", title: "Breaking news", where: { breaking: true }, order: "breaking" },
    { name: "flashes", title: "Flashes", where: { breaking: ["flash"], section: ["World"] } },
    { name: "corrections", title: "Corrections", where: { change: ["correction"] } },
  ],
  families: [
    { family: "urgent", by: "section", title: "{value}", where: { breaking: ["flash", "bulletin"] } },
    { family: "section", by: "section", title: "{value}" },
  ],
};
const SITE = testSite(FEEDS);
const STORY = published({ breaking: { level: "flash" }, section: "World", change: { kind: "correction" } });

function documentsOf(name: string) {
  const feed = resolveFeed(SITE, name);
  if (feed === undefined) throw new Error(`no feed ${name}`);
  const rendered = createRenderer(SITE).render(feed, windowOf([STORY], feed, SITE), byId([STORY]));
  const rss = rendered.find(({ output }) => output.from.format.name === "rss");
  const [channel] = all(readXml(rss?.body ?? ""), "channel");
  return {
    ttl: channel && textOf(channel, "ttl"),
    caches: rendered.map(({ output }) => output.cacheControl),
  };
}

describe("when a feed selects by breaking", () => {
  test.each(["breaking", "flashes", "urgent/world"])(
    "%s: readers come back after a minute, whatever the site file says, and caches after ten seconds",
    (name) => {
      const short = "public, max-age=10, stale-while-revalidate=10, stale-if-error=86400";
      expect(documentsOf(name)).toEqual({ ttl: "1", caches: DOCUMENT_NAMES.map(() => short) });
    },
  );
});

describe("when a feed selects by anything else", () => {
  test.each(["all", "corrections", "section/world"])("%s: the ttl is that of the site file", (name) => {
    const usual = "public, max-age=30, stale-while-revalidate=30, stale-if-error=86400";
    expect(documentsOf(name)).toEqual({ ttl: "60", caches: DOCUMENT_NAMES.map(() => usual) });
  });
});

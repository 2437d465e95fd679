import { parseOpml } from "feedsmith";
import { expect, test } from "vitest";
import type { Listing } from "../../src/core/directory.ts";
import { OPML_FEEDS } from "../../src/render/limits.ts";
import { opmlDocument } from "../../src/render/opml.ts";
import { testSite } from "../support/site.ts";
import { readXml } from "./read.ts";

const SITE = testSite({ title: 'The "Example" <Times> & more' });
const FIXED: Listing[] = SITE.feeds.map(({ name }) => ({ name }));
const parsed = (listings: Listing[], site = SITE) => parseOpml(opmlDocument(site, listings));

test("when a reader imports it, it has the feeds of the site file, then a folder for each family", () => {
  const listings = [
    ...FIXED,
    { name: "section/u-s-news", value: "U.S. News" },
    { name: "section/北朝鮮", value: "北朝鮮" },
    { name: "tag/a-b", value: 'A & "B" <c>\u0001' },
  ];
  readXml(opmlDocument(SITE, listings));
  const { head, body } = parsed(listings);
  expect(head).toMatchObject({ title: SITE.title, ownerName: "The Example Times" });
  expect(body?.outlines?.map(({ text, xmlUrl }) => [text, xmlUrl])).toEqual([
    ["All stories", "https://wire.example.org/feeds/all/rss.xml"],
    ["Breaking news", "https://wire.example.org/feeds/breaking/rss.xml"],
    ["Corrections and clarifications", "https://wire.example.org/feeds/corrections/rss.xml"],
    ["section", undefined],
    ["tag", undefined],
  ]);
  const [section, tag] = body?.outlines?.slice(3) ?? [];
  expect(section?.outlines?.[1]).toMatchObject({
    type: "rss",
    text: "北朝鮮",
    title: "北朝鮮",
    xmlUrl: `https://wire.example.org/feeds/section/${encodeURIComponent("北朝鮮")}/rss.xml`,
    htmlUrl: "https://news.example.org/",
    category: "/section",
  });
  expect(tag?.outlines?.map(({ text }) => text)).toEqual(['A & "B" <c>']);
});

test("when there are more feeds than anybody subscribes to, it has the first ones", () => {
  const many = Array.from({ length: OPML_FEEDS }, (_, i) => ({ name: `tag/t${i}`, value: `T ${i}` }));
  const text = opmlDocument(SITE, [...FIXED, ...many]);
  expect(text.match(/xmlUrl=/g)).toHaveLength(OPML_FEEDS);
  expect(Buffer.byteLength(text)).toBeLessThan(400_000);
});

test("when a wire has no feed, the list is valid and empty", () => {
  const { body } = parsed([], { ...SITE, feeds: [] });
  expect(body?.outlines).toEqual([{ text: SITE.title }]);
});

test("when a feed has no RSS document, it is listed with another one, and when it has a page alone, it is left out", () => {
  const site = testSite({
    feeds: [
      { name: "all", title: "All", formats: ["atom", "page"] },
      { name: "shown", title: "Shown", formats: ["page"] },
    ],
    families: [
      { family: "section", by: "section", title: "{value}", formats: ["page"] },
      { family: "tag", by: "tag", title: "{value}", formats: ["json"] },
    ],
  });
  const listings = ["all", "shown", "section/city", "tag/x", "gone/y"].map((name) => ({ name }));
  const outlines = parsed(listings, site).body?.outlines ?? [];
  expect(outlines.map(({ text }) => text)).toEqual(["All", "tag"]);
  expect(outlines[0]).toMatchObject({ xmlUrl: "https://wire.example.org/feeds/all/atom.xml" });
  expect(outlines[0]).not.toHaveProperty("version");
  expect(outlines[1]?.outlines?.[0]?.xmlUrl).toBe("https://wire.example.org/feeds/tag/x/feed.json");
});

import { parseFeed, parseOpml } from "feedsmith";
import { expect, test } from "vitest";
import { resolveFeed } from "../../src/core/feed.ts";
import type { SiteConfig } from "../../src/core/site.ts";
import { opmlDocument } from "../../src/render/opml.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { windowOf } from "../support/articles.ts";
import { byFormat } from "../support/documents.ts";
import { testSite } from "../support/site.ts";

const HOME = "https://news.example.org/some-value/{value}?from=feed&x={value}";
const FIELDS: Partial<SiteConfig> = {
  feeds: [
    { name: "all", title: "All" },
    { name: "latest", title: "Latest", home: "https://news.example.org/latest" },
  ],
  families: [
    { family: "tag", by: "tag", title: "{value}", description: "All about {value}", home: HOME },
    { family: "section", by: "section", title: "{value}" },
  ],
};
const SITE = testSite(FIELDS);

const HOMES: [feed: string, home: string][] = [
  ["all", "https://news.example.org/"],
  ["latest", "https://news.example.org/latest"],
  ["section/usa", "https://news.example.org/"],
  ["tag/north-korea", "https://news.example.org/some-value/north-korea?from=feed&x=north-korea"],
  [
    "tag/北朝鮮",
    "https://news.example.org/some-value/%E5%8C%97%E6%9C%9D%E9%AE%AE?from=feed&x=%E5%8C%97%E6%9C%9D%E9%AE%AE",
  ],
];

test.each(HOMES)(
  "when the site file has a home for it or for its family, each document of %s leads there",
  (name, home) => {
    const feed = resolveFeed(SITE, name);
    if (feed === undefined) throw new Error(`there is no feed ${name}`);
    const documents = byFormat(createRenderer(SITE).render(feed, windowOf([], feed, SITE), new Map()));
    const read = (format: "rss" | "atom" | "json") => parseFeed(Buffer.from(documents[format]).toString());
    const [rss, atom, json] = [read("rss"), read("atom"), read("json")];
    if (rss.format !== "rss" || atom.format !== "atom" || json.format !== "json") throw new Error("not read");
    expect(rss.feed.link).toBe(home);
    expect(rss.feed.atom?.links?.find(({ rel }) => rel === "alternate")?.href).toBe(home);
    expect(atom.feed.links?.find(({ rel }) => rel === "alternate")?.href).toBe(home);
    expect(json.feed.home_page_url).toBe(home);
    const listed = JSON.stringify(parseOpml(opmlDocument(SITE, [{ name }])));
    expect(listed).toContain(`"htmlUrl":"${home}"`);
  },
);

test("when a family has a description, its feeds have it with their value", () => {
  const feed = resolveFeed(SITE, "tag/seoul");
  if (feed === undefined) throw new Error("there is no such feed");
  const { rss } = byFormat(createRenderer(SITE).render(feed, windowOf([], feed, SITE), new Map()));
  expect(parseFeed(Buffer.from(rss).toString()).feed).toMatchObject({ description: "All about seoul" });
});

test.each([
  ["news.example.org/{value}", "must be an absolute http or https URL"],
  ["https://{value}.example.org/", "may hold {value} behind the host"],
  ["https://news.example.org/{section}", "may hold {value} behind the host"],
])("when the home of a family is %s, the site file is refused", (home, problem) => {
  const families = [{ family: "tag", by: "tag" as const, title: "{value}", home }];
  expect(() => testSite({ families })).toThrow(problem);
});

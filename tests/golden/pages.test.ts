import { join } from "node:path";
import { DomUtils, parseDocument } from "htmlparser2";
import { describe, expect, test } from "vitest";
import type { Published } from "../../src/core/article.ts";
import { type Feed, resolveFeed } from "../../src/core/feed.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { byId, published, windowOf, withdrawn } from "../support/articles.ts";
import { byFormat } from "../support/documents.ts";
import { htmlProblems } from "../support/html.ts";
import { testSite } from "../support/site.ts";

/*
 * What a page of a feed and the page at the root look like, to the byte. A change that is meant: `npx vitest run tests/golden
 * --update`, then read the difference.
 */

const SITE = testSite({
  look: { name: "The Golden Times", accent: "#b3202c", imprint: "Published in Examplestadt." },
});
const [ALL, BREAKING] = ["all", "breaking"].map((name) => {
  const feed = resolveFeed(SITE, name);
  if (feed === undefined) throw new Error(`there is no feed ${name}`);
  return feed;
}) as [Feed, Feed];

const at = (hour: number) => new Date(Date.UTC(2026, 10, 27, hour)).toISOString();
const story = (id: string, hour: number, fields: Partial<Published>) =>
  published({
    ...{ id, guid: `tag:news.example.org,2026:article/${id}`, url: `https://news.example.org/${id}` },
    ...{ published: at(hour), updated: at(hour), ...fields },
  });

const FLASH = story("bridge", 12, {
  headline: "Bridge & tunnel <closed>",
  breaking: { level: "flash" },
  section: "World",
});
const CORRECTED = story("vote", 11, {
  headline: "Parliament votes on Tuesday",
  summary: "An earlier version had the wrong day.",
  change: { kind: "correction", note: "It is Tuesday, not Monday." },
});
const ARABIC = story("arabic", 10, { headline: "قمة ثانية في سيول", summary: "خبر قصير.", language: "ar" });
const PLAIN = story("plain", 9, { headline: "Harbour opens again" });
const KILLED = withdrawn({
  id: "wrong",
  guid: "tag:news.example.org,2026:article/wrong",
  published: at(8),
  updated: at(13),
  notice: "It named the wrong place.",
});
const STORIES = [FLASH, CORRECTED, ARABIC, PLAIN];
const HEADLINES = STORIES.map(({ headline }) => headline);

const renderer = createRenderer(SITE);
const window = windowOf([...STORIES, KILLED], ALL, SITE);
const PAGES = {
  feed: Buffer.from(byFormat(renderer.render(ALL, window, byId(STORIES))).page).toString(),
  home: Buffer.from(
    renderer.home(
      {
        latest: { feed: ALL, window },
        breaking: { feed: BREAKING, window: windowOf([FLASH], BREAKING, SITE) },
        listings: [{ name: "all" }, { name: "breaking" }, { name: "section/world", value: "World" }],
      },
      byId(STORIES),
    ).body,
  ).toString(),
};

/** The files that pages load are named by digests, which change with each style or script. */
const ASSET = /(?<=\/assets\/)[0-9a-f]{16}(?=\.)/g;

describe.each(["feed", "home"] as const)("when the page of the %s is rendered", (name) => {
  const text = PAGES[name];

  test("it is the golden document", async () => {
    await expect(text.replace(ASSET, "DIGEST")).toMatchFileSnapshot(
      join(import.meta.dirname, "documents/pages", `${name}.html`),
    );
  });

  test("it is valid HTML for html-validate", async () => {
    expect(await htmlProblems(text)).toEqual([]);
  });

  test("it reads back with htmlparser2: each story with its headline, its direction and where it leads", () => {
    const document = parseDocument(text);
    const stories = DomUtils.getElementsByTagName("article", document);
    const of = (element: (typeof stories)[number]) => {
      const [heading] = DomUtils.getElementsByTagName("h2", element);
      const [link] = heading ? DomUtils.getElementsByTagName("a", heading) : [];
      return [DomUtils.textContent(heading ?? []).trim(), link?.attribs.href, element.attribs.dir];
    };
    expect(stories.map(of)).toEqual([
      ...STORIES.map(({ headline, url, language }) => [headline, url, language === "ar" ? "rtl" : "ltr"]),
      ["Withdrawn", undefined, undefined],
    ]);
  });

  test("its JSON-LD is strict JSON, and names each live story and no killed one", () => {
    const scripts = DomUtils.getElementsByTagName("script", parseDocument(text));
    const data = scripts
      .filter(({ attribs }) => attribs.type === "application/ld+json")
      .map((script) => JSON.parse(DomUtils.textContent(script)));
    expect(data.flatMap(({ headline = [] }) => headline)).toEqual(HEADLINES);
    expect(JSON.stringify(data)).not.toContain("wrong place");
  });
});

import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import Parser from "rss-parser";
import { describe, expect, test } from "vitest";
import { createRenderer } from "../../src/render/renderer.ts";
import { ALL_FEED, accepted, byId, TEST_SITE, windowOf } from "../support/articles.ts";
import { byFormat } from "../support/documents.ts";
import { feedparserItems } from "../support/feedparser.ts";
import { ENTRIES_OF, type Entry } from "./entries.ts";
import { picturesShown } from "./fresh-rss.ts";
import { READER_STORIES } from "./stories.ts";

/* Bylines, pictures and captions as programs get them that read feeds for people. */

const ARTICLES = READER_STORIES.map(({ story }) => accepted(story));
const rendered = byFormat(createRenderer(TEST_SITE).render(ALL_FEED, windowOf(ARTICLES), byId(ARTICLES)));
const [RSS, ATOM, JSON_FEED] = [rendered.rss, rendered.atom, rendered.json].map((bytes) =>
  Buffer.from(bytes).toString(),
) as [string, string, string];
const BY_TWO = READER_STORIES.findIndex(({ story }) => story.authors?.length === 2);
const NAMES = ["Ada Quill", "Kim Lee"];

const ENTRIES = Object.entries({
  rss: () => ENTRIES_OF.rss(RSS),
  atom: () => ENTRIES_OF.atom(ATOM),
  json: () => ENTRIES_OF.json(JSON_FEED),
});

describe.each(ENTRIES)("when FreshRSS reads %s", (_format, entries) => {
  test.each(READER_STORIES.map((each, i) => [each.story.headline, each, i] as const))(
    "%s: it shows each picture and all words once, and offers the file beside them",
    (_, { pictures, words, absent = [], download }, i) => {
      const { content, enclosures } = entries()[i] as Entry;
      expect(picturesShown(content, enclosures)).toEqual(pictures);
      const others = enclosures.filter(({ type = "" }) => !type.startsWith("image/"));
      expect([...new Set(others.map(({ url }) => url))]).toEqual(download === undefined ? [] : [download]);
      const text = content.replaceAll("&amp;", "&");
      for (const part of words)
        if (!NAMES.includes(part)) expect([part, text.split(part).length - 1]).toEqual([part, 1]);
      for (const part of absent) expect(JSON.stringify({ content, enclosures })).not.toContain(part);
    },
  );
});

describe("when a story has two authors, one of them with an e-mail address", () => {
  test("feedsmith has every person once in each format", () => {
    const item = parseRssFeed(RSS).items?.[BY_TWO];
    expect([item?.authors ?? [], item?.dc?.creators]).toEqual([[], NAMES]);
    const entry = parseAtomFeed(ATOM).entries?.[BY_TWO];
    expect([entry?.authors?.map(({ name }) => name), entry?.dc?.creators]).toEqual([NAMES, undefined]);
    const json = parseJsonFeed(JSON_FEED).items?.[BY_TWO];
    expect(json?.authors?.map(({ name }) => name)).toEqual(NAMES);
  });

  test("rss-parser has a person once", async () => {
    const { items } = await new Parser<object, { author?: string }>().parseString(RSS);
    expect([items[BY_TWO]?.creator, items[BY_TWO]?.author]).toEqual([NAMES[0], undefined]);
  });

  test("feedparser has a person once, without an address", async () => {
    const items = await feedparserItems(RSS);
    expect(NAMES).toContain(items[BY_TWO]?.author);
    expect(JSON.stringify(items[BY_TWO])).not.toContain("kim@example.org");
  });
});

test("when a story has a picture, feedparser and rss-parser get no picture beside the content", async () => {
  for (const document of [RSS, ATOM]) {
    const items = await feedparserItems(document);
    const files = items.flatMap(({ enclosures }) => enclosures.map(({ type }) => type));
    // feedparser takes media:content for an enclosure too, and knows each address once.
    expect(files.filter((type) => type === "audio/mpeg")).toHaveLength(1);
  }
  const { items } = await new Parser().parseString(RSS);
  expect(items.flatMap(({ enclosure }) => enclosure?.url ?? [])).toEqual([
    "https://img.example.org/bridge.mp3",
  ]);
});

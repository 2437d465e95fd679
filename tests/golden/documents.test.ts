import { join } from "node:path";
import { parseFeed } from "feedsmith";
import Parser from "rss-parser";
import { describe, expect, test } from "vitest";
import { ArticleSchema } from "../../src/core/article.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { READERS, readJson, readXml } from "../render/read.ts";
import { byFormat, DOCUMENT_FILES, FORMAT_NAMES } from "../support/documents.ts";
import { feedparserItems } from "../support/feedparser.ts";
import { EVERY_FIELD, GOLDEN } from "./records.ts";

/*
 * What the documents look like, to the byte. A change that is meant: `npx vitest run tests/golden --update`, then read
 * the difference.
 */

const SUMMIT = "Seoul: US, N. Korea Agree to Second Summit 'As Soon as Possible'";
const BRIDGE = "Brücke & Tunnel: <b>AT&amp;T</b> sagt „nein“ ]]> 🌉";
const FLASH = "A flash has nothing but its headline";
const STUB = "Withdrawn";
const HEADLINES: Record<keyof typeof GOLDEN, string[]> = {
  summit: [SUMMIT],
  // Stories of the same minute stand in the order of their ids, and stubs in the places of their stories.
  everything: [BRIDGE, STUB, STUB, SUMMIT, FLASH],
  rights: [FLASH, FLASH],
  empty: [],
};
describe.each(Object.keys(GOLDEN) as (keyof typeof GOLDEN)[])("when the feed %s is rendered", (name) => {
  const { site, feed, window, articles } = GOLDEN[name];
  const documents = byFormat(createRenderer(site).render(feed, window, articles));
  const text = (format: "rss" | "atom" | "json") => Buffer.from(documents[format]).toString();

  test.each(FORMAT_NAMES)("it is the golden document as %s", async (format) => {
    const file = join(import.meta.dirname, "documents", name, DOCUMENT_FILES[format]);
    await expect(text(format)).toMatchFileSnapshot(file);
  });

  test("it reads back with a strict XML parser and as strict JSON", () => {
    expect(readXml(documents.rss).name).toBe("rss");
    expect(readXml(documents.atom).name).toBe("{http://www.w3.org/2005/Atom}feed");
    expect(readJson(documents.json).version).toBe("https://jsonfeed.org/version/1.1");
    for (const format of FORMAT_NAMES) {
      expect(READERS[format](documents[format]).map(({ headline }) => headline)).toEqual(HEADLINES[name]);
    }
  });

  test("it reads back with feedsmith", () => {
    const rss = parseFeed(text("rss"));
    const atom = parseFeed(text("atom"));
    const json = parseFeed(text("json"));
    expect([rss.format, atom.format, json.format]).toEqual(["rss", "atom", "json"]);
    if (rss.format !== "rss" || atom.format !== "atom" || json.format !== "json") return;
    expect((rss.feed.items ?? []).map(({ title }) => title)).toEqual(HEADLINES[name]);
    expect((atom.feed.entries ?? []).map(({ title }) => title?.value)).toEqual(HEADLINES[name]);
    expect((json.feed.items ?? []).map(({ title }) => title)).toEqual(HEADLINES[name]);
  });

  test("it reads back with rss-parser", async () => {
    for (const format of ["rss", "atom"] as const) {
      const { items } = await new Parser().parseString(text(format));
      expect(items.map(({ title }) => title)).toEqual(HEADLINES[name]);
    }
  });

  test("it reads back with feedparser, which takes tags out of titles", async () => {
    const expected = HEADLINES[name].map((headline) => headline.replace(/<\/?b>/g, ""));
    for (const format of ["rss", "atom"] as const) {
      const items = await feedparserItems(documents[format]);
      expect(items.map(({ title }) => title)).toEqual(expected);
    }
  });
});

test("when a record is to have every field, it has every field", () => {
  // A link in the body shows an embed.
  const { label, embargo, expires, status, embeds, ...shown } = ArticleSchema.entries;
  expect(Object.keys(EVERY_FIELD).sort()).toEqual(Object.keys(shown).sort());
});

import { describe, expect, test } from "vitest";
import { readDocument } from "../../src/cli/wire/read-document.ts";
import { FORMATS } from "../../src/render/formats.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { ALL_FEED, byId, published, TEST_SITE, windowOf, withdrawn } from "../support/articles.ts";
import { byFormat, FORMAT_NAMES } from "../support/documents.ts";

const flash = published({
  id: "flash",
  headline: "Tom & <Jerry> ]]> 北朝鮮",
  summary: "Not the headline",
  body: "<p>Neither is this</p>",
  url: "https://news.example.org/flash?a=1&b=2",
  updated: "2018-10-08T09:30:00.000Z",
  breaking: { level: "flash" },
  source: { name: "Another wire", url: "https://other.example.org/flash" },
  related: [{ url: "https://news.example.org/related", title: "Related" }],
});
const quiet = published({ id: "quiet" });
const killed = withdrawn({ id: "killed" });
const articles = [flash, quiet, killed];
const documents = byFormat(createRenderer(TEST_SITE).render(ALL_FEED, windowOf(articles), byId(articles)));
const typeOf = (format: string) => FORMATS.find(({ name }) => name === format)?.contentType ?? "";
const textOf = (format: (typeof FORMAT_NAMES)[number]) => Buffer.from(documents[format]).toString();

describe.each(FORMAT_NAMES)("when a document is read back from %s", (format) => {
  const { entries, deleted } = readDocument(typeOf(format), textOf(format));

  test("each entry is found with its identity, address, headline, update and breaking flag", () => {
    expect(entries).toHaveLength(3);
    const { id, ...found } = entries.find((entry) => entry.url === flash.url) ?? {};
    expect(id).toBe(flash.guid);
    expect(found).toEqual({
      url: flash.url,
      headline: flash.headline,
      updated: flash.updated,
      breaking: "flash",
    });
    expect(entries.find((entry) => entry.url === quiet.url)?.breaking).toBeUndefined();
  });

  test("a stub is told from an article", () => {
    expect(entries.filter(({ isStub }) => isStub)).toEqual([
      { id: killed.guid, headline: "Withdrawn", updated: killed.updated, isStub: true },
    ]);
  });

  test("the withdrawn ones are found where the format has a word for them", () => {
    expect(deleted).toEqual(format === "rss" ? [] : [killed.guid]);
  });

  test("a document that was cut off is refused", () => {
    expect(() => readDocument(typeOf(format), textOf(format).slice(0, -20))).toThrow();
  });
});

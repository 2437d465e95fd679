import { describe, expect, test } from "vitest";
import type { Published } from "../../src/core/article.ts";
import { labelledHeadline } from "../../src/render/headline-label.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { wordingOf } from "../../src/render/words/choose.ts";
import { ALL_FEED, byId, published, TEST_SITE, windowOf } from "../support/articles.ts";
import { byFormat, FORMAT_NAMES } from "../support/documents.ts";
import { all, atomName, type Element, READERS, readJson, readXml } from "./read.ts";

describe("when a story is in a language", () => {
  test.each([
    ["en-GB", "Correction"],
    ["ar-EG", "تصحيح"],
    ["zh", "更正"],
    ["zh-Hans-CN", "更正"],
    ["de-CH", "Correction"],
    ["", "Correction"],
    ["__proto__", "Correction"],
    ["a-".repeat(100_000), "Correction"],
  ])("%.12s: a correction is called %s", (tag, label) => {
    expect(wordingOf(tag).words.correction).toBe(label);
  });

  test.each([
    ["zh-CN", "突发新闻"],
    ["zh-Hant", "突發新聞"],
    ["zh-TW", "突發新聞"],
    ["zh-HK", "突發新聞"],
    ["zh-Hans-HK", "突发新闻"],
    ["zh-Hant-CN", "突發新聞"],
  ])("%s: breaking news is called %s, by the script and else by the region", (tag, label) => {
    expect(wordingOf(tag).words.breaking).toBe(label);
  });
});

describe("when a story breaks and is corrected", () => {
  const of = (fields: Partial<Published>) => {
    const story = published({ breaking: { level: "flash" }, change: { kind: "correction" }, ...fields });
    return byFormat(createRenderer(TEST_SITE).render(ALL_FEED, windowOf([story]), byId([story])));
  };

  test.each([
    ["en-GB", ["Breaking news", "Correction"]],
    ["ar", ["خبر عاجل", "تصحيح"]],
    ["zh-TW", ["突發新聞", "更正"]],
    [undefined, ["Breaking news", "Correction"]],
  ])("in %s: category, label and tag are the same words, with the same terms beside them", (tag, labels) => {
    const { rss, atom, json } = of(tag === undefined ? {} : { language: tag });
    const schemes = ["urn:flashwire:breaking", "http://cv.iptc.org/newscodes/signal/"];
    const [item] = all(all(readXml(rss), "channel")[0] as Element, "item") as [Element];
    expect(all(item, "category").map(({ attributes, text }) => [attributes.domain, text])).toEqual(
      schemes.map((scheme, i) => [scheme, labels[i]]),
    );
    const [entry] = all(readXml(atom), atomName("entry")) as [Element];
    expect(all(entry, atomName("category")).map(({ attributes }) => ({ ...attributes }))).toEqual([
      { term: "flash", scheme: schemes[0], label: labels[0] },
      { term: "correction", scheme: schemes[1], label: labels[1] },
    ]);
    expect(readJson(json).items[0].tags).toEqual(labels);
    for (const format of FORMAT_NAMES) {
      const [story] = READERS[format](format === "rss" ? rss : format === "atom" ? atom : json);
      expect(story).toMatchObject({ breaking: { level: "flash" }, change: { kind: "correction" } });
    }
  });

  test("when a tag has the words of a label, JSON Feed names them once", () => {
    expect(readJson(of({ tags: [{ name: "Correction" }] }).json).items[0].tags).toEqual([
      "Breaking news",
      "Correction",
    ]);
  });

  test("when somebody wrote another kind of change into a record, the story stays in the feed", () => {
    const change = JSON.parse('{"kind":"retraction"}');
    expect(readJson(of({ change, corrections: [{ ...change, at: "?" }] }).json).items[0].tags).toEqual([
      "Breaking news",
      "retraction",
    ]);
  });
});

describe("a headline", () => {
  type Names = (typeof TEST_SITE)["headlineLabels"];
  const of = (headlineLabels: Names, fields: Partial<Published>) =>
    labelledHeadline({ ...TEST_SITE, headlineLabels }, published(fields));
  const both = { breaking: { level: "flash" }, change: { kind: "correction" } } as const;

  test("when the site file names no labels, it stays as it came", () => {
    expect(of(TEST_SITE.headlineLabels, both)).toBe("A headline");
  });

  test.each<[Names, Partial<Published>, string]>([
    [["correction", "breaking"], both, "Correction: A headline"],
    [["breaking", "correction"], both, "Breaking: A headline"],
    [["clarification"], both, "A headline"],
    [["update"], { change: { kind: "update" } }, "Update: A headline"],
    [["correction"], { ...both, language: "zh" }, "更正：A headline"],
    [["breaking"], { ...both, language: "ar" }, "عاجل: A headline"],
    [["breaking"], {}, "A headline"],
  ])("when the site file names %j, it has the first that the story has", (names, fields, headline) => {
    expect(of(names, fields)).toBe(headline);
  });

  test.each(["BREAKING: Bridge closed", "Breaking news – Bridge closed", "Breaking| Bridge closed"])(
    "when the newsroom wrote %j, it gets no second label",
    (headline) => expect(of(["breaking"], { ...both, headline })).toBe(headline),
  );

  test("when its first word only looks like a label, it gets the label", () => {
    const headline = "Breaking Bad star returns";
    expect(of(["breaking"], { ...both, headline })).toBe(`Breaking: ${headline}`);
  });

  test("when it has a label, it has it in every format", () => {
    const site = { ...TEST_SITE, headlineLabels: ["correction"] as Names };
    const story = published(both);
    const documents = byFormat(createRenderer(site).render(ALL_FEED, windowOf([story]), byId([story])));
    for (const format of FORMAT_NAMES)
      expect(READERS[format](documents[format])[0]?.headline).toBe("Correction: A headline");
  });
});

import { expect, test } from "vitest";
import { stubWords } from "../../src/render/stub-words.ts";
import { TEST_SITE } from "../support/articles.ts";

const own = (...tags: string[]) =>
  Object.fromEntries(tags.map((tag) => [tag, { title: `own ${tag}`, text: "" }]));

test.each([
  ["fr-CA", [], "Article retiré"],
  ["fr-CA", ["fr"], "own fr"],
  ["fr-CA", ["fr", "fr-CA"], "own fr-CA"],
  ["zh", ["zh-Hans"], "own zh-Hans"],
  ["zh-TW", ["zh"], "已撤稿"],
  ["zh-TW", ["zh", "zh-Hant"], "own zh-Hant"],
  ["sr-Latn", ["sr"], "own sr"],
  ["de", [], "Noticia retirada"],
  ["de", ["en"], "Noticia retirada"],
  ["de", ["es"], "own es"],
  ["not a tag", ["en", "es"], "own es"],
])("when a feed is in %s, and the site file has words for %j, a stub says %s", (language, tags, title) => {
  const site = { ...TEST_SITE, language: "es", withdrawals: { days: 30, words: own(...tags) } };
  expect(stubWords(site, language).title).toBe(title);
});

test("when neither the feed nor the site is in a language with words, a stub says those of the site file in English", () => {
  const of = (tags: string[]) => ({
    ...TEST_SITE,
    language: "de",
    withdrawals: { days: 30, words: own(...tags) },
  });
  expect(stubWords(of(["en"]), "sv").title).toBe("own en");
  expect(stubWords(of([]), "sv").title).toBe("Withdrawn");
});

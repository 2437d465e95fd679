import { describe, expect, test } from "vitest";
import { languageName, withValue } from "../../src/core/feed-names.ts";

describe("when a feed is named after its language", () => {
  test.each([
    ["fr", "Français"],
    ["fr-CA", "Français canadien"],
    ["en", "English"],
    ["EN-us", "American English"],
    ["es-MX", "Español de México"],
    ["pt-BR", "Português (Brasil)"],
    ["ar", "العربية"],
    ["fa", "فارسی"],
    ["zh", "中文"],
    ["zh-Hans", "简体中文"],
    ["zh-hant", "繁體中文"],
    ["ko", "한국어"],
    ["ru", "Русский"],
    ["uk", "Українська"],
    ["id", "Indonesia"],
    ["nb", "Norsk bokmål"],
    ["ka", "ქართული"],
    ["en-u-nu-latn", "English"],
  ])(
    "%s: it is that of the language itself, and begins with a capital where the script has some",
    (tag, name) => {
      expect(languageName(tag)).toBe(name);
    },
  );

  test("when Intl does not know the language's own word, it is the English one", () => {
    expect(languageName("tlh")).toBe("Klingon");
  });

  const NO_LANGUAGE = ["deutsch", "not a tag", "x-foo", "und", "qaa", "", "__proto__"].map((text) => [
    text,
    text,
  ]);

  test.each([...NO_LANGUAGE, ["a text of 200,000 letters", "a-".repeat(100_000)]])(
    "when the text names no language, as %j, it stays as it is",
    (_, text) => expect(languageName(text)).toBe(text),
  );
});

describe("the title of a feed of a family", () => {
  test("when the family is by language, it can name the language and the tag", () => {
    expect(withValue({ ofLanguage: true }, "{language} ({value})", "fr-CA")).toBe(
      "Français canadien (fr-CA)",
    );
  });

  test("when a value has a placeholder in it, the value stays as it is", () => {
    expect(withValue({ ofLanguage: true }, "{language}: {value}", "{value}$&")).toBe("{value}$&: {value}$&");
  });

  test("when the feed is of no one language, {language} is a word like any other", () => {
    expect(withValue({}, "{value} {language}", "Tax")).toBe("Tax {language}");
  });
});

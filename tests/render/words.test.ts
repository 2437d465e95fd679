import { describe, expect, test } from "vitest";
import { wordingIn, wordingOf } from "../../src/render/words/choose.ts";
import { dayIn, listIn, numberIn, timeIn } from "../../src/render/words/intl.ts";
import type { Count, Language, Word } from "../../src/render/words/language.ts";
import { partsOf, say, sayCount } from "../../src/render/words/say.ts";
import { LANGUAGES } from "../../src/render/words/table.ts";

const [ENGLISH] = LANGUAGES as [Language];
const WORDS = Object.keys(ENGLISH.words) as Word[];
const COUNTS = Object.keys(ENGLISH.counts) as Count[];
const placeholdersOf = (text: string) => [...text.matchAll(/\{(.*?)\}/g)].map(([, name]) => name).sort();
const formOf = (language: Language, n: number) => new Intl.PluralRules(language.tag).select(n);

describe("when the table of words is read", () => {
  test("it has the languages that the wire speaks, each once, English first", () => {
    expect(LANGUAGES.map(({ tag }) => tag)).toEqual("en ar es fa fr id ko ru uk zh-Hans zh-Hant".split(" "));
  });

  test("when a language lacks a word, or a sentence a value, it does not compile", () => {
    const { latest: _, ...rest } = ENGLISH.words;
    // @ts-expect-error: `latest` is missing
    const lacking: Language = { ...ENGLISH, words: rest };
    // @ts-expect-error: `credit` is missing
    const said = say({ ...lacking, locales: ["en"] }, "photo", {});
    expect(said).toBe("Photo: ");
  });

  test("it says of each language whether somebody who speaks it has reviewed it: English alone so far", () => {
    expect(LANGUAGES.filter(({ reviewed }) => reviewed).map(({ tag }) => tag)).toEqual(["en"]);
  });
});

describe.each(LANGUAGES.map((language) => [language.tag, language] as const))(
  "when the wire speaks %s",
  (_, language) => {
    test("every word is there, in the normal form of Unicode, with the placeholders of the English one", () => {
      expect(Object.keys(language.words)).toEqual(WORDS);
      for (const word of WORDS) {
        const text = language.words[word];
        expect(text.trim(), word).not.toBe("");
        expect(text.normalize("NFC"), word).toBe(text);
        expect(placeholdersOf(text), word).toEqual(placeholdersOf(ENGLISH.words[word]));
      }
    });

    test("a label before a headline is recognised where the newsroom wrote it", () => {
      expect(language.words.colon).toMatch(/^\s*[:：]\s*$/);
    });

    test("every number has its form, and the form names the number unless it is the form of one number alone", () => {
      const numbers = Array.from({ length: 1_001 }, (_, n) => n);
      const rules = Map.groupBy(numbers, (n) => formOf(language, n));
      expect(Object.keys(language.counts)).toEqual(COUNTS);
      for (const count of COUNTS) {
        const forms = language.counts[count];
        for (const rule of [...rules.keys(), "other" as const]) {
          const form = forms[rule] ?? "";
          const isOfOne = rules.get(rule)?.filter((n) => n > 0).length === 1 || rule === "zero";
          expect(form, `${count} ${rule}`).not.toBe("");
          if (!isOfOne || form.includes("{")) expect(placeholdersOf(form), `${count} ${rule}`).toEqual(["n"]);
        }
      }
    });

    test("the table gives these words to its own tag", () => {
      expect(wordingOf(language.tag)).toMatchObject({ tag: language.tag, locales: [language.tag] });
    });

    test("dates, numbers, lists and counts are written", () => {
      const wording = wordingOf(language.tag);
      expect(timeIn(wording, "2018-10-07T12:58:00Z")).toMatch(/UTC|یو‌تی‌سی|جرينتش|غرينتش/);
      expect(dayIn(wording, "2018-10-07T12:58:00Z")).not.toBe("");
      expect(listIn(wording, ["A", "B", "C"])).toMatch(/A.*B.*C/);
      for (const count of COUNTS) expect(sayCount(wording, count, 5)).toContain(numberIn(wording, 5));
    });
  },
);

describe("when words for a language tag are asked for", () => {
  test.each([
    ["en-GB", "en"],
    ["EN", "en"],
    ["fr-CA", "fr"],
    ["es-419", "es"],
    ["ko-KR", "ko"],
    ["ko-Kore", "ko"],
    ["in", "id"],
    ["prs", "fa"],
    ["fa-AF", "fa"],
    ["uk-UA-u-nu-latn", "uk"],
    ["ar-EG", "ar"],
    ["ary", "ar"],
    ["zh", "zh-Hans"],
    ["zh-SG", "zh-Hans"],
    ["zh-TW", "zh-Hant"],
    ["zh-HK", "zh-Hant"],
    ["zh-MO", "zh-Hant"],
    ["zh-Hans-HK", "zh-Hans"],
    ["zh-Hant-CN", "zh-Hant"],
    ["cmn-Hant", "zh-Hant"],
    ["zh-yue", "zh-Hant"],
    ["zh-cmn-Hans-TW", "zh-Hans"],
    ["yue-CN", "zh-Hans"],
  ])("%s: they are those of %s", (tag, expected) => {
    expect(wordingIn(tag)?.tag).toBe(expected);
  });

  test.each(["de-CH", "ar-Latn", "ru-Latn", "tlh", "deutsch", "not a tag", "", "__proto__", "undefined"])(
    "%s has no words: they are the English ones, and so are dates",
    (tag) => {
      expect(wordingIn(tag)).toBeUndefined();
      expect(wordingOf(tag)).toMatchObject({ tag: "en", locales: ["en"] });
    },
  );

  test("dates are written as in the region of the tag, and where Intl has none, as in the words' language", () => {
    const on = (tag: string) => dayIn(wordingOf(tag), "2018-10-07T23:58:00Z");
    expect([on("en-US"), on("en-GB"), on("fr-CA")]).toEqual([
      "October 7, 2018",
      "7 October 2018",
      "7 octobre 2018",
    ]);
    expect(on("acm")).toBe(on("ar"));
  });
});

describe("when a sentence is made", () => {
  const english = wordingOf("en");

  test("when a value has signs that mean something to a program, they stay as they are", () => {
    expect(say(english, "photo", { credit: "{credit} $& <b>" })).toBe("Photo: {credit} $& <b>");
  });

  test("when values are elements, it comes in parts", () => {
    const time = { element: "time" };
    expect(partsOf(wordingOf("ko"), "updated", { time })).toEqual(["", time, " 업데이트"]);
  });

  test.each([
    ["en", 1, "1 new story"],
    ["en", 1_234, "1,234 new stories"],
    ["fr", 0, "0 nouvel article"],
    ["ru", 21, "21 новый материал"],
    ["ru", 3, "3 новых материала"],
    ["uk", 11, "11 нових матеріалів"],
    ["ar", 2, "خبران جديدان"],
    ["ar-EG", 3, "٣ أخبار جديدة"],
    ["ko", 7, "새 기사 7건"],
    ["fr", 1_000_000, "1\u202f000\u202f000 nouveaux articles"],
  ])("in %s of %i, it has the form of the number", (tag, n, text) => {
    expect(sayCount(wordingOf(tag), "newStories", n)).toBe(text);
  });

  test("dates are in UTC, or in the zone that is asked for", () => {
    const at = "2018-10-07T23:58:00Z";
    const spaced = (text: string) => text.replaceAll("\u202f", " ");
    expect(spaced(timeIn(english, at))).toBe("Oct 7, 2018, 11:58 PM UTC");
    expect(timeIn(wordingOf("fr"), at, "Asia/Seoul")).toContain("8 oct. 2018");
  });
});

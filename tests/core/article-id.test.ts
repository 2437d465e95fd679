import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ARTICLE_ID, articleId, decodeArticleId, encodeArticleId } from "../../src/core/article-id.ts";
import { defaultGuid } from "../../src/core/guid.ts";
import { MAX_ID_FORM } from "../../src/core/limits.ts";
import { articleIdOf, articleKey } from "../../src/repository/records.ts";
import { anyLetter } from "../support/any-letter.ts";
import { anyUrl } from "../support/any-url.ts";
import { TEST_SITE } from "../support/articles.ts";

const plain = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/);
const text = fc.oneof(
  fc.string({ unit: anyLetter, maxLength: 40 }),
  anyUrl(true),
  fc.string({ unit: fc.constantFrom(..."~_.-%2Fa/ é北:@"), minLength: 1, maxLength: 20 }),
  fc.constantFrom(".", "..", "_", "__", "_a", "~2F", "a%2Fb", "constructor"),
  plain,
);
const id = text.map((sent) => articleId(sent)).filter((found) => found !== undefined);

describe("when an id stands in keys and addresses", () => {
  test.each([
    ["us-nkorea", "us-nkorea"],
    ["post:42", "_post~3A42"],
    ["a/b", "_a~2Fb"],
    ["https://cms.example.org/?p=42", "_https~3A~2F~2Fcms.example.org~2F~3Fp~3D42"],
    ["_a", "__a"],
    ["..", "_.."],
    ["北", "_~E5~8C~97"],
  ])("the form of %s is %s", (sent, form) => {
    expect(encodeArticleId(sent)).toBe(form);
    expect(decodeArticleId(form)).toBe(sent);
  });

  test("the form of an id of letters, digits and . _ ~ - is that id, in its key and guid too", () => {
    fc.assert(
      fc.property(plain, (sent) => {
        expect(articleId(sent)).toBe(sent);
        expect(encodeArticleId(sent)).toBe(sent);
        expect(articleKey(sent)).toBe(`articles/${sent}.json`);
        expect(defaultGuid(TEST_SITE, sent)).toBe(`tag:news.example.org,2018:article/${sent}`);
      }),
    );
  });

  test("its form leads back to the id, though somebody decodes it on the way, and fits into a key", () => {
    fc.assert(
      fc.property(id, (sent) => {
        const form = encodeArticleId(sent);
        expect(form).toMatch(/^[A-Za-z0-9._~-]+$/);
        expect(encodeURIComponent(form)).toBe(form);
        expect(new URL(`https://x.org/articles/${form}/feeds`).pathname).toBe(`/articles/${form}/feeds`);
        expect(decodeArticleId(decodeURIComponent(form))).toBe(sent);
        expect(articleIdOf(articleKey(sent))).toBe(sent);
        expect(Buffer.byteLength(articleKey(sent))).toBeLessThan(1_000);
        expect(articleId(sent)).toBe(sent);
      }),
      { numRuns: 2_000 },
    );
  });

  test("its form is that of one id alone", () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        if (a !== b) expect(encodeArticleId(a)).not.toBe(encodeArticleId(b));
        else expect(encodeArticleId(a)).toBe(encodeArticleId(b));
      }),
    );
    const forms = fc.string({ unit: fc.constantFrom(..."_~.-2FAEa9C3"), maxLength: 12 });
    fc.assert(
      fc.property(forms, (form) => {
        const found = decodeArticleId(form);
        if (found !== undefined) expect(encodeArticleId(found)).toBe(form);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    "",
    "_",
    "_abc",
    "_~41",
    "_~2f",
    "_~FF",
    "a/b",
    "_a/b",
    "_~00",
    `_~2F${"a".repeat(MAX_ID_FORM)}`,
  ])("%s is no form of an id", (form) => {
    expect(decodeArticleId(form)).toBeUndefined();
  });
});

test.each(["", " ", "\u200b", "a\u0000b", "a\nb", "\ud800", "北".repeat(200)])(
  "when an id is sent as %j, it is no id",
  (sent) => {
    expect(articleId(sent)).toBeUndefined();
  },
);

test("when letters of an id are composed in another way, it is the same id", () => {
  expect(articleId(" Cafe\u0301 ")).toBe("Café");
  expect(ARTICLE_ID.test("Café")).toBe(false);
});

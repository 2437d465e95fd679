import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EXTRACT_CHARACTERS } from "../../src/render/limits.ts";
import { extractOf } from "../../src/render/plain-text.ts";
import { hostileText } from "../support/articles.ts";

describe("when an extract is made of a body", () => {
  test.each([
    ["words of one line", "<p>One\n  <em>t</em>wo</p><p>three<br />four</p>", "One two three four"],
    ["entities as what they mean, once", "<p>a &lt;b&gt; &amp;amp; c&nbsp;d</p>", "a <b> &amp; c\u00a0d"],
    [
      "no captions, tables and code",
      "<figure><img src='x'><figcaption>C</figcaption></figure><table><tr><td>1</td></tr></table><pre>x</pre><p>Text</p>",
      "Text",
    ],
    ["no character that XML does not have", "<p>a&#1;b&#xd800;c</p>", "ab\ufffdc"],
  ])("it has %s", (_, body, expected) => {
    expect(extractOf(body)).toBe(expected);
  });

  test.each([
    ["nothing", ""],
    ["a picture", "<figure><img src='x' alt='y'></figure>"],
    ["white space", "<p> \n&#8203;</p>"],
  ])("when the body has no words but %s, there is none", (_, body) => {
    expect(extractOf(body)).toBeUndefined();
  });

  test.each([
    [
      "en",
      "The harbour bridge opened to traffic at dawn, fourteen months later. ".repeat(9),
      / (?:[a-z]+)…$/,
      " ",
    ],
    [
      "ar",
      "أعيد فتح جسر الميناء أمام حركة المرور عند الفجر بعد أربعة عشر شهرا من الإصلاحات. ".repeat(9),
      /…$/,
      " ",
    ],
    ["zh-Hans", "港口大桥在经过十四个月的维修之后于黎明时分重新开放通车。".repeat(20), /…$/, ""],
  ])("when a body in %s is longer than the maximum, it is cut at a word", (language, text, end, gap) => {
    const extract = extractOf(`<p>${text}</p>`, language) ?? "";
    expect(extract.length).toBeLessThanOrEqual(EXTRACT_CHARACTERS);
    expect(extract.length).toBeGreaterThan(EXTRACT_CHARACTERS * 0.8);
    expect(extract).toMatch(end);
    const shown = extract.slice(0, -1);
    expect(text.startsWith(shown)).toBe(true);
    const segments = [...new Intl.Segmenter(language, { granularity: "word" }).segment(text)];
    expect(segments.map(({ index }) => index)).toContain(shown.length);
    expect(gap === "" || text.charAt(shown.length).match(/[\s.,]/)).toBeTruthy();
  });

  test("when one word is longer than the maximum, it is cut between two characters", () => {
    const extract = extractOf(`<p>${"👩‍👩‍👧‍👦".repeat(100)}</p>`) ?? "";
    expect(extract).toMatch(/^(?:👩‍👩‍👧‍👦)+…$/u);
    expect(extract.length).toBeLessThanOrEqual(EXTRACT_CHARACTERS);
  });

  test("when a cut leaves a direction open, it is closed", () => {
    const extract = extractOf(`<p>\u2067${"אבג ".repeat(200)}\u2069</p>`, "he") ?? "";
    expect([...extract].filter((character) => character === "\u2067")).toHaveLength(1);
    expect([...extract].filter((character) => character === "\u2069")).toHaveLength(1);
  });

  test("when the language is none, it is cut all the same", () => {
    expect(extractOf(`<p>${"word ".repeat(100)}</p>`, "not_one!")).toMatch(/word…$/);
  });

  test("it is well-formed for any text, and no longer than the maximum and the ends of directions", () => {
    fc.assert(
      fc.property(fc.array(hostileText(), { maxLength: 40 }), (parts) => {
        const extract = extractOf(`<p>${parts.join(" ")}</p>`, "ar") ?? "";
        expect(extract.isWellFormed()).toBe(true);
        expect(extract.replace(/[\u202c\u2069]/g, "").length).toBeLessThanOrEqual(EXTRACT_CHARACTERS);
      }),
      { numRuns: 300 },
    );
  });
});

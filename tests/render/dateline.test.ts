import { expect, test } from "vitest";
import { withDateline } from "../../src/render/dateline.ts";

test.each([
  ["in the first paragraph", "<p>The bridge.</p><p>More.</p>", "<p>OSLO — The bridge.</p><p>More.</p>"],
  ["behind the attributes of that paragraph", '<p lang="no">Brua.</p>', '<p lang="no">OSLO — Brua.</p>'],
  [
    "behind figures that come first, and what they say",
    "<figure><img /><figcaption>x</figcaption></figure>\n<figure></figure><p>The bridge.</p>",
    "<figure><img /><figcaption>x</figcaption></figure>\n<figure></figure><p>OSLO — The bridge.</p>",
  ],
  [
    "in a paragraph of its own before other elements",
    "<ul><li>x</li></ul>",
    "<p>OSLO</p><ul><li>x</li></ul>",
  ],
  ["in a paragraph of its own before preformatted text", "<pre>x</pre>", "<p>OSLO</p><pre>x</pre>"],
  [
    "not where the body begins with it",
    "<p><b>Oslo</b> (NTB) – Brua.</p>",
    "<p><b>Oslo</b> (NTB) – Brua.</p>",
  ],
  [
    "not where the text behind a figure begins with it",
    "<figure></figure><p>OSLO: x</p>",
    "<figure></figure><p>OSLO: x</p>",
  ],
  ["not where it has the first line to itself", "<p>OSLO</p><p>Brua.</p>", "<p>OSLO</p><p>Brua.</p>"],
  ["not behind itself in bold", "<p><b>Oslo</b> Brua.</p>", "<p><b>Oslo</b> Brua.</p>"],
  [
    "before a sentence that begins with its name",
    "<p>Oslo has a bridge.</p>",
    "<p>OSLO — Oslo has a bridge.</p>",
  ],
  ["before a word that begins like it", "<p>Oslofjord.</p>", "<p>OSLO — Oslofjord.</p>"],
])("when an article has a dateline, it stands %s", (_, body, expected) => {
  expect(withDateline(body, "OSLO")).toBe(expected);
});

test.each([
  ["AT&T <X>", "<p>AT&amp;T &lt;X&gt; — a</p>"],
  ["OSLO –", "<p>OSLO – a</p>"],
  ["OSLO:", "<p>OSLO: a</p>"],
  ["WASHINGTON, D.C.", "<p>WASHINGTON, D.C. — a</p>"],
])("when the dateline is %s, it reads %s", (dateline, expected) => {
  expect(withDateline("<p>a</p>", dateline)).toBe(expected);
  expect(withDateline(expected, dateline)).toBe(expected);
});

test("when there is no body or no dateline, nothing is added", () => {
  expect(withDateline(undefined, "OSLO")).toBeUndefined();
  expect(withDateline("<p>a</p>", undefined)).toBe("<p>a</p>");
});

test("when a body opens figures without end, it takes no more time than its length", () => {
  const body = "<figure>".repeat(60_000);
  expect(withDateline(body, "OSLO")).toBe(`<p>OSLO</p>${body}`);
});

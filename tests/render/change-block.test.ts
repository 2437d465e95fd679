import { describe, expect, test } from "vitest";
import type { Correction, Published } from "../../src/core/article.ts";
import { changesOf } from "../../src/render/change-block.ts";
import { MAX_CHANGES_SHOWN } from "../../src/render/limits.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { ALL_FEED, byId, published, TEST_SITE, windowOf } from "../support/articles.ts";
import { byFormat, FORMAT_NAMES, type FormatName } from "../support/documents.ts";
import { READERS, readJson } from "./read.ts";

const NOTE = "The bridge is 3 < 4 km long,\nnot 5 & more.";
const AT = "2026-11-26T14:05:59.999Z";
const blockOf = (fields: Partial<Published>, site = TEST_SITE) => changesOf(site, published(fields)).block;
const corrected = (fields: Partial<Published> = {}) =>
  published({ updated: AT, change: { kind: "correction", note: NOTE }, ...fields });

/** The paragraphs of a block as text. */
const linesOf = (block: string) =>
  [...block.matchAll(/<p>(.*?)<\/p>/g)].map(([, html = ""]) => html.replace(/<[^>]*>/g, "|"));

function documentsOf(article: Published, site = TEST_SITE) {
  return byFormat(createRenderer(site).render(ALL_FEED, windowOf([article]), byId([article])));
}
const storyOf = (article: Published, format: FormatName, site = TEST_SITE) =>
  READERS[format](documentsOf(article, site)[format])[0];

describe("when a version corrects a story", () => {
  const BLOCK =
    '<div class="flashwire-changes" lang="en-US"><p><strong>Correction</strong> · ' +
    '<time datetime="2026-11-26T14:05:59.999Z">2026-11-26 14:05 UTC</time><br/>' +
    "The bridge is 3 &lt; 4 km long,<br/>not 5 &amp; more.</p></div>";

  test.each(FORMAT_NAMES)("%s: its content begins with kind, date and note", (format) => {
    const media = [{ url: "https://news.example.org/a.jpg", type: "image/jpeg", role: "lead" as const }];
    const picture = '<figure><img src="https://news.example.org/a.jpg" alt=""/></figure>';
    const article = corrected({ body: "<p>The body.</p>", media, dateline: "ROTTERDAM" });
    expect(storyOf(article, format)?.body).toBe(`${BLOCK}${picture}<p>ROTTERDAM — The body.</p>`);
  });

  test.each(FORMAT_NAMES)("%s: where there is no body, the summary follows", (format) => {
    const article = corrected({ summary: "3 < 4.\nMore." });
    const story = storyOf(article, format);
    expect([story?.body, story?.summary]).toEqual([`${BLOCK}<p>3 &lt; 4.<br/>More.</p>`, article.summary]);
  });

  test("JSON Feed has the content once, where there is neither body nor summary", () => {
    const [item] = readJson(documentsOf(corrected()).json).items;
    expect([item.content_html, item.content_text]).toEqual([BLOCK, undefined]);
  });

  test("the description of RSS begins with the note where it is the beginning of the body", () => {
    const description = (fields: Partial<Published>) => storyOf(corrected(fields), "rss")?.summary;
    const told = "Correction: The bridge is 3 &lt; 4 km long, not 5 &amp; more.";
    expect(description({ body: "<p>The body.</p>" })).toBe(
      `${told.replace("&lt;", "<").replace("&amp;", "&")} The body.`,
    );
    expect(description({ summary: "The summary.", body: "<p>The body.</p>" })).toBe("The summary.");
    expect(description({ change: { kind: "correction" }, body: "<p>The body.</p>" })).toBe("The body.");
    const long = description({ change: { kind: "correction", note: "word ".repeat(1_000).trim() } }) ?? "";
    expect([long.startsWith("Correction: word word"), long.length > 150, long.length <= 200]).toEqual([
      true,
      true,
      true,
    ]);
  });

  test("a note that says nothing stands as it is, and no markup of it counts", () => {
    const note = '</p></div>]]><script>alert("1")</script>';
    expect(blockOf({ change: { kind: "correction", note } })).toContain(
      '<br/>&lt;/p&gt;&lt;/div&gt;]]&gt;&lt;script&gt;alert("1")&lt;/script&gt;</p></div>',
    );
  });

  test("the site file can do without: then documents are as if there were no change to tell", () => {
    const quiet = { ...TEST_SITE, changeNotes: false };
    for (const format of FORMAT_NAMES) {
      expect(storyOf(corrected({ body: "<p>The body.</p>" }), format, quiet)?.body).toBe("<p>The body.</p>");
      expect(storyOf(corrected({ summary: "S." }), format, quiet)?.body).toBeUndefined();
    }
  });
});

describe("when a story tells of its changes", () => {
  const at = (day: number) => `2026-11-0${day}T10:00:00.000Z`;
  const one = (day: number, note?: string, kind: Correction["kind"] = "correction"): Correction => ({
    kind,
    at: at(day),
    ...(note === undefined ? {} : { note }),
  });
  const line = (day: number, note?: string, label = "Correction") =>
    `|${label}| · |2026-11-0${day} 10:00 UTC|${note === undefined ? "" : `|${note}`}`;
  const lines = (fields: Partial<Published>) => linesOf(blockOf(fields));

  test("it tells of all corrections and clarifications, the newest first, in whatever order the list has them", () => {
    const corrections = [one(2, "B"), one(1, "A"), one(3, "C", "clarification")];
    expect(lines({ corrections })).toEqual([line(3, "C", "Clarification"), line(2, "B"), line(1, "A")]);
  });

  test("of several with one date, it tells first of the one that stands last", () => {
    expect(lines({ corrections: [one(1, "A"), one(1, "B")] })).toEqual([line(1, "B"), line(1, "A")]);
  });

  test("an update only when it has a note", () => {
    const corrections = [one(1, undefined, "update"), one(2, "New figures.", "update")];
    expect(lines({ corrections })).toEqual([line(2, "New figures.", "Update")]);
    expect(blockOf({ change: { kind: "update" } })).toBe("");
    expect(blockOf({})).toBe("");
  });

  test("it tells of the change of this version once, where the list has it too", () => {
    const corrections = [one(1, "A"), one(2, "B")];
    for (const change of [{ kind: "correction" as const, note: "A" }, { kind: "correction" as const }])
      expect(lines({ corrections, change, updated: at(3) })).toEqual([line(2, "B"), line(1, "A")]);
  });

  test("it tells of the change of this version as well, where the newsroom's list lacks it", () => {
    const fields = { corrections: [one(1, "A")], updated: at(3) };
    expect(lines({ ...fields, change: { kind: "correction", note: "C" } })).toEqual([
      line(3, "C"),
      line(1, "A"),
    ]);
    expect(lines({ ...fields, change: { kind: "clarification" } })).toEqual([
      line(3, undefined, "Clarification"),
      line(1, "A"),
    ]);
  });

  test(`it tells of the last ${MAX_CHANGES_SHOWN} of many`, () => {
    const corrections = Array.from({ length: 64 }, (_, i) => ({
      kind: "correction" as const,
      note: `Note ${i}.`,
      at: new Date(Date.UTC(2026, 0, 1, i)).toISOString(),
    }));
    const notes = lines({ corrections }).map((text) => /Note (\d+)/.exec(text)?.[1]);
    expect(notes).toEqual(Array.from({ length: MAX_CHANGES_SHOWN }, (_, i) => String(63 - i)));
  });

  test("it tells of one without its date, where somebody wrote a date by hand that is none", () => {
    expect(lines({ corrections: [{ ...one(1, "A"), at: "yesterday" }] })).toEqual(["|Correction||A"]);
  });
});

describe("when the story is in another language", () => {
  const of = (language: string) => blockOf({ language, change: { kind: "correction" }, updated: AT });

  test("Arabic: the block runs from right to left, and the date in it from left to right", () => {
    expect(of("ar-EG")).toBe(
      '<div class="flashwire-changes" lang="ar-EG" dir="rtl"><p><strong>تصحيح</strong> · ' +
        `<time datetime="${AT}" dir="ltr">2026-11-26 14:05 UTC</time></p></div>`,
    );
  });

  test("Chinese: the label is in the script of the story", () => {
    expect(of("zh-TW")).toContain('lang="zh-TW"><p><strong>更正</strong> · ');
  });

  test("without labels of its own: an English label says that it is English", () => {
    expect(of("de-CH")).toContain('lang="de-CH"><p><strong lang="en">Correction</strong> · ');
    expect(of("he")).toContain('lang="he" dir="rtl"><p><strong lang="en">Correction</strong> · ');
  });

  test("none in the record: that of the site file holds", () => {
    const site = { ...TEST_SITE, language: "ar" };
    expect(blockOf({ change: { kind: "correction" } }, site)).toContain(
      'lang="ar" dir="rtl"><p><strong>تصحيح<',
    );
  });
});

import fc from "fast-check";
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import { Parser } from "htmlparser2";
import sanitizeHtml from "sanitize-html";
import { expect, test } from "vitest";
import { CHANGE_KINDS } from "../../src/core/article-parts.ts";
import { cleanText } from "../../src/core/text.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { ALL_FEED, byId, hostileText, published, TEST_SITE, windowOf } from "../support/articles.ts";
import { byFormat } from "../support/documents.ts";

/* Notes with anything in them, read back with parsers that are not ours. */

const BODY = "<p>The body of the story.</p>";

/** What the block of the content says, and all markup that stands outside of it. */
function blockIn(content: string): { lines: string[]; elements: Set<string>; rest: string } {
  const lines: string[] = [];
  const elements = new Set<string>();
  let depth = 0;
  let end = 0;
  const parser: Parser = new Parser({
    onopentag: (name, { class: className }) => {
      if (depth > 0 || className === "flashwire-changes") depth++;
      if (depth > 0) elements.add(name);
      if (depth > 0 && name === "p") lines.push("");
      if (depth > 0 && name === "br") lines.push(`${lines.pop()}\n`);
    },
    ontext: (text) => {
      if (depth > 0) lines.push(`${lines.pop() ?? ""}${text}`);
    },
    onclosetag: () => {
      if (depth > 0 && --depth === 0) end = parser.endIndex + 1;
    },
  });
  parser.end(content);
  return { lines, elements, rest: content.slice(end) };
}

test("when notes have anything in them, each reads back as plain text, before the whole body", () => {
  const at = fc.date({ min: new Date("1990-01-01"), max: new Date("2030-01-01"), noInvalidDate: true });
  const noted = fc.record({ kind: fc.constantFrom(...CHANGE_KINDS), note: hostileText(), at });
  const language = fc.constantFrom("en", "ar", "zh-TW", "he", '"><script>');
  const label = /^.+ · \d{4}-\d\d-\d\d \d\d:\d\d UTC\n/;
  fc.assert(
    fc.property(fc.array(noted, { minLength: 1, maxLength: 4 }), language, (changes, tag) => {
      const corrections = changes.map((each) => ({ ...each, at: each.at.toISOString() }));
      const story = published({ corrections, body: BODY, language: tag });
      const documents = byFormat(
        createRenderer(TEST_SITE).render(ALL_FEED, windowOf([story]), byId([story])),
      );
      const [rss, atom, json] = [documents.rss, documents.atom, documents.json].map((bytes) =>
        Buffer.from(bytes).toString(),
      ) as [string, string, string];
      const contents = [
        parseRssFeed(rss).items?.[0]?.content?.encoded,
        parseAtomFeed(atom).entries?.[0]?.content?.value,
        parseJsonFeed(json).items?.[0]?.content_html,
      ];
      const expected = corrections
        .toReversed()
        .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
        .map(({ note }) => cleanText(note));
      for (const content of contents) {
        const { lines, elements, rest } = blockIn(content ?? "");
        expect(lines.map((line) => line.replace(label, ""))).toEqual(expected);
        expect([...elements].filter((name) => !"div p strong time br".split(" ").includes(name))).toEqual([]);
        expect(rest).toBe(BODY);
      }
    }),
    { numRuns: 200 },
  );
});

test("when a reader takes out all but the plainest elements, label, date and note are still there, each on its line", () => {
  const change = { kind: "correction", note: "The bridge is 3 km long." } as const;
  const story = published({ change, body: BODY, updated: "2026-11-26T14:05:00.000Z" });
  const documents = byFormat(createRenderer(TEST_SITE).render(ALL_FEED, windowOf([story]), byId([story])));
  const content = parseRssFeed(Buffer.from(documents.rss).toString()).items?.[0]?.content?.encoded ?? "";
  const kept = sanitizeHtml(content, { allowedTags: ["p", "br"], allowedAttributes: {} });
  expect(kept).toBe(`<p>Correction · 2026-11-26 14:05 UTC<br />The bridge is 3 km long.</p>${BODY}`);
});

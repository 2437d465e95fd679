import { expect, test } from "vitest";
import example from "../../examples/article.json" with { type: "json" };
import type { ArticleInput } from "../../src/core/article.ts";
import { EVERY_FIELD, HEADLINE_ONLY, SUMMIT } from "../golden/records.ts";
import { accepted, published } from "../support/articles.ts";
import { FORMAT_NAMES, type FormatName } from "../support/documents.ts";
import { ownMarkup } from "../support/own-markup.ts";

/* An entry is the newsroom's text. What the wire puts around it is counted in bytes, and has a maximum. */

const KILOBYTE = 1_000;

const PICTURE = "https://media.example.org/images/2026/11/02/1234567-abcdef-harbour-bridge.jpg";

/** As most pages of news are: long addresses, two authors, five tags, one picture. */
const PAGE: ArticleInput = {
  id: "world-europe-66123456",
  url: "https://news.example.org/news/world/2026/nov/02/harbour-bridge-reopens-after-longest-winter-66123456",
  headline: "Harbour bridge reopens after longest winter of repairs",
  summary: "The first ferries without passengers in fourteen months.",
  body: `<p>${"Commuters took the bridge back at dawn. ".repeat(80)}</p>`,
  language: "en-GB",
  section: "World",
  tags: ["Harbour bridge", "Transport", "Cycling", "Infrastructure", "Ferries"],
  authors: [{ name: "Ada Quill" }, { name: "Kim Lee" }],
  published: "2026-11-02T06:10:00Z",
  updated: "2026-11-02T09:10:00Z",
  media: [
    {
      url: `${PICTURE}?width=1200&height=630&quality=85&auto=format&fit=crop`,
      type: "image/jpeg",
      width: 1200,
      height: 630,
      caption: "Cyclists were the first to cross the bridge.",
      credit: "Ben Lens/Agency",
      role: "lead",
    },
  ],
};

const ORDINARY = [
  SUMMIT,
  HEADLINE_ONLY,
  accepted(example as ArticleInput),
  accepted(PAGE),
  accepted({ ...PAGE, body: `${PAGE.body}<figure><img src="${PICTURE}?width=640" alt=""></figure>` }),
];

test.each(FORMAT_NAMES)(
  "when an entry of %s is an ordinary one, it has at most 1.0 KB beside what people read, on average",
  (format) => {
    const bytes = ORDINARY.map((article) => ownMarkup(article)[format]);
    expect(bytes.reduce((sum, each) => sum + each) / bytes.length).toBeLessThanOrEqual(KILOBYTE);
  },
);

/** What stands below the maximum cannot grow unseen: the most that each may have. */
const MOST: Record<FormatName, [every: number, summit: number]> = {
  rss: [4_000, 1_300],
  atom: [4_060, 1_270],
  json: [3_230, 1_170],
};

test.each(FORMAT_NAMES)(
  "when an entry of %s has every field, or is a real one with two pictures, it stays as small",
  (format) => {
    const [every, summit] = MOST[format];
    expect(ownMarkup(accepted(EVERY_FIELD))[format]).toBeLessThanOrEqual(every);
    expect(ownMarkup(SUMMIT)[format]).toBeLessThanOrEqual(summit);
  },
);

test("when a body stands twice, that is seen: it counts once", () => {
  const words = "A sentence of the story. ".repeat(400);
  const of = (body: string) => ownMarkup(published({ body }));
  for (const format of FORMAT_NAMES) {
    // A short plain extract of it stands in RSS.
    expect(of(`<p>${words}</p>`)[format] - of("<p>A</p>")[format]).toBeLessThanOrEqual(250);
  }
});

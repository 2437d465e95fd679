import fc from "fast-check";
import type { ArticleInput, Published, Withdrawn } from "../../src/core/article.ts";
import { TAG_TYPES } from "../../src/core/article-parts.ts";
import type { Feed } from "../../src/core/feed.ts";
import { placements } from "../../src/core/feed.ts";
import { MAX_REVISION } from "../../src/core/limits.ts";
import type { StoredRecord } from "../../src/core/record.ts";
import { emptyWindow, fold, type Window } from "../../src/core/window.ts";
import { readArticle } from "../../src/validate/article.ts";
import { anyLetter } from "./any-letter.ts";
import { anyPath, anyQuery } from "./any-url.ts";
import { testSite } from "./site.ts";

/** Builders and arbitraries of articles, for every test that needs some. */

export const TEST_SITE = testSite({
  year: 2018,
  publisher: { name: "The Example Times", url: "https://news.example.org/", email: "wire@news.example.org" },
  language: "en-US",
  feeds: [{ name: "all", title: "All stories" }],
  families: [{ family: "section", by: "section", title: "{value}" }],
});

export const ALL_FEED: Feed = { name: "all", title: "All stories", size: 50, order: "published" };

/** A live article in normal form. */
export function published(fields: Partial<Published> = {}): Published {
  const id = fields.id ?? "story";
  return {
    id,
    guid: `tag:news.example.org,2018:article/${id}`,
    url: `https://news.example.org/${id}.html`,
    headline: "A headline",
    published: "2018-10-07T12:58:00.000Z",
    updated: fields.published ?? "2018-10-07T12:58:00.000Z",
    status: "published",
    ...fields,
  };
}

export function withdrawn(fields: Partial<Withdrawn> = {}): Withdrawn {
  const id = fields.id ?? "story";
  return {
    id,
    guid: `tag:news.example.org,2018:article/${id}`,
    published: "2018-10-07T12:58:00.000Z",
    updated: "2018-10-07T20:00:00.000Z",
    status: "withdrawn",
    ...fields,
  };
}

/** A record as a newsroom sends it, through the door and into normal form. */
export function accepted(input: ArticleInput): Published {
  const { article } = readArticle(input, { now: Date.parse("9999-12-31T00:00:00Z") });
  if (article.status === "withdrawn") throw new Error("a live article was asked for");
  const { id, guid = `tag:news.example.org,2018:article/${id}`, ...rest } = article;
  return { id, guid, ...rest };
}

/** The window that a feed has once these articles were published in it; the withdrawn ones had been in it before. */
export function windowOf(articles: (Published | Withdrawn)[], feed = ALL_FEED, site = TEST_SITE): Window {
  return articles.reduce((window, article) => {
    const feeds = article.status === "withdrawn" ? [feed.name] : [...placements(site, { article }).keys()];
    const record: StoredRecord = { article, feeds };
    return fold(site, feed, window, article.id, record);
  }, emptyWindow(feed));
}

export function byId(articles: (Published | Withdrawn)[]): Map<string, Published> {
  return new Map(
    articles.flatMap((article) => (article.status === "published" ? [[article.id, article]] : [])),
  );
}

/** What breaks documents, in pieces: of XML, of HTML, of URLs, of templates, of Unicode. */
const HOSTILE_PIECES = [
  ..."&<>\"'\t\n\r %\\{}$`",
  ..."\u0000\u0001\u0002\u0003\u0008\u000b\u001f\u007f\u0085\u00a0\u200b\u2028\ufeff\ufffd\ufffe\uffff\u202e",
  "]]>",
  "]]>]]>",
  "<![CDATA[",
  "<!--",
  "-->",
  "<?xml?>",
  "&amp;",
  "&amp;amp;",
  "&lt;",
  "&#0;",
  "&nbsp;",
  "&#x3c;",
  "<b>",
  "</item>",
  "</channel>",
  "</entry>",
  "<id>urn:flashwire:id</id>",
  "<script>alert(1)</script>",
  "$&",
  "$1",
  "{value}",
  "\\u0000",
  "\ud800",
  "\udfff",
  "\udc00\ud800",
  "e\u0301",
  "👩‍👩‍👧‍👦",
  "🇰🇵",
  "𐀀",
  "שלום",
  "مرحبا",
  "北朝鮮",
  "__proto__",
];

export const hostileText = (max = 30): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(fc.constantFrom(...HOSTILE_PIECES), fc.string({ unit: anyLetter, maxLength: 8 })), {
      maxLength: 8,
    })
    .map((pieces) => pieces.join("").slice(0, max));

/** Hostile, and something is left of it at the door. */
const text = (max?: number) =>
  fc.tuple(hostileText(max), fc.constantFrom("x", "Ж", "7", "東")).map((parts) => parts.join(""));

const url = fc
  .tuple(
    fc.constantFrom("https://news.example.org/", "http://münchen.example/", "HTTPS://a.example:8443/"),
    anyPath,
    anyQuery,
    fc.constantFrom("", "#a&b", "?x=<y>&z=\"'", "/ä b%20c", "?a=1&amp;b=2", "?q=]]>"),
  )
  .map(([base, path, query, rest]) => `${base}${path}?${query}${rest}`);

const instant = fc
  .tuple(
    fc.date({
      min: new Date("1000-01-02T00:00:00Z"),
      max: new Date("9998-12-30T00:00:00Z"),
      noInvalidDate: true,
    }),
    fc.constantFrom("Z", "+01:00", "-11:30"),
  )
  .map(([date, offset]) => date.toISOString().replace(/(\.\d+)?Z$/, offset));

const html = fc
  .array(
    fc.oneof(
      hostileText(),
      hostileText().map((inner) => `<p>${inner}</p>`),
      url.map((href) => `<a href="${href}">link</a>`),
      fc.constantFrom(
        "<figure><img src='/a.jpg?x=1&y=2' alt='a &amp; b'></figure>",
        "<table><tr><td>1",
        "<ul><li>x",
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

const count = fc.oneof(fc.nat(), fc.constant(0), fc.constant(Number.MAX_SAFE_INTEGER));
const language = fc.constantFrom("en-US", "de", "zh-Hant-TW", "ar", "EN-gb", "sr-latn");
const email = fc.constantFrom("kim@example.org", "a.b+c@news.example.org", "o'brien&co@x-y.example.org");
const type = fc.constantFrom(
  "image/jpeg",
  "image/svg+xml",
  "video/mp4",
  "audio/mpeg",
  "application/x-a&b",
  "text/x#$",
);
/** Words that begin like an address of another kind are refused. */
const license = fc.oneof(
  url,
  text().map((words) => `© ${words}`),
);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const optional = { requiredKeys: [] as [] };
const list = <T>(item: fc.Arbitrary<T>, maxLength = 3) => fc.array(item, { maxLength });

const media = fc.record(
  {
    url,
    type,
    width: count,
    height: count,
    bytes: count,
    alt: text(),
    caption: text(),
    credit: text(),
    creditRole: fc.oneof(text(), fc.constantFrom("photographer", "Illustrator")),
    role: fc.constantFrom("lead" as const, "inline" as const),
    focalPoint: fc.record({ x: share, y: share }),
    syndicate: fc.boolean(),
    renditions: list(
      fc.record({ url, type, width: count, height: count, bytes: count }, { requiredKeys: ["url", "type"] }),
    ),
  },
  { requiredKeys: ["url", "type"] },
);

const change = fc.oneof(
  fc.constantFrom("update" as const, "correction" as const, "clarification" as const),
  fc.record(
    {
      kind: fc.constantFrom("update" as const, "correction" as const, "clarification" as const),
      note: text(),
    },
    { requiredKeys: ["kind"] },
  ),
);

const correction = fc.record(
  {
    kind: fc.constantFrom("update" as const, "correction" as const, "clarification" as const),
    note: text(),
    at: instant,
  },
  { requiredKeys: ["kind", "at"] },
);

const breaking = fc.oneof(
  fc.boolean(),
  fc.record(
    { level: fc.constantFrom("flash" as const, "bulletin" as const, "urgent" as const), until: instant },
    { requiredKeys: ["level"] },
  ),
);

const place = fc.record(
  {
    name: text(),
    lat: fc.double({ min: -90, max: 90, noNaN: true }),
    lon: fc.double({ min: -180, max: 180, noNaN: true }),
  },
  { requiredKeys: ["name"] },
);

/** Any record that the door takes, with hostile text wherever text may stand. */
export const articleInput: fc.Arbitrary<ArticleInput> = fc
  .record(
    {
      id: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,20}$/),
      guid: fc.oneof(
        text(),
        fc.uuid().map((id) => `urn:uuid:${id}`),
        fc.constant("https://Example.org?p=1&q=2"),
      ),
      url,
      headline: text(),
      shortHeadline: text(),
      summary: text(200),
      body: html,
      language,
      section: text(),
      sections: list(text()),
      tags: list(
        fc.oneof(
          text(),
          fc.record(
            { name: text(), type: fc.constantFrom(...TAG_TYPES), scheme: url, code: text(), url },
            { requiredKeys: ["name"] },
          ),
        ),
      ),
      dateline: text(),
      keywords: list(text()),
      genre: list(text()),
      urgency: fc.integer({ min: 1, max: 9 }),
      corrections: list(correction),
      places: list(place),
      authors: list(fc.record({ name: text(), email, url }, { requiredKeys: ["name"] })),
      published: instant,
      updated: instant,
      revision: fc.oneof(fc.nat(), fc.constantFrom(0, MAX_REVISION)),
      breaking,
      change,
      media: list(media),
      source: fc.record({ name: text(), url }, { requiredKeys: ["name"] }),
      rights: fc.record({ holder: text(), notice: text(), terms: text(), license }, optional),
      related: list(fc.record({ url, title: text() })),
    },
    { requiredKeys: ["id", "url", "headline", "published"] },
  )
  .map(({ updated, ...article }) =>
    updated !== undefined && Date.parse(updated) >= Date.parse(article.published)
      ? { ...article, updated }
      : article,
  );

/** Articles as the door leaves them, with different ids. */
export const acceptedArticles = (maxLength: number): fc.Arbitrary<Published[]> =>
  fc
    .uniqueArray(articleInput, { maxLength, selector: (article) => article.id })
    .map((inputs) => inputs.map(accepted));

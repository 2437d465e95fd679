import { describe, expect, test } from "vitest";
import { itemsOf } from "../../src/import/feed/items.ts";
import { readFeed } from "../../src/import/feed/read-feed.ts";
import { textOf } from "../../src/import/feed/text-of.ts";
import type { SourceSettings } from "../../src/import/item.ts";
import { feed } from "../../src/import/kinds/feed.ts";
import { readArticle } from "../../src/validate/article.ts";

/*
 * Feeds with the faults that websites have. Each entry that is public has to be taken by the door.
 */

const NOW = Date.parse("2026-11-01T00:00:00Z");
const SITE = "https://blog.example.org";
const DATE = "<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>";
const LINK = `<link>${SITE}/a</link>`;

const rss = (items: string) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>${SITE}/</link>${items}</channel></rss>`;
const item = (more: string) => rss(`<item><title>Title</title><guid>g</guid>${LINK}${DATE}${more}</item>`);
const entry = (more: string, attributes = "") =>
  `<feed xmlns="http://www.w3.org/2005/Atom" ${attributes}><title>T</title><entry><id>urn:1</id><link href="${SITE}/a"/><updated>2026-03-02T10:00:00Z</updated>${more}</entry></feed>`;

/** The articles that the door makes of a feed. */
function articlesOf(document: string | Uint8Array, settings: SourceSettings = {}, mediaType = ""): object[] {
  const text = typeof document === "string" ? document : textOf(document, mediaType);
  return itemsOf(readFeed(text, `${SITE}/feed`), settings).items.map((one) => {
    if ("skipped" in one) return one;
    const record = { published: "2026-10-31T00:00:00Z", ...one.record };
    return readArticle(record, { now: NOW, language: "en" }).article;
  });
}

const cases: Record<string, [document: string, ...expected: object[]]> = {
  "names of HTML that XML does not know": [
    rss(`<item><title>Caf&eacute; &mdash; x</title><guid>g</guid>${LINK}${DATE}</item>`),
    { headline: "Café — x" },
  ],
  "a title that was escaped twice": [
    rss(`<item><title>Tom &amp;amp; Jerry&amp;#8217;s</title><guid>g</guid>${LINK}${DATE}</item>`),
    { headline: "Tom & Jerry’s" },
  ],
  "signs that nobody escaped": [
    rss(
      `<item><title>A & B</title><guid>g</guid><link>${SITE}/a?a=1&b=2</link>${DATE}<description>1 < 2</description></item>`,
    ),
    { headline: "A & B", url: `${SITE}/a?a=1&b=2`, summary: "1 < 2" },
  ],
  "space around a guid": [
    rss(`<item><title>T</title><guid isPermaLink="false">\n  abc 12\n</guid>${LINK}${DATE}</item>`),
    { guid: "abc 12" },
  ],
  "numbers as guids": [
    rss(`<item><title>007</title><guid isPermaLink="false">00123</guid>${LINK}${DATE}</item>`),
    { guid: "00123", headline: "007" },
  ],
  "a guid that is the address": [
    rss(`<item><title>T</title><guid>${SITE}/p</guid>${DATE}</item>`),
    { url: `${SITE}/p`, guid: `${SITE}/p` },
  ],
  "no guid": [rss(`<item><title>T</title>${LINK}${DATE}</item>`), { guid: `${SITE}/a` }],
  "a relative link": [
    rss(`<item><title>T</title><guid>g</guid><link>/a?x=1&amp;y=2</link>${DATE}</item>`),
    { url: `${SITE}/a?x=1&y=2` },
  ],
  "a link that is none": [
    rss(`<item><title>T</title><guid isPermaLink="false">g</guid><link>javascript:x()</link>${DATE}</item>`),
    { url: `${SITE}/` },
  ],
  "no title and no words": [
    rss(
      `<item><guid>g</guid><link>${SITE}/2026/big-news.html</link><description>&lt;img src="${SITE}/a.jpg"&gt;</description>${DATE}</item>`,
    ),
    { headline: "Big news" },
  ],
  "a title that is too long": [
    rss(`<item><title>${"word ".repeat(200)}</title><guid>g</guid>${LINK}${DATE}</item>`),
    { headline: expect.stringMatching(/^word .*word…$/) },
  ],
  "the same guid twice": [
    rss(
      `<item><title>Old</title><guid>g</guid>${LINK}<pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate></item><item><title>New</title><guid>g</guid>${LINK}${DATE}</item>`,
    ),
    { headline: "New" },
  ],
  "control characters": [
    rss(`<item><title>a\u0008b &#8; &#xD800; c</title><guid>g</guid>${LINK}${DATE}</item>`),
    { guid: "g" },
  ],
  "a warning of PHP before it": [
    `<br />\n<b>Warning</b>: x in <b>/x.php</b><br />\n${item("")}`,
    { guid: "g" },
  ],
  "prefixes that nobody declared": [
    item("<dc:creator>Ada</dc:creator><content:encoded><![CDATA[<p>Body</p>]]></content:encoded>"),
    { authors: [{ name: "Ada" }], body: "<p>Body</p>" },
  ],
  "CDATA in two parts": [
    item("<description><![CDATA[<p>a ]]]]><![CDATA[> b</p>]]></description>"),
    { body: "<p>a ]]&gt; b</p>" },
  ],
  "elements in capitals": [
    item("")
      .toUpperCase()
      .replace(/HTTPS:\S+?A/, `${SITE}/a`)
      .replace(/MON, 02 MAR/, "Mon, 02 Mar"),
    { guid: "G" },
  ],
  "a podcast": [
    item(
      `<enclosure url="https://cdn.example.org/a.mp3" length="0" type="audio/mpeg"/><itunes:summary>The show.</itunes:summary>`,
    ),
    { summary: "The show.", media: [{ url: "https://cdn.example.org/a.mp3", type: "audio/mpeg" }] },
  ],
  "a group of media": [
    item(
      `<media:group><media:content url="${SITE}/s.jpg" medium="image" width="100"/><media:content url="${SITE}/l.jpg" medium="image" width="900"/></media:group>`,
    ),
    {
      media: [
        { url: `${SITE}/l.jpg`, renditions: [{ url: `${SITE}/s.jpg`, type: "image/jpeg", width: 100 }] },
      ],
    },
  ],
  "a video": [
    entry(
      `<title>V</title><media:group xmlns:media="http://search.yahoo.com/mrss/"><media:content url="https://v.example.org/v/1" type="application/x-shockwave-flash"/><media:thumbnail url="https://v.example.org/1.jpg" width="480"/><media:description>Words.</media:description></media:group>`,
    ),
    { summary: "Words.", media: [{ url: "https://v.example.org/1.jpg", type: "image/jpeg" }] },
  ],
  "titles and texts in XHTML": [
    entry(
      `<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <em>b</em> &lt; c</div></title><content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p>One &amp; 2 &lt; 3</h:p></h:div></content>`,
    ),
    { headline: "A b < c", body: "<p>One &amp; 2 &lt; 3</p>" },
  ],
  "text that is said to be text": [
    entry("<title>a &lt;x&gt; c</title><content>One.\n\nTwo &lt;b&gt;.</content>"),
    { headline: "a <x> c", body: "<p>One.</p>\n<p>Two &lt;b&gt;.</p>" },
  ],
  "elements with a prefix": [
    entry("<title>T</title>")
      .replace(/<(\/?)(?=\w)/g, "<$1a:")
      .replace("xmlns=", "xmlns:a="),
    { guid: "urn:1" },
  ],
  "xml:base": [
    entry(
      '<title>T</title><content type="html">&lt;a href="q"&gt;l&lt;/a&gt;</content>',
      `xml:base="${SITE}/deep/"`,
    ).replace(`href="${SITE}/a"`, 'href="p"'),
    { url: `${SITE}/deep/p`, body: `<a href="${SITE}/deep/q">l</a>` },
  ],
  "Atom 0.3": [
    '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>T</title><entry><id>urn:1</id><title>t</title><link rel="alternate" href="https://blog.example.org/a"/><issued>2026-01-01T00:00:00Z</issued><modified>2026-01-02T00:00:00Z</modified></entry></feed>',
    { published: "2026-01-01T00:00:00.000Z", updated: "2026-01-02T00:00:00.000Z" },
  ],
  RDF: [
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title></channel><item rdf:about="urn:about"><title>t</title><link>https://blog.example.org/a</link><dc:date>2026-01-01T00:00:00+01:00</dc:date></item></rdf:RDF>',
    { guid: "urn:about", published: "2025-12-31T23:00:00.000Z" },
  ],
  "JSON Feed 1.0": [
    JSON.stringify({
      version: "https://jsonfeed.org/version/1",
      items: [{ id: 123, url: `${SITE}/a`, content_text: "Hello\n\nWorld & <x>", author: { name: "Ada" } }],
    }),
    {
      guid: "123",
      authors: [{ name: "Ada" }],
      body: "<p>Hello</p>\n<p>World &amp; &lt;x></p>".replace("x>", "x&gt;"),
    },
  ],
};

test.each(Object.entries(cases))("when a feed has %s, its entry is taken", (_, [document, ...expected]) => {
  expect(articlesOf(document)).toMatchObject(expected);
});

test.each([
  ["Mo, 02 Mär 2026 10:00:00 +0100", "2026-03-02T09:00:00.000Z"],
  ["lun. 2 mars 2026 10:00 CET", "2026-03-02T09:00:00.000Z"],
  ["2 de marzo de 2026", "2026-03-02T00:00:00.000Z"],
  ["Mon Mar  2 10:00:00 2026", "2026-03-02T10:00:00.000Z"],
  ["Monday, March 2, 2026 10:00 PM", "2026-03-02T22:00:00.000Z"],
  ["Mon,02 Mar 2026 10:00:00 GMT+0100", "2026-03-02T09:00:00.000Z"],
  ["Mon, 2 Mar 2026 24:00:00 GMT", "2026-03-03T00:00:00.000Z"],
  ["02.03.2026, 10:00 Uhr", "2026-03-02T10:00:00.000Z"],
  ["2026/03/02 10:00", "2026-03-02T10:00:00.000Z"],
  ["1772445600", "2026-03-02T10:00:00.000Z"],
  ["&lt;time datetime='x'&gt;2026-03-02 10:00&lt;/time&gt;", "2026-03-02T10:00:00.000Z"],
])("when an entry is dated %s, it has that date", (written, published) => {
  expect(
    articlesOf(rss(`<item><title>T</title><guid>g</guid>${LINK}<pubDate>${written}</pubDate></item>`)),
  ).toMatchObject([{ published }]);
});

test.each([
  "yesterday",
  "02/03/2026",
  "Mon, 32 Foo 2026",
  "0000-00-00 00:00:00",
  "Mon, 01 Jan 0001 00:00:00 GMT",
])(
  "when an entry is dated %s, which has no single meaning, it has the date of its first import",
  (written) => {
    const { items } = itemsOf(
      readFeed(rss(`<item><title>T</title><guid>g</guid><pubDate>${written}</pubDate></item>`), SITE),
      {},
    );
    expect(items).toMatchObject([
      { repaired: [expect.any(String), expect.stringContaining("time of the first import")] },
    ]);
    expect(items[0]).not.toHaveProperty("record.published");
  },
);

test("when a date names no zone, it is read in that of the site, and the report says so", () => {
  const document = readFeed(item("").replace(DATE, "<pubDate>2026-03-02 10:00:00</pubDate>"), SITE);
  expect(itemsOf(document, { timeZone: "Europe/Berlin" }).items).toMatchObject([
    {
      record: { published: "2026-03-02T09:00:00.000Z" },
      repaired: [expect.stringContaining("Europe/Berlin")],
    },
  ]);
});

describe("the charset of a feed", () => {
  const text = item("<description>Café – naïve – Zürich</description>");
  const utf8 = Buffer.from(text);
  const latin = Buffer.from(item("<description>Café naïve Zürich</description>"), "latin1");
  const summaryOf = (bytes: Uint8Array, mediaType?: string) => articlesOf(bytes, {}, mediaType)[0];

  test.each<[string, Uint8Array, string]>([
    ["UTF-8 that is called Latin-1 by the server", utf8, "text/xml; charset=ISO-8859-1"],
    [
      "UTF-8 that is called UTF-16 by the file",
      Buffer.from(text.replace('"1.0"', '"1.0" encoding="utf-16"')),
      "",
    ],
    ["UTF-8 with a mark", Buffer.from(`\ufeff${text}`), ""],
    ["UTF-16 with a mark", Buffer.from(`\ufeff${text}`, "utf16le"), ""],
    ["UTF-16 without a mark", Buffer.from(text, "utf16le"), ""],
  ])("when it is %s, its letters come right", (_, bytes, mediaType) => {
    expect(summaryOf(bytes, mediaType)).toMatchObject({ summary: "Café – naïve – Zürich" });
  });

  test.each<[string, string]>([
    ["its own name", "text/xml; charset=windows-1252"],
    ["the name of UTF-8", "text/xml; charset=utf-8"],
    ["no name", ""],
  ])("when it is Windows-1252 under %s, its letters come right", (_, mediaType) => {
    expect(summaryOf(latin, mediaType)).toMatchObject({ summary: "Café naïve Zürich" });
  });

  test("when one letter of UTF-8 was cut in two, the others stay right", () => {
    const [before = "", after = ""] = text.split("Zü");
    const cut = Buffer.concat([Buffer.from(before), Buffer.from("Zü").subarray(0, 2), Buffer.from(after)]);
    expect(summaryOf(cut)).toMatchObject({ summary: "Café – naïve – Z\ufffdrich" });
  });
});

test.each([
  ["a page", "<!doctype html><title>Login</title>", "This is no feed"],
  ["a feed that is cut off", item("").slice(0, -40), "cut off"],
  ["elements without end", rss("<a>".repeat(20_000)), "cut off"],
])("when a document is %s, it is refused and says why", (_, document, message) => {
  expect(() => readFeed(document, SITE)).toThrow(message);
});

test("when a document has entities that grow, they do not", () => {
  const grown = "bcdefgh".replace(
    /./g,
    (name) => `<!ENTITY ${name} "${`&${String.fromCharCode(name.charCodeAt(0) - 1)};`.repeat(10)}">`,
  );
  const document = `<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">${grown}]>${item("<description>&h;</description>")}`;
  expect(JSON.stringify(articlesOf(document)).length).toBeLessThan(1_000);
});

test("when two entries of a file have one guid, the report tells which of them is not taken", async () => {
  const file = rss(
    `<item><title>A</title><guid isPermaLink="false">g</guid><link>${SITE}/a</link>${DATE}</item><item><title>B</title><guid isPermaLink="false">g</guid><link>${SITE}/b</link>${DATE}</item>`,
  );
  async function* open() {
    yield Buffer.from(file);
  }
  const steps: unknown[] = [];
  for await (const step of feed.readFile(open, {})) steps.push(step);
  expect(steps).toMatchObject([
    { total: 2 },
    { item: { record: { headline: "A" } } },
    { item: { where: `${SITE}/b`, skipped: expect.stringContaining("same guid") } },
  ]);
});

import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Published, Withdrawn } from "../../src/core/article.ts";
import { fold } from "../../src/core/window.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import {
  ALL_FEED,
  acceptedArticles,
  byId,
  published,
  TEST_SITE,
  windowOf,
  withdrawn,
} from "../support/articles.ts";
import { byFormat, DOCUMENT_FILES, FORMAT_NAMES, type FormatName } from "../support/documents.ts";
import { all, atomName, type Element, named, READERS, readJson, readXml, textOf } from "./read.ts";

const SECTION = { name: "section/north-korea", title: "{value}", size: 50, order: "published" as const };

function render(articles: (Published | Withdrawn)[], feed = ALL_FEED, renderer = createRenderer(TEST_SITE)) {
  return byFormat(renderer.render(feed, windowOf(articles, feed), byId(articles)));
}

const channelOf = (document: Uint8Array) => readXml(document).children[0] as Element;
const headlines = (documents: Record<FormatName, Uint8Array>, format: FormatName) =>
  READERS[format](documents[format]).map(({ headline }) => headline);

describe("when a feed is named", () => {
  const titles = (articles: Published[], feed = SECTION) => {
    const documents = render(articles, feed);
    return [
      textOf(channelOf(documents.rss), "title"),
      textOf(readXml(documents.atom), atomName("title")),
      readJson(documents.json).title,
    ];
  };

  test.each([
    ["as its newest article spells it", [published({ section: "North Korea" })], "North Korea"],
    ["as its name does when it has no articles", [], "north-korea"],
    [
      "with what a replacement pattern would take for itself",
      [published({ section: "North $& Korea" })],
      "North $& Korea",
    ],
  ])("its names hold the value %s", (_, articles, value) => {
    const title = `The Example Times: ${value}`;
    expect(titles(articles)).toEqual([title, title, title]);
  });

  test("its names stand in self, alternate and identifier", () => {
    const { rss, atom, json } = render([], { ...SECTION, name: "section/北朝鮮" });
    const base = "https://wire.example.org/feeds/section/%E5%8C%97%E6%9C%9D%E9%AE%AE/";
    const links = (element: Element) =>
      all(element, atomName("link")).map(({ attributes: { rel, href } }) => [rel, href]);
    expect(links(channelOf(rss))).toEqual([
      ["self", base + DOCUMENT_FILES.rss],
      ["alternate", TEST_SITE.home],
    ]);
    expect(textOf(channelOf(rss), "link")).toBe(TEST_SITE.home);
    expect(links(readXml(atom))).toEqual([
      ["alternate", TEST_SITE.home],
      ["self", base + DOCUMENT_FILES.atom],
    ]);
    expect(readJson(json)).toMatchObject({
      home_page_url: TEST_SITE.home,
      feed_url: base + DOCUMENT_FILES.json,
    });
    expect(textOf(readXml(atom), atomName("id"))).toBe(
      "tag:news.example.org,2018:feed/section/%E5%8C%97%E6%9C%9D%E9%AE%AE",
    );
  });
});

describe("invariant 3: same records, same bytes", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const dates = (documents: Record<FormatName, Uint8Array>) => [
    textOf(channelOf(documents.rss), "lastBuildDate"),
    textOf(readXml(documents.atom), atomName("updated")),
  ];

  test("when a document is dated, its date is that of its newest entry, tombstone or departure", () => {
    const story = published({ updated: "2018-10-08T00:00:00.000Z" });
    const older = published({ id: "older", published: "2018-10-01T00:00:00.000Z" });
    expect(dates(render([older, story]))).toEqual([
      "Mon, 08 Oct 2018 00:00:00 GMT",
      "2018-10-08T00:00:00.000Z",
    ]);
    const killed = withdrawn({ id: "killed", updated: "2018-10-09T00:00:00.000Z" });
    expect(dates(render([older, story, killed]))).toEqual([
      "Tue, 09 Oct 2018 00:00:00 GMT",
      "2018-10-09T00:00:00.001Z",
    ]);
    const moved = published({ id: "moved", updated: "2018-10-10T00:00:00.000Z", section: "Sport" });
    const record = { article: moved, feeds: [SECTION.name, "section/sport"] };
    const window = fold(TEST_SITE, SECTION, windowOf([], SECTION), moved.id, record);
    expect(dates(byFormat(createRenderer(TEST_SITE).render(SECTION, window, new Map())))).toEqual([
      "Wed, 10 Oct 2018 00:00:00 GMT",
      "2018-10-10T00:00:00.000Z",
    ]);
    const hidden = render([older, story], { ...ALL_FEED, size: 1, order: "published" });
    expect(headlines(hidden, "rss")).toHaveLength(1);
  });

  test("when a feed is empty, it has the date at which the site's identifiers begin", () => {
    expect(dates(render([]))).toEqual(["Mon, 01 Jan 2018 00:00:00 GMT", "2018-01-01T00:00:00.000Z"]);
  });

  test("when a document is rendered, no clock is in it", () => {
    vi.useFakeTimers({ now: 0 });
    const then = render([published(), withdrawn({ id: "killed" })]);
    vi.setSystemTime("2030-01-01T00:00:00Z");
    expect(render([published(), withdrawn({ id: "killed" })])).toEqual(then);
  });
});

describe("when readers know an article by its guid", () => {
  const ids = (guid: string) => {
    const documents = render([published({ guid })]);
    return FORMAT_NAMES.map((format) => READERS[format](documents[format])[0]?.id);
  };

  test.each([
    "tag:news.example.org,2018:article/story",
    "https://News.example.org",
    "https://news.example.org/?p=1&q=2",
    "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a",
    "https://news.example.org/北朝鮮",
    "https://news.example.org/%C3%A4",
  ])("%s is an IRI, and stays as it is in every format", (guid) => {
    expect(ids(guid)).toEqual([guid, guid, guid]);
  });

  test.each([
    ...["12345", "12345 at https://news.example.org", "urn:a b", "x:100%", "a:<b>", "://x", "tag:"],
    ...["foo:bar[baz]", "https://news.example.org/#a#b", "https://"],
  ])("%s is no IRI, so Atom has the tag URI", (guid) => {
    expect(ids(guid)).toEqual([guid, "tag:news.example.org,2018:article/story", guid]);
  });

  test("an RSS guid is no permalink", () => {
    const item = all(channelOf(render([published()]).rss), "item")[0] as Element;
    expect(all(item, "guid")[0]?.attributes).toEqual({ isPermaLink: "false" });
  });
});

describe("invariant 7: withdrawn means gone", () => {
  test("when a story is withdrawn, it is gone from every document, with a stub, and a tombstone where the format has one", () => {
    const killed = withdrawn({ id: "killed", guid: "not an IRI & <more>" });
    const documents = render([published({ headline: "Alive" }), killed]);
    for (const format of FORMAT_NAMES) expect(headlines(documents, format)).toEqual(["Withdrawn", "Alive"]);
    expect(Buffer.from(documents.rss).toString()).not.toContain("killed");

    const names = readXml(documents.atom).children.map(({ name }) => name);
    const tombstone = named("http://purl.org/atompub/tombstones/1.0", "deleted-entry");
    expect(names.indexOf(tombstone)).toBeGreaterThan(0);
    expect(names.indexOf(tombstone)).toBeLessThan(names.indexOf(atomName("entry")));
    expect(all(readXml(documents.atom), tombstone)[0]?.attributes).toEqual({
      ref: "tag:news.example.org,2018:article/killed",
      when: "2018-10-07T20:00:00.001Z",
    });
    expect(readJson(documents.json)._flashwire.deleted).toEqual([
      { id: "not an IRI & <more>", when: "2018-10-07T20:00:00.001Z" },
    ]);
  });

  test("when the public is told something, it stands in the tombstone too, in plain text, and the reason nowhere", () => {
    const notice = "It named the wrong <person> & ]]> place.\nWe apologise.";
    const killed = [withdrawn({ id: "told", notice, reason: "Lawyers." }), withdrawn({ id: "untold" })];
    const documents = render(killed);
    const at = (name: string) => named("http://purl.org/atompub/tombstones/1.0", name);
    const tombstones = all(readXml(documents.atom), at("deleted-entry"));
    const comments = tombstones.map((tombstone) => all(tombstone, at("comment")));
    expect(comments.map((found) => found.map(({ text, attributes }) => [text, attributes]))).toEqual([
      [[notice, {}]],
      [],
    ]);
    const { deleted } = readJson(documents.json)._flashwire;
    expect(deleted.map((one: object) => Object.entries(one).slice(2))).toEqual([[["notice", notice]], []]);
    for (const format of FORMAT_NAMES)
      expect(Buffer.from(documents[format]).toString()).not.toContain("Lawyers");
  });

  test("when two histories of departures differ, so do their documents", () => {
    const left = (...killed: Withdrawn[]) => render([published(), ...killed]);
    const [none, one, two] = [
      left(),
      left(withdrawn({ id: "a" })),
      left(withdrawn({ id: "a" }), withdrawn({ id: "b" })),
    ];
    for (const format of FORMAT_NAMES) {
      const documents = [none, one, two].map((each) => Buffer.from(each?.[format] ?? []).toString());
      expect(new Set(documents).size).toBe(3);
    }
  });
});

describe("invariant 4: one bad article never takes a feed down", () => {
  const good = published({ id: "good", headline: "Good" });
  const bad: [string, Partial<Published>][] = [
    ["an address that is none", { url: "not an address" }],
    ["a picture without an address", { media: [{ url: "", type: "image/png" }] }],
    ["a date that is none", { updated: "yesterday" }],
    ["no headline", JSON.parse('{"headline":null}')],
    ["tags that are no list", JSON.parse('{"tags":"abc"}')],
    ["an identifier that is no text", JSON.parse('{"guid":7}')],
  ];

  test.each(bad)("when it has %s, it is left out of every format, and told", (_, fields) => {
    const onError = vi.fn();
    const articles = [good, { ...published({ id: "bad", headline: "Bad" }), ...fields }];
    const documents = render(articles, ALL_FEED, createRenderer(TEST_SITE, { onError }));
    for (const format of FORMAT_NAMES) expect(headlines(documents, format)).toEqual(["Good"]);
    expect(onError).toHaveBeenCalledExactlyOnceWith("bad", expect.any(Error));
  });

  test("when the date of a tombstone is none, the tombstone is left out, and told", () => {
    const onError = vi.fn();
    const documents = render(
      [good, withdrawn({ id: "bad", updated: "yesterday" })],
      ALL_FEED,
      createRenderer(TEST_SITE, { onError }),
    );
    for (const format of FORMAT_NAMES) expect(headlines(documents, format)).toEqual(["Good"]);
    expect(onError).toHaveBeenCalledExactlyOnceWith("bad", expect.any(RangeError));
  });

  test("when there are characters that XML does not have, they are left out, lone surrogates too", () => {
    const documents = render([
      published({ headline: "a\u0000b\ud800c\u0001d\uffffe", body: "<p>\udfff\u000b</p>" }),
    ]);
    for (const format of FORMAT_NAMES) {
      expect(READERS[format](documents[format])[0]).toMatchObject({ headline: "abcde", body: "<p></p>" });
    }
  });
});

describe("when the renderer remembers an entry", () => {
  const articles = [published({ id: "a" }), published({ id: "b" })];
  const { items } = windowOf(articles).entries;

  test("it is not asked for again, and another version of it is", () => {
    const renderer = createRenderer(TEST_SITE);
    expect(renderer.missing(items)).toEqual(items);
    render(articles, ALL_FEED, renderer);
    expect(renderer.missing(items)).toEqual([]);
    const corrected = published({ id: "b", updated: "2018-10-08T00:00:00.000Z" });
    expect(renderer.missing(windowOf([corrected]).entries.items).map(({ id }) => id)).toEqual(["b"]);
  });

  test("its memory is bounded by bytes", () => {
    const renderer = createRenderer(TEST_SITE, { memoBytes: 3_000 });
    const many = Array.from({ length: 20 }, (_, i) => published({ id: `n${i}` }));
    const documents = render(many, ALL_FEED, renderer);
    expect(headlines(documents, "json")).toHaveLength(20);
    const left = renderer.missing(windowOf(many).entries.items).length;
    expect(left).toBeGreaterThan(10);
    expect(left).toBeLessThan(20);
  });

  test("or one is neither remembered nor given, no document is shown with a gap", () => {
    const renderer = createRenderer(TEST_SITE);
    expect(() => byFormat(renderer.render(ALL_FEED, windowOf(articles), new Map()))).toThrow(
      "neither remembered nor given: a ",
    );
  });
});

describe("when documents are rendered", () => {
  test("they declare the namespaces that they use and no others", () => {
    fc.assert(
      fc.property(acceptedArticles(2), (articles) => {
        const documents = render([...articles, withdrawn()]);
        for (const format of ["rss", "atom"] as const) {
          const root = readXml(documents[format]);
          const used = new Set<string>();
          const visit = ({ name, children }: Element) => {
            if (name.startsWith("{")) used.add(name.slice(1, name.indexOf("}")));
            for (const child of children) visit(child);
          };
          visit(root);
          const declared = Object.entries(root.attributes).filter(([name]) => name.startsWith("xmlns"));
          expect(declared.map(([, uri]) => uri).sort()).toEqual([...used].sort());
        }
      }),
      { numRuns: 50 },
    );
  });

  test("RSS describes an article without a summary by the beginning of its body, before the body", () => {
    const article = published({ body: "<p>Body &lt;b&gt; &amp;amp; <em>soul</em></p>" });
    const item = all(channelOf(render([article]).rss), "item")[0] as Element;
    const names = item.children.map(({ name }) => name);
    const encoded = named("http://purl.org/rss/1.0/modules/content/", "encoded");
    expect(names.indexOf("description")).toBeLessThan(names.indexOf(encoded));
    expect(textOf(item, "description")).toBe("Body &lt;b&gt; &amp;amp; soul");
    expect(textOf(item, encoded)).toBe(article.body);
  });

  test("RSS names every author once, also one with an e-mail address", () => {
    const authors = [
      { name: "Ada" },
      { name: "Kim", email: "kim@example.org" },
      { name: "Lee", email: "l@example.org" },
    ];
    const item = all(channelOf(render([published({ authors })]).rss), "item")[0] as Element;
    expect(all(item, "author")).toEqual([]);
    const creators = all(item, named("http://purl.org/dc/elements/1.1/", "creator"));
    expect(creators.map(({ text }) => text)).toEqual(["Ada", "Kim", "Lee"]);
  });

  test("Atom and JSON Feed name the publisher, and every author where there are some", () => {
    const documents = render([
      published({ authors: [{ name: "Ada" }, { name: "Kim" }] }),
      published({ id: "none" }),
    ]);
    const names = (element: Element | undefined) =>
      all(element as Element, atomName("author")).map((author) => textOf(author, atomName("name")));
    const feed = readXml(documents.atom);
    const entries = all(feed, atomName("entry"));
    expect(names(feed)).toEqual(["The Example Times"]);
    expect(entries.map(names)).toEqual([[], ["Ada", "Kim"]]);
    const json = readJson(documents.json);
    expect(json.authors).toEqual([{ name: "The Example Times", url: "https://news.example.org/" }]);
    expect(json.items.map((item: { authors?: object }) => item.authors)).toEqual([
      undefined,
      [{ name: "Ada" }, { name: "Kim" }],
    ]);
  });

  test("a size of nothing is not told, but for RSS, which has to tell one", () => {
    const media = [
      { url: "https://img.example.org/a.mp3", type: "audio/mpeg", role: "lead" as const, bytes: 0 },
    ];
    const documents = render([published({ media })]);
    expect(Buffer.from(documents.atom).toString()).not.toContain('length="0"');
    expect(Buffer.from(documents.json).toString()).not.toContain("size_in_bytes");
    expect(Buffer.from(documents.rss).toString()).toContain('length="0"');
  });

  test.each([
    [
      "as its articles spell it",
      [published({ language: "pt-BR" })],
      "language/pt-br",
      "pt-BR",
      "Português (Brasil)",
    ],
    [
      "as its name does when it has no articles",
      [],
      "language/zh-hant-tw",
      "zh-Hant-TW",
      "中文（繁體，台灣）",
    ],
    ["as somebody asks for it who asks for none", [], "language/not_one", "not_one", "not_one"],
  ])(
    "a feed of one language is in that language, and named so: %s",
    (_, articles, name, language, called) => {
      const site = {
        ...TEST_SITE,
        families: [{ family: "language", by: "language" as const, title: "{language}" }],
      };
      const feed = { ...ALL_FEED, name, title: "{language}", ofLanguage: true };
      const documents = byFormat(
        createRenderer(site).render(feed, windowOf(articles, feed, site), byId(articles)),
      );
      expect(textOf(channelOf(documents.rss), "language")).toBe(language);
      expect(readXml(documents.atom).attributes["xml:lang"]).toBe(language);
      expect(readJson(documents.json).language).toBe(language);
      expect(textOf(channelOf(documents.rss), "title")).toBe(`The Example Times: ${called}`);
      expect(readJson(documents.json).title).toBe(`The Example Times: ${called}`);
    },
  );

  test("a clarification is no IPTC signal, and a correction without a note has nothing to refer to", () => {
    const categories = (article: Published) => {
      const item = all(channelOf(render([article]).rss), "item")[0] as Element;
      return all(item, "category").map(({ attributes, text }) => [attributes.domain, text]);
    };
    expect(categories(published({ change: { kind: "clarification" } }))).toEqual([
      ["urn:flashwire:change", "Clarification"],
    ]);
    expect(categories(published({ change: { kind: "correction" } }))).toEqual([
      ["http://cv.iptc.org/newscodes/signal/", "Correction"],
    ]);
    expect(Buffer.from(render([published({ change: { kind: "correction" } })]).rss).toString()).not.toContain(
      "prism",
    );
  });

  test("places have a point only when they have both coordinates", () => {
    const point = (places: Published["places"] = []) => {
      const item = all(channelOf(render([published({ places })]).rss), "item")[0] as Element;
      return textOf(item, named("http://www.georss.org/georss", "point"));
    };
    expect(point([{ name: "Half", lat: 1 }])).toBeUndefined();
    expect(
      point([
        { name: "Half", lon: 1 },
        { name: "Whole", lat: -1e-7, lon: 8.5416944444 },
      ]),
    ).toBe("0 8.541694");
  });
});

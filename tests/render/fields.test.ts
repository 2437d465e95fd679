import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import Parser from "rss-parser";
import { describe, expect, test } from "vitest";
import type { Media, Published } from "../../src/core/article.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { ALL_FEED, byId, published, TEST_SITE, windowOf } from "../support/articles.ts";
import { byFormat } from "../support/documents.ts";

/* What records say of a story beyond its text, as parsers that are not ours find it. */

function read(fields: Partial<Published>) {
  const articles = [published(fields)];
  const documents = byFormat(createRenderer(TEST_SITE).render(ALL_FEED, windowOf(articles), byId(articles)));
  const text = (format: keyof typeof documents) => Buffer.from(documents[format]).toString();
  const [item] = parseRssFeed(text("rss")).items ?? [];
  const [entry] = parseAtomFeed(text("atom")).entries ?? [];
  const [jsonItem] = parseJsonFeed(text("json")).items ?? [];
  // feedsmith leaves out extensions.
  const own = JSON.parse(text("json")).items[0]._flashwire ?? {};
  if (item === undefined || entry === undefined || jsonItem === undefined)
    throw new Error("a document has no entry");
  return { item, entry, jsonItem, own, rss: text("rss"), atom: text("atom") };
}

const file = (name: string, fields: Partial<Media> = {}): Media => ({
  url: `https://img.example.org/${name}`,
  type: "image/jpeg",
  ...fields,
});

const BRIDGE = file("bridge.jpg", {
  width: 1600,
  caption: "The bridge.",
  credit: "Kim Lee",
  renditions: [file("bridge-320.jpg", { width: 320, height: 180 }), file("bridge-800.jpg", { width: 800 })],
});
const FERRY = {
  ...BRIDGE,
  url: "https://img.example.org/ferry.jpg",
  renditions: [file("ferry-90.jpg", { width: 90 })],
};

describe("when a picture has renditions", () => {
  const { item, entry, jsonItem, own } = read({ media: [BRIDGE, FERRY] });

  test.each([
    ["RSS", item.media],
    ["Atom", entry.media],
  ])("%s has them in one group, with the picture as the default and its words once", (_, media) => {
    const [bridge, ferry] = media?.groups ?? [];
    expect(media?.contents).toBeUndefined();
    expect(bridge?.contents?.map(({ url, isDefault, width }) => [url, isDefault, width])).toEqual([
      [BRIDGE.url, true, 1600],
      ["https://img.example.org/bridge-320.jpg", undefined, 320],
      ["https://img.example.org/bridge-800.jpg", undefined, 800],
    ]);
    expect(bridge?.description?.value).toBe("The bridge.");
    expect(bridge?.credits?.map(({ value }) => value)).toEqual(["Kim Lee"]);
    expect(ferry?.thumbnails?.map(({ url }) => url)).toEqual(["https://img.example.org/ferry-90.jpg"]);
  });

  test.each([
    ["RSS", item.media],
    ["Atom", entry.media],
  ])("%s has a small one as the thumbnail of the entry", (_, media) => {
    expect(media?.thumbnails).toEqual([
      { url: "https://img.example.org/bridge-320.jpg", width: 320, height: 180 },
    ]);
  });

  test("JSON Feed has them as attachments with a title that no other picture has", () => {
    expect(jsonItem.attachments?.map(({ url, title }) => [url, title])).toEqual([
      [BRIDGE.url, "The bridge."],
      ["https://img.example.org/bridge-320.jpg", "The bridge."],
      ["https://img.example.org/bridge-800.jpg", "The bridge."],
      [FERRY.url, "The bridge. (2)"],
      ["https://img.example.org/ferry-90.jpg", "The bridge. (2)"],
    ]);
    expect(own.media[0].renditions).toEqual(BRIDGE.renditions);
  });
});

test("when a film has other encodings, readers offer the film itself beside the story", async () => {
  const film = file("film.mp4", {
    type: "video/mp4",
    renditions: [file("film.webm", { type: "video/webm" }), file("film.jpg", { width: 320 })],
  });
  const { item, entry, rss } = read({ media: [film] });
  expect(item.enclosures?.map(({ url }) => url)).toEqual([film.url]);
  expect(entry.links?.filter(({ rel }) => rel === "enclosure").map(({ href }) => href)).toEqual([film.url]);
  const { items } = await new Parser().parseString(rss);
  expect(items[0]?.enclosure?.url).toBe(film.url);
});

test("when a picture has renditions, a browser takes one where it is sharp, and the body stays as it was", () => {
  const figure =
    '<figure><picture><source media="(max-width: 160px)" srcset="https://img.example.org/bridge-320.jpg"/>' +
    '<source media="(max-width: 400px)" srcset="https://img.example.org/bridge-800.jpg"/>' +
    '<img src="https://img.example.org/bridge.jpg" alt="" width="1600"/></picture>';
  expect(read({ media: [BRIDGE], body: "<p>a</p>" }).item.content?.encoded).toContain(figure);
  const body = '<p>a<img src="https://img.example.org/bridge-800.jpg" alt="x" /></p>';
  expect(read({ media: [BRIDGE], body }).item.content?.encoded).toContain(
    '<a href="https://img.example.org/bridge.jpg"><picture>' +
      '<source media="not all" srcset="https://img.example.org/bridge-320.jpg"/>' +
      '<img src="https://img.example.org/bridge-800.jpg" alt="x" /></picture></a>',
  );
});

describe("the thumbnail", () => {
  const thumbnail = (medium: Media) =>
    read({ media: [medium] }).item.media?.thumbnails?.map(({ url }) => url);

  test.each([
    ["the picture is no larger", file("a.jpg", { width: 320, renditions: [file("b.jpg", { width: 320 })] })],
    ["no rendition is small", file("a.jpg", { renditions: [file("b.jpg", { width: 1024 })] })],
    ["no rendition tells its width", file("a.jpg", { renditions: [file("b.jpg")] })],
    [
      "the small one is no picture",
      file("a.jpg", { renditions: [file("b.mp4", { type: "video/mp4", width: 9 })] }),
    ],
  ])("when %s, there is none", (_, medium) => {
    expect(thumbnail(medium)).toBeUndefined();
  });

  test("when several are small, it is the largest of them", () => {
    const renditions = [
      file("90.jpg", { width: 90 }),
      file("480.jpg", { width: 480 }),
      file("240.jpg", { width: 240 }),
    ];
    expect(thumbnail(file("a.jpg", { renditions }))).toEqual(["https://img.example.org/480.jpg"]);
  });
});

test.each([
  ["Photographer", { role: "photographer", scheme: "urn:ebu" }],
  ["drone pilot", {}],
])("when the role of who is credited is %s, media:credit has %j", (creditRole, attributes) => {
  const { item, own } = read({ media: [file("a.jpg", { credit: "Kim Lee", creditRole })] });
  expect(item.media?.contents?.[0]?.credits).toEqual([{ value: "Kim Lee", ...attributes }]);
  expect(own.media[0].credit_role).toBe(creditRole);
});

test("when a picture that partners may not show has renditions, no document has one of them, nor has the body", () => {
  const kept = { ...BRIDGE, syndicate: false };
  const body = '<p>a<img src="https://img.example.org/bridge-800.jpg" alt="x" />b</p>';
  const { item, rss, atom, jsonItem } = read({ media: [kept], body });
  for (const document of [rss, atom, JSON.stringify(jsonItem)]) expect(document).not.toContain("bridge");
  expect(item.content?.encoded).toBe("<p>ab</p>");
});

describe("when tags name people, organisations, places and events", () => {
  const url = "https://news.example.org/people/ada";
  const { item, entry, jsonItem, own, atom } = read({
    tags: [
      { name: "Ada Quill", type: "person", url },
      { name: "UN", type: "organisation" },
      { name: "Oslo", type: "place" },
      { name: "Summit", type: "event", scheme: "https://x.example/events", code: "S1" },
      { name: "Peace", type: "topic" },
    ],
  });

  test("RSS and Atom say so in the words of PRISM and by the scheme of the category", () => {
    expect(item.prism).toMatchObject({
      persons: ["Ada Quill"],
      organizations: ["UN"],
      locations: ["Oslo"],
      events: ["Summit"],
    });
    expect(atom).toContain(
      "<prism:person>Ada Quill</prism:person><prism:organization>UN</prism:organization>" +
        "<prism:location>Oslo</prism:location><prism:event>Summit</prism:event>",
    );
    expect(item.categories?.map(({ name, domain }) => [name, domain])).toEqual([
      ["Ada Quill", "urn:flashwire:person"],
      ["UN", "urn:flashwire:organisation"],
      ["Oslo", "urn:flashwire:place"],
      ["Summit", "https://x.example/events"],
      ["Peace", undefined],
    ]);
    expect(entry.categories?.map(({ term, scheme }) => [term, scheme])).toContainEqual([
      "S1",
      "https://x.example/events",
    ]);
  });

  test("an address is a link of the relation tag", () => {
    const link = { href: url, rel: "tag", title: "Ada Quill" };
    expect(entry.links).toContainEqual(link);
    expect(item.atom?.links).toContainEqual(link);
  });

  test("JSON Feed has their names as tags, and the rest under _flashwire", () => {
    expect(jsonItem.tags).toEqual(["Ada Quill", "UN", "Oslo", "Summit", "Peace"]);
    expect(own.tags[0]).toEqual({ name: "Ada Quill", type: "person", url });
  });
});

test("when a record has genre, keywords and urgency, every format has them", () => {
  const fields = { genre: ["Analysis"], keywords: ["tolls", "ferry"], urgency: 2, tags: [{ name: "tolls" }] };
  const { item, jsonItem, own, rss, atom } = read(fields);
  expect(item.prism).toMatchObject({ genres: ["Analysis"], keywords: ["tolls", "ferry"] });
  for (const word of ["<prism:genre>Analysis<", "<prism:keyword>tolls<", "<prism:keyword>ferry<"])
    expect(atom).toContain(word);
  expect(jsonItem.tags).toEqual(["tolls", "ferry"]);
  expect(own).toMatchObject({ genre: ["Analysis"], keywords: ["tolls", "ferry"], urgency: 2 });
  for (const document of [rss, atom]) expect(document).toContain("<fw:urgency>2</fw:urgency>");
});

test("when a record has a dateline, people read it before the first sentence in every format", () => {
  const { item, entry, jsonItem, own } = read({ dateline: "OSLO", body: "<p>The bridge.</p>" });
  const shown = "<p>OSLO — The bridge.</p>";
  expect([item.content?.encoded, entry.content?.value, jsonItem.content_html]).toEqual([shown, shown, shown]);
  expect(own.dateline).toBe("OSLO");
});

test("when a record has none of these, no document names them", () => {
  const { rss, atom, own } = read({});
  for (const document of [rss, atom]) expect(document).not.toMatch(/<(?:fw|prism|media):/);
  expect(own).toEqual({});
});

import { describe, expect, test } from "vitest";
import { resolveSite } from "../../src/config/site-file.ts";
import { NEWSROOM } from "../support/site.ts";

const resolve = (fields: object) => resolveSite({ ...NEWSROOM, ...fields }, "https://feeds.example.org");

test("when a list stands where an object belongs, it is refused, however little the object has to have", () => {
  const feed = { name: "top", title: "Top" };
  for (const [fields, problem] of [
    [{ aws: [] }, "aws: must be an object"],
    [{ publisher: [] }, "publisher: must be an object"],
    [{ feeds: [{ ...feed, where: [] }] }, "feeds[0].where: must be an object"],
    [{ feeds: [[]] }, "feeds[0]: must be an object"],
    [{ aws: { cacheSeconds: [] } }, "aws.cacheSeconds: must be an object"],
  ] as const) {
    expect(() => resolve(fields)).toThrow(problem);
  }
  expect(() => resolveSite([], "https://feeds.example.org")).toThrow("the site: must be an object");
});

test("when the publisher's e-mail address has any sign that addresses may have, it is taken", () => {
  const publisher = { ...NEWSROOM.publisher, email: "ann.o'brien@news.example.org" };
  expect(resolve({ publisher }).publisher).toEqual(publisher);
  expect(() => resolve({ publisher: { ...publisher, email: "news" } })).toThrow(
    "publisher.email: must be an e-mail address",
  );
});

test.each([
  [{ home: "https://ann:secret@news.example.org/" }, "home"],
  [{ publisher: { ...NEWSROOM.publisher, url: "https://ann@news.example.org/" } }, "publisher.url"],
  [
    { look: { links: [{ label: "About", url: "https://ann:secret@news.example.org/" }] } },
    "look.links[0].url",
  ],
  [
    { families: [{ family: "tag", by: "tag", title: "{value}", home: "https://{value}@news.example.org/" }] },
    "families[0].home",
  ],
])(
  "when an address that documents show holds a user name or a password, the site file refuses it: %j",
  (fields, field) => {
    expect(() => resolve(fields)).toThrow(`${field}: must not hold a user name or password`);
  },
);

test.each([
  [{ title: "\u200b" }, "title"],
  [{ look: { name: "\u2060" } }, "look.name"],
  [{ look: { links: [{ label: "\u202e", url: "https://news.example.org/" }] } }, "look.links[0].label"],
])("when nobody sees anything of a text, the site file refuses it: %j", (fields, field) => {
  expect(() => resolve(fields)).toThrow(`${field}: must not be empty`);
});

describe("when a site file has old names of feeds", () => {
  const feeds = [
    { name: "all", title: "All" },
    { name: "us", title: "US" },
  ];
  const refused = (fields: object, ...problems: string[]) => {
    let message = "";
    try {
      resolve({ feeds, ...fields });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message.split("\n").slice(1)).toEqual(problems.map((problem) => `  ${problem}`));
  };

  test("they lead to feeds of today, by way of other old names where a feed was renamed again", () => {
    const renamed = { america: "usa", usa: "us", "section/usa": "section/us", "ressort/welt": "tag/welt" };
    expect(resolve({ feeds, renamed, merged: { world: "all" } })).toMatchObject({ renamed });
  });

  test.each([
    [
      "an old name leads to a feed that does not exist",
      { usa: "uk" },
      'renamed.usa: leads to "uk", which is no feed of this site file',
    ],
    [
      "an old name leads to a family",
      { usa: "section" },
      'renamed.usa: leads to "section", which is no feed of this site file',
    ],
    [
      "an old name leads into a family that does not exist",
      { usa: "desk/us" },
      'renamed.usa: leads to "desk/us", which is no feed of this site file',
    ],
    [
      "an old name leads to a value with capitals",
      { usa: "section/US" },
      'renamed.usa: leads to "section/US", which is no feed of this site file',
    ],
    [
      "an old name has capitals",
      { "section/USA": "us" },
      "renamed.section/USA: must be the name that a feed had, such as section/usa",
    ],
    [
      "an old name has three parts",
      { "a/b/c": "us" },
      "renamed.a/b/c: must be the name that a feed had, such as section/usa",
    ],
    ["an old name is that of a feed of today", { all: "us" }, "renamed.all: is the name of feeds[0] today"],
    [
      "an old name is that of a family of today",
      { section: "us" },
      "renamed.section: is the name of families[0] today",
    ],
    ["an old name leads to itself", { usa: "usa" }, 'renamed.usa: leads back to "usa"'],
    ["an old name leads to a number", { usa: 1 }, "renamed.usa: must be text"],
    ["the old names are a list", [], "renamed: must be an object"],
  ])("they are refused where %s", (_, renamed, problem) => {
    refused({ renamed }, problem);
  });

  test("they are refused in a circle", () => {
    refused(
      { renamed: { "tag/a": "tag/b", "tag/b": "tag/a" } },
      'renamed.tag/a: leads back to "tag/a"',
      'renamed.tag/b: leads back to "tag/b"',
    );
  });

  test("they are refused where two would give one feed their identifier, or stand in both lists", () => {
    refused(
      { renamed: { usa: "us", america: "us" } },
      'renamed.america: "us" has the identifier of "usa", and can have one only: name "america" under merged',
    );
    refused({ renamed: { usa: "us" }, merged: { usa: "us" } }, "merged.usa: stands under renamed too");
    expect(resolve({ feeds, renamed: { usa: "us" }, merged: { america: "us" } })).toBeDefined();
  });

  test("they are refused beyond the number that the CDN has room for", () => {
    const names = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`tag/old-${i}`, "all"]));
    expect(resolve({ feeds, merged: names(40) })).toBeDefined();
    refused(
      { feeds, merged: names(40), renamed: { usa: "us" } },
      "merged: must leave it at 40 old names, renamed and merged together; there are 41",
    );
  });
});

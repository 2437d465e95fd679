import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadSiteFile, resolveSite } from "../../src/config/site-file.ts";
import { FlashwireError } from "../../src/core/errors.ts";
import { DEFAULT_FAMILIES, DEFAULT_FEEDS } from "../../src/core/site.ts";
import { NEWSROOM } from "../support/site.ts";

const ORIGIN = "https://feeds.example.org";
const minimal = { ...NEWSROOM, home: "https://news.example.org", language: "en-us" };

/** The lines that the error has below its first one. */
function problemsOf(config: unknown): string[] {
  try {
    resolveSite(config, ORIGIN);
  } catch (error) {
    expect(error).toBeInstanceOf(FlashwireError);
    expect(error).toMatchObject({ code: "invalid" });
    const [first, ...lines] = (error as Error).message.split("\n");
    expect(first).toBe("The site file flashwire.config.ts is not valid.");
    return lines.map((line) => line.trim());
  }
  return [];
}

describe("when a site file is read", () => {
  test("the shipped one is valid and spells the default feeds and families out", async () => {
    const site = (await loadSiteFile()).at(ORIGIN);
    expect(site.origin).toBe(ORIGIN);
    expect(site.feeds).toEqual(DEFAULT_FEEDS);
    expect(site.families).toEqual(DEFAULT_FAMILIES);
  });

  test("it gets its defaults and normal forms", () => {
    expect(resolveSite(minimal, ORIGIN)).toMatchObject({
      home: "https://news.example.org/",
      language: "en-US",
      size: 50,
      order: "published",
      ttl: 5,
      headlineLabels: [],
      changeNotes: true,
      hubs: [],
      feeds: DEFAULT_FEEDS,
      families: DEFAULT_FAMILIES,
    });
  });

  test("its text that goes into documents is one clean line", () => {
    const site = resolveSite({ ...minimal, title: " The\u0000 Example\n Times\ud800 " }, ORIGIN);
    expect(site.title).toBe("The Example Times");
  });

  test.each([
    [
      "a missing title and a home that is no address",
      { ...minimal, title: undefined, home: "news.example.org" },
      ["title: must be text", "home: must be an absolute http or https URL"],
    ],
    [
      "a language that is no tag",
      { ...minimal, language: "english please" },
      ["language: must be a BCP 47 language tag, such as en-GB"],
    ],
    ["a year before 1985", { ...minimal, year: 26 }, ["year: must be at least 1985"]],
    ["a publisher without a name", { ...minimal, publisher: {} }, ["publisher.name: is required"]],
    [
      "a size that is too large and a ttl that is no whole number",
      { ...minimal, size: 501, ttl: 0.5 },
      ["ttl: must be a whole number", "ttl: must be at least 1", "size: must be at most 500"],
    ],
    [
      "a hub that is no address",
      { ...minimal, hubs: ["https://hub.example.org/", "hub"] },
      ["hubs[1]: must be an absolute http or https URL"],
    ],
    [
      "a hub without TLS and a hub with a password",
      { ...minimal, hubs: ["http://hub.example.org/", "https://me:secret@hub.example.org/"] },
      [
        "hubs[0]: must be an https URL: the wire tells no other hub of changes",
        "hubs[1]: must not hold a user name or password: every document shows it",
      ],
    ],
    ["six hubs", { ...minimal, hubs: Array(6).fill("https://x.org/") }, ["hubs: must be at most 5"]],
    [
      "an unknown label and notes that are neither on nor off",
      { ...minimal, headlineLabels: ["corrections"], changeNotes: "no" },
      [
        "headlineLabels[0]: must be breaking, update, correction or clarification",
        "changeNotes: must be true or false",
      ],
    ],
    ["feeds that are no list", { ...minimal, feeds: {} }, ["feeds: must be a list"]],
    [
      "a feed of no entries",
      { ...minimal, feeds: [...DEFAULT_FEEDS.slice(0, 2), { name: "top", title: "Top", size: 0 }] },
      ["feeds[2].size: must be at least 1"],
    ],
    [
      "a feed whose name has capitals and a space",
      { ...minimal, feeds: [{ name: "Top Stories", title: "Top" }] },
      ["feeds[0].name: must be lower-case letters, digits and single hyphens"],
    ],
    [
      "a feed with an unknown level, an empty choice and an unknown choice",
      {
        ...minimal,
        feeds: [{ name: "top", title: "Top", where: { breaking: ["flush"], change: [], tags: ["x"] } }],
      },
      [
        "feeds[0].where.breaking: must be true or a list with any of flash, bulletin, urgent",
        "feeds[0].where.change: must not be empty",
        "feeds[0].where.tags: is not a field of the site file",
      ],
    ],
    [
      "a family by an unknown field",
      { ...minimal, families: [{ family: "desk", by: "desk", title: "{value}" }] },
      ["families[0].by: must be section, language or tag"],
    ],
    [
      "a family with unknown words in braces",
      { ...minimal, families: [{ family: "desk", by: "tag", title: "{valeu}", description: "{}" }] },
      [
        "families[0].title: may hold {value}, or {language} in a family by language, and nothing else in braces",
        "families[0].description: may hold {value}, or {language} in a family by language, and nothing else in braces",
      ],
    ],
    [
      "a family by tag whose title names a language",
      {
        ...minimal,
        families: [{ family: "desk", by: "tag", title: "{language}", description: "{language}" }],
      },
      [
        "families[0].title: may hold {language} only in a family by language",
        "families[0].description: may hold {language} only in a family by language",
      ],
    ],
    [
      "a feed of a tag that has neither letter nor digit",
      { ...minimal, feeds: [{ name: "top", title: "Top", where: { tag: ["Top", "🎉"] } }] },
      ["feeds[0].where.tag[1]: must hold a letter or a digit"],
    ],
    [
      "misspelt fields",
      { ...minimal, sise: 5, odrer: "published" },
      ["sise: is not a field of the site file", "odrer: is not a field of the site file"],
    ],
    ["a file without content", undefined, ["the site: must be an object"]],
    ["text in the place of an object", "x", ["the site: must be an object"]],
    ["a function", { ...minimal, title: () => "x" }, ["the site: must be plain data, without functions"]],
  ])("it is refused for %s, and each wrong field is named", (_, config, problems) => {
    expect(problemsOf(config)).toEqual(problems);
  });

  test("it is refused for two feeds, or a feed and a family, of one name, and the message says which", () => {
    const feeds = [
      { name: "all", title: "All" },
      { name: "section", title: "Sections" },
      { name: "all", title: "All again" },
    ];
    expect(problemsOf({ ...minimal, feeds })).toEqual([
      'feeds[2].name: "all" is already the name of feeds[0]',
      'families[0].family: "section" is already the name of feeds[1]',
    ]);
  });

  test("the caller's object stays as it was", () => {
    const config = { ...minimal, extra: 1 };
    problemsOf(config);
    expect(config).toEqual({ ...minimal, extra: 1 });
  });
});

describe("when a site file is loaded", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "flashwire-site-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("it may stand under any path", async () => {
    const path = join(folder, "other.mjs");
    await writeFile(path, `export default ${JSON.stringify(minimal)}`);
    expect((await loadSiteFile(path)).at(ORIGIN).title).toBe("The Example Times");
  });

  test("the message says which file cannot be loaded, and that nothing is exported", async () => {
    const path = join(folder, "empty.mjs");
    await writeFile(path, "export const site = 1");
    await expect(loadSiteFile(path)).rejects.toThrow("export default defineSite");
    await expect(loadSiteFile(join(folder, "none.mjs"))).rejects.toThrow(/none\.mjs cannot be loaded/);
  });
});

import { describe, expect, test, vi } from "vitest";
import { resolveSite } from "../../src/config/site-file.ts";
import type { SiteConfig } from "../../src/core/site.ts";
import { FORMATS } from "../../src/render/formats.ts";
import { fingerprintOf } from "../../src/upkeep/fingerprint.ts";

vi.mock("../../src/render/formats.ts", async (original) => {
  const { FORMATS } = await original<typeof import("../../src/render/formats.ts")>();
  return { FORMATS: FORMATS.map((format) => ({ ...format })) };
});

const cache = vi.hoisted(() => ({ ofBreaking: "public, max-age=10" }));
vi.mock("../../src/render/format.ts", async (original) => ({
  ...(await original<typeof import("../../src/render/format.ts")>()),
  get BREAKING_CACHE() {
    return cache.ofBreaking;
  },
}));

const CONFIG: SiteConfig = {
  title: "The Example Times",
  home: "https://news.example.org/",
  authority: "news.example.org",
  year: 2026,
  publisher: { name: "The Example Times" },
  language: "en",
};
const ORIGIN = "https://wire.example.org";
const of = (config: Partial<SiteConfig> = {}, origin = ORIGIN) =>
  fingerprintOf(resolveSite({ ...CONFIG, ...config }, origin));

const [FIRST_FEED, ...OTHERS] = [
  { name: "all", title: "All" },
  { name: "breaking", title: "Breaking", where: { breaking: true as const } },
];
const FEEDS = { feeds: [FIRST_FEED, ...OTHERS] } as Partial<SiteConfig>;

/** Those that a site file has which names none. */
const FAMILIES_WITH_HOME = resolveSite(CONFIG, ORIGIN).families.map((family) => ({
  ...family,
  home: "https://news.example.org/{value}",
}));

/** Changes of every key of the site file by what has to be done for them. */
const CHANGES: Record<"nothing" | "documents" | "windows", [what: string, config: Partial<SiteConfig>][]> = {
  nothing: [
    ["aws", { aws: { batchSeconds: 7 } }],
    ["upkeep", { upkeep: { auditDays: 7 } }],
    ["timeZone", { timeZone: "Europe/Berlin" }],
    ["breakingMinutes", { breakingMinutes: { flash: 30 } }],
    ["a default that is written out", { ttl: 5, size: 50, order: "published", hubs: [] }],
  ],
  documents: [
    ["title", { title: "Another Name" }],
    ["description", { description: "News" }],
    ["home", { home: "https://other.example.org/" }],
    ["authority", { authority: "other.example.org" }],
    ["year", { year: 2025 }],
    ["publisher", { publisher: { name: "Somebody else" } }],
    ["copyright", { copyright: "©" }],
    ["rights", { rights: { syndication: "allow", training: "deny", answers: "deny", search: "allow" } }],
    ["icon", { icon: "https://news.example.org/i.png" }],
    ["logo", { logo: "https://news.example.org/l.png" }],
    ["look", { look: { accent: "#b80000" } }],
    ["the home of a family", { families: FAMILIES_WITH_HOME }],
    ["hubs", { hubs: ["https://hub.example.org/"] }],
    ["ttl", { ttl: 9 }],
    ["headlineLabels", { headlineLabels: ["correction"] }],
    ["changeNotes", { changeNotes: false }],
    ["the words of withdrawals", { withdrawals: { words: { de: { title: "Weg", text: "Es ist weg." } } } }],
    ["the title of a feed", { feeds: [{ ...FIRST_FEED, title: "Everything" }, ...OTHERS] as never }],
  ],
  windows: [
    ["language, which places stories that name none", { language: "de" }],
    ["size", { size: 20 }],
    ["order", { order: "updated" }],
    ["feeds", { feeds: OTHERS as never }],
    ["where", { feeds: [{ ...FIRST_FEED, where: { section: ["World"] } }, ...OTHERS] as never }],
    ["families", { families: [] }],
    ["withdrawn", { feeds: [{ ...FIRST_FEED, withdrawn: "remove" }, ...OTHERS] as never }],
    ["the days of withdrawals", { withdrawals: { days: 7 } }],
    ["renamed", { renamed: { "section/usa": "section/us" } }],
    ["merged", { merged: { "section/usa": "section/us" } }],
  ],
};

describe("the fingerprint of a wire", () => {
  test.each(CHANGES.nothing)("when %s changes, it stays", (_, config) => {
    expect(of(config)).toEqual(of());
  });

  test.each(CHANGES.documents)("when %s changes, documents are rendered again", (_, config) => {
    const before = "feeds" in config ? of(FEEDS) : of();
    expect(of(config)).toMatchObject({ placed: before.placed });
    expect(of(config).rendered).not.toBe(before.rendered);
  });

  test.each(CHANGES.windows)("when %s changes, windows are filled again", (_, config) => {
    expect(of(config).placed).not.toBe(("feeds" in config ? of(FEEDS) : of()).placed);
  });

  test("when the origin changes, documents are rendered again", () => {
    expect(of({}, "https://other.example.org")).toMatchObject({ placed: of().placed });
    expect(of({}, "https://other.example.org").rendered).not.toBe(of().rendered);
  });

  test.each(["storedType", "cacheControl", "file", "name"] as const)(
    "when the %s of an output changes, documents are rendered again",
    (key) => {
      const before = of();
      const format = FORMATS[0] as { [Key in typeof key]: string };
      const original = format[key];
      format[key] = "other";
      expect(of()).toEqual({ placed: before.placed, rendered: expect.not.stringMatching(before.rendered) });
      format[key] = original;
    },
  );

  test("when caches may keep breaking news for another time, documents are rendered again", () => {
    const before = of();
    cache.ofBreaking = "public, max-age=5";
    expect(of()).toEqual({ placed: before.placed, rendered: expect.not.stringMatching(before.rendered) });
  });
});

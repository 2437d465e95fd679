import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Usage } from "../../src/core/usage.ts";
import { renderEntries } from "../../src/render/rendered-article.ts";
import { robotsText } from "../../src/render/robots.ts";
import { rightsHeaders, SIGNALS, words } from "../../src/render/signals.ts";
import { siteDocuments } from "../../src/render/site-documents.ts";
import { published } from "../support/articles.ts";
import { testSite } from "../support/site.ts";
import { all, type Element, named, readXml } from "./read.ts";

const RSL = "https://rslstandard.org/rsl";
const rsl = (local: string) => named(RSL, local);
const LICENCE = "https://news.example.org/licences/ai?a=1&b=2";
const MIXED = { syndication: "allow", training: "deny", answers: LICENCE, search: "allow" };

const siteWith = (rights?: Record<string, string>) =>
  testSite(rights === undefined ? {} : ({ rights } as never));
const documentsOf = (rights?: Record<string, string>) =>
  Object.fromEntries(
    siteDocuments(siteWith(rights), []).map(({ place, body }) => [
      place.key,
      body && Buffer.from(body).toString(),
    ]),
  );
const headersOf = (rights: Record<string, string>) =>
  Object.fromEntries(rightsHeaders(siteWith(rights)).map(({ name, text }) => [name, text]));

/** What a machine that reads a licence as RSL 1.0 has it (sections 3.1.1, 3.5 and 3.6) may do with each token, and for what. */
function read(content: Element): Record<string, string> {
  const tokens = ["ai-train", "ai-input", "ai-index", "search"];
  const listOf = (license: Element, name: string) =>
    all(license, rsl(name)).flatMap(({ text, attributes }) => {
      expect(attributes).toEqual({ type: "usage" });
      return text.split(" ");
    });
  const licenses = all(content, rsl("license"));
  const grants = (license: Element, token: string) => {
    if (listOf(license, "prohibits").includes(token)) return [];
    const permitted = listOf(license, "permits");
    const custom = all(license, rsl("payment")).flatMap((payment) => all(payment, rsl("custom")))[0]?.text;
    return permitted.length === 0 || permitted.includes(token) ? [custom ?? "allow"] : [];
  };
  return Object.fromEntries(
    tokens.map((token) => {
      const granted = licenses.flatMap((license) => grants(license, token));
      expect(granted.length, token).toBeLessThanOrEqual(1);
      return [token, granted[0] ?? "deny"];
    }),
  );
}

describe("when a site file says nothing of rights", () => {
  test("no machine is told anything, and robots.txt lets everybody in", () => {
    expect(rightsHeaders(siteWith())).toEqual([]);
    expect(documentsOf()).toMatchObject({
      "robots.txt": "User-agent: *\nAllow: /\n",
      "license.rsl": undefined,
      ".well-known/tdmrep.json": undefined,
    });
  });
});

describe("when a site file says what machines may do", () => {
  test("robots.txt leads to the licence, for all crawlers, and has the content signals in their group", () => {
    expect(documentsOf(MIXED)["robots.txt"]).toBe(
      [
        "License: https://wire.example.org/license.rsl",
        "",
        "User-agent: *",
        "Content-Signal: search=yes, ai-input=no, ai-train=no",
        "Allow: /",
        "",
      ].join("\n"),
    );
  });

  test("every document reserves text and data mining, and links to the licence", () => {
    expect(headersOf(MIXED)).toEqual({
      Link: '<https://wire.example.org/license.rsl>; rel="license"; type="application/rsl+xml"',
      "tdm-reservation": "1",
      "tdm-policy": LICENCE,
    });
    expect(JSON.parse(documentsOf(MIXED)[".well-known/tdmrep.json"] ?? "")).toEqual([
      { location: "/", "tdm-reservation": 1, "tdm-policy": LICENCE },
    ]);
  });

  test("where training and answers are allowed, nothing is reserved, and no document says `0` for a story that is", () => {
    const free = { ...MIXED, training: "allow", answers: "allow" };
    expect(Object.keys(headersOf(free))).toEqual(["Link"]);
    expect(documentsOf(free)[".well-known/tdmrep.json"]).toBeUndefined();
  });

  test("a licence is whole: for everything at the wire, with its holder, and read again after a day", () => {
    const root = readXml(documentsOf(MIXED)["license.rsl"] ?? "");
    expect([root.name, root.attributes["max-age"]]).toEqual([rsl("rsl"), "1"]);
    const [content] = all(root, rsl("content"));
    expect(content?.attributes).toEqual({ url: "/" });
    expect(content && all(content, rsl("copyright"))[0]?.text).toBe("The Example Times");
    expect(content && all(content, "{urn:flashwire:ns:1}usage")[0]?.attributes).toEqual(MIXED);
  });

  test("whatever it says, a machine that reads RSL may do that, and nothing more", () => {
    const permission = fc.constantFrom("allow", "deny", LICENCE, "https://b.example/");
    const usages = fc.record({
      ...{ syndication: permission, training: permission, answers: permission, search: permission },
    });
    fc.assert(
      fc.property(usages, ({ training, answers, search, ...rest }) => {
        const text = documentsOf({ training, answers, search, ...rest })["license.rsl"] ?? "";
        const [content] = all(readXml(text), rsl("content"));
        expect(read(content as Element)).toEqual({
          ...{ "ai-train": training, "ai-input": answers, "ai-index": answers, search },
        });
        const signals = /Content-Signal: (.*)/.exec(
          documentsOf({ training, answers, search, ...rest })["robots.txt"] ?? "",
        );
        const yes = (use: string) => (use === "allow" ? "yes" : "no");
        expect(signals?.[1]).toBe(
          `search=${yes(search)}, ai-input=${yes(answers)}, ai-train=${yes(training)}`,
        );
      }),
      { numRuns: 64 },
    );
  });

  test("a further vocabulary is one row, as the draft of AIPREF would be", () => {
    // https://datatracker.ietf.org/doc/draft-ietf-aipref-attach/
    const row = {
      in: "group" as const,
      say: words("Content-Usage", { search: "search", training: "train-ai" }, ["y", "n"]),
    };
    const text = robotsText(siteWith(MIXED), [...SIGNALS, row]);
    expect(text).toContain("ai-train=no\nContent-Usage: search=y, train-ai=n\nAllow: /");
  });
});

test("when a record alone says what machines may do, its entry has it use by use, and no licence for what nobody said", () => {
  const story = published({ rights: { holder: "An agency", usage: { training: "deny" } } });
  const { rss = "", atom = "", json = "" } = renderEntries(siteWith(), story);
  for (const entry of [rss, atom]) {
    expect(entry).toContain('<fw:usage training="deny"/>');
    expect(entry).not.toContain("rsl:");
  }
  expect(JSON.parse(json)._flashwire.rights).toEqual({ holder: "An agency", usage: { training: "deny" } });
});

test("when a story has an id that no address can hold, its licence is for the address at which the wire has the story", () => {
  const { rss = "" } = renderEntries(siteWith(MIXED), published({ id: "a/b c" }));
  expect(rss).toContain('<rsl:content url="https://wire.example.org/stories/_a~2Fb~20c.json">');
});

test("when the table of signals is read, every row names the page that it was made from, and says something", () => {
  const source = readFileSync(join(import.meta.dirname, "../../src/render/signals.ts"), "utf8");
  const [, table = ""] = /SIGNALS: readonly Signal\[\] = \[\n(.*?)\n\];/s.exec(source) ?? [];
  const blocks = table.split(/^ {2}\/\/ /m).slice(1);
  expect(table.match(/\bin: "/g)).toHaveLength(SIGNALS.length);
  for (const block of blocks) expect(block).toMatch(/^.*(https:\/\/|docs\/consumers\.md)/);
  expect(table.startsWith("  // ")).toBe(true);
  const usage: Usage = { ...MIXED };
  const stated = { usage, origin: "https://wire.example.org", asset: "/" };
  for (const { say } of SIGNALS) expect(say(stated)).toBeTruthy();
});

import { globSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { changesOf } from "../../src/render/change-block.ts";
import { MAX_CHANGES_SHOWN } from "../../src/render/limits.ts";
import { published, TEST_SITE } from "../support/articles.ts";
import { codeIn, ROOT, read, sectionOf } from "./support.ts";

/*
 * docs/consumers.md says everything that documents say beyond the standards, and nothing that they never say. The golden
 * documents are the measure: between them they have every element and every member.
 */

const GOLDEN = "tests/golden/documents";
const page = read("docs/consumers.md");

const golden = (file: string) => globSync(`${GOLDEN}/*/${file}`, { cwd: ROOT }).map(read);

/** The attributes that each `fw:` element has in any of the golden documents. */
function elements(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const text of [...golden("rss.xml"), ...golden("atom.xml")]) {
    for (const [, name = "", attributes = ""] of text.matchAll(/<(fw:\w+)([^>]*)>/g)) {
      const names = [...attributes.matchAll(/([\w:]+)="/g)].map(([, attribute]) => attribute as string);
      found.set(name, new Set([...(found.get(name) ?? []), ...names]));
    }
  }
  return found;
}

/** The names of an object's members, by the member that holds them: `deleted` → `id`, `when`. Lists are looked into. */
function membersOf(value: object, found = new Map<string, Set<string>>()): Map<string, Set<string>> {
  for (const [name, member] of Object.entries(value)) {
    const inner = found.get(name) ?? new Set<string>();
    found.set(name, inner);
    for (const item of [member].flat()) {
      if (typeof item !== "object") continue;
      for (const [key, deeper] of membersOf(item)) for (const one of [key, ...deeper]) inner.add(one);
    }
  }
  return found;
}

type Extended = { _flashwire?: object };
const feeds = golden("feed.json").map((text): Extended & { items: Extended[] } => JSON.parse(text));

function extensionsOf(holders: Extended[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { _flashwire = {} } of holders) membersOf(_flashwire, found);
  return found;
}

/** The first cell of each row of the first table: what the table documents. */
function rowsOf(section: string): string[] {
  const table = section.split("\n\n").find((block) => block.trimStart().startsWith("|")) ?? "";
  return [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name as string);
}

describe("docs/consumers.md", () => {
  test("when documents have an fw element, it has a heading for the element, and for no other", () => {
    const headings = [...page.matchAll(/^### `(fw:\w+)`$/gm)].map(([, name]) => name);
    expect(headings.sort()).toEqual([...elements().keys()].sort());
  });

  test.each([...elements()])("when %s has attributes, it names each of them there", (name, attributes) => {
    const documented = codeIn(sectionOf(page, `### \`${name}\``) ?? "");
    expect([...attributes].filter((attribute) => !documented.has(attribute))).toEqual([]);
  });

  test.each([
    ["the feed", extensionsOf(feeds)],
    ["an item", extensionsOf(feeds.flatMap(({ items }) => items))],
  ])("when %s has members under _flashwire, it has a row for each, and for no other", (holder, members) => {
    const section = sectionOf(page, `### \`_flashwire\` of ${holder}`) ?? "";
    expect(rowsOf(section).sort()).toEqual([...members.keys()].sort());
    const documented = codeIn(section);
    for (const [name, inner] of members) {
      const missing = [...inner].filter((member) => !documented.has(member));
      expect(missing, `below _flashwire.${name}`).toEqual([]);
    }
  });

  test("when it shows how a change looks in the content, the wire makes exactly that of it", () => {
    const section = sectionOf(page, "### Changes of a story") ?? "";
    const [, example] = /```html\n(.*)\n```/.exec(section) ?? [];
    const change = { kind: "correction", note: "The bridge is 3 km long." } as const;
    const story = published({ change, language: "en-GB", updated: "2026-11-26T14:05:00.000Z" });
    expect(changesOf(TEST_SITE, story).block).toBe(example);
    expect(section).toContain(`The last ${MAX_CHANGES_SHOWN} are shown`);
  });

  test("when the golden documents are read, they have something to document", () => {
    expect(elements().size).toBeGreaterThanOrEqual(3);
    expect(extensionsOf(feeds).size).toBeGreaterThanOrEqual(4);
  });
});

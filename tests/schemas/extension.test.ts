import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { membersIn, membersOf, type Schema } from "./support.ts";

/** The schema of `_flashwire` and the golden JSON Feed documents tell of the same members. */

const ROOT = join(import.meta.dirname, "../..");
type Level = "feed" | "item";

const schema: Schema & { $defs: Record<Level, Schema> } = JSON.parse(
  readFileSync(join(ROOT, "schemas/flashwire-extension.schema.json"), "utf8"),
);
const isExtended = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);

type JsonFeed = { _flashwire: { about: string }; items: { _flashwire?: object }[] };

const documents = globSync("tests/golden/documents/*/feed.json", { cwd: ROOT }).map((path) => ({
  path,
  feed: JSON.parse(readFileSync(join(ROOT, path), "utf8")) as JsonFeed,
}));

const described = (level: Level) => membersOf(schema.$defs[level]);
const written: Record<Level, Set<string>> = {
  feed: new Set(documents.flatMap(({ feed }) => membersIn(feed._flashwire))),
  item: new Set(documents.flatMap(({ feed }) => feed.items.flatMap((item) => membersIn(item._flashwire)))),
};

test("when the schema of the extension is read, it has a name of its own", () => {
  expect(schema.$id).toBe("urn:flashwire:schema:extension:1");
  expect(documents.length).toBeGreaterThan(2);
});

test.each(documents)("when $path is held against the schema of the extension, it is valid", ({ feed }) => {
  expect(isExtended(feed), JSON.stringify(isExtended.errors)).toBe(true);
});

describe.each(["feed", "item"] as const)(
  "when the schema of the extension is read, at the level of the %s",
  (level) => {
    test("every member that a document has is described, and every described member is in a document", () => {
      expect([...written[level]].sort()).toEqual([...new Set(described(level).map(([path]) => path))].sort());
    });

    test("each description is a sentence", () => {
      for (const [path, { description }] of described(level)) expect(description, path).toMatch(/\w.*\.$/);
    });
  },
);

test("when a member of a document has another type, the document is not valid", () => {
  const valid = { _flashwire: { about: "https://a.example/about/extension" }, items: [] };
  expect(isExtended(valid)).toBe(true);
  expect(isExtended({ ...valid, _flashwire: {} })).toBe(false);
  expect(isExtended({ ...valid, items: [{ _flashwire: { breaking: { level: "loud" } } }] })).toBe(false);
});

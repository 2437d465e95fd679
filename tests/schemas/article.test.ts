import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { generated } from "../../scripts/schemas.ts";
import { ArticleSchema } from "../../src/core/article.ts";
import { ARTICLE_REFERENCE } from "../../src/core/reference.ts";
import { readArticle } from "../../src/validate/article.ts";
import { membersOf, type Schema } from "./support.ts";

const ROOT = join(import.meta.dirname, "../..");
const NOW = Date.parse("2026-12-01T00:00:00Z");
const taken = (record: unknown) => readArticle(record, { now: NOW }).article;
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

const schema: Schema & { title?: string } = JSON.parse(read("schemas/article.schema.json"));
const ajv = new Ajv2020({ strict: false, validateFormats: false });
const isRecord = ajv.compile(schema);
const fields = new Map(membersOf(schema));

test.each(Object.entries(generated()))("when `npm run schemas` runs, %s stays as it is", (path, text) => {
  expect(read(path)).toBe(text);
});

describe("when the schema of the record is read", () => {
  test("it has a name of its own, a title and every field that a newsroom may send", () => {
    expect(schema).toMatchObject({ $id: "urn:flashwire:schema:article:1", title: expect.any(String) });
    expect(Object.keys(schema.properties ?? {})).toEqual([
      ...Object.keys(ArticleSchema.entries),
      "reason",
      "notice",
    ]);
  });

  test("it describes every field, and its words are about fields that there are", () => {
    for (const [path, { description }] of fields) expect(description, path).toMatch(/\w.*\.$/);
    expect(Object.keys(ARTICLE_REFERENCE).sort()).toEqual([...fields.keys()].sort());
  });

  test.each([...fields])("it has an example of %s that is valid", (path, field) => {
    expect(field.examples).toHaveLength(1);
    const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile(field);
    expect(isValid(field.examples?.[0]), path).toBe(true);
  });

  test("when a record is made of all its examples, the wire takes it", () => {
    const { reason, notice, ...live } = schema.properties ?? {};
    const record = Object.fromEntries(
      Object.entries(live).map(([name, field]) => [name, field.examples?.[0]]),
    );
    expect(isRecord(record), ajv.errorsText(isRecord.errors)).toBe(true);
    expect(taken(record)).toMatchObject({ id: record.id, media: [{ role: "lead" }] });
    const words = { reason: reason?.examples?.[0], notice: notice?.examples?.[0] };
    const killed = { ...record, ...words, status: "withdrawn" };
    expect(isRecord(killed)).toBe(true);
    expect(taken(killed)).toMatchObject({ status: "withdrawn", ...words });
  });

  test("it takes a withdrawn record without content, and a reason and a notice from such a record only", () => {
    const bare = { id: "a", published: "2026-11-02T06:10:00Z" };
    expect(isRecord({ ...bare, status: "withdrawn", reason: "By mistake" })).toBe(true);
    for (const wrong of [
      bare,
      { ...bare, url: "https://a.example/", headline: "A", reason: "By mistake" },
      { ...bare, url: "https://a.example/", headline: "A", notice: "We were wrong" },
      { ...bare, url: "https://a.example/", headline: "A", more: 1 },
    ]) {
      expect(isRecord(wrong), JSON.stringify(wrong)).toBe(false);
      expect(() => readArticle(wrong, { now: NOW, strict: true })).toThrow();
    }
  });
});

test.each(globSync("examples/*.json", { cwd: ROOT }))("when %s is sent, the wire takes it", (path) => {
  const record = JSON.parse(read(path));
  expect(isRecord(record), ajv.errorsText(isRecord.errors)).toBe(true);
  expect(taken(record).id).toBe(record.id);
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, test } from "vitest";
import { STORY_CHANGE_KINDS } from "../../src/core/change.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { markPurged } from "../../src/ingest/mark-purged.ts";
import { createServices } from "../../src/services.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { readArticle } from "../../src/validate/article.ts";
import { EVERY_FIELD } from "../golden/records.ts";
import { testSite } from "../support/site.ts";
import { startedAndAtRest } from "../support/upkeep.ts";
import { incoming } from "../support/wire.ts";
import { closed, membersIn, membersOf, type Schema } from "./support.ts";

/** What the wire writes for consumers, and the schemas of it, tell of the same members. */

const FILES = {
  "change-log": /^changes\//,
  snapshot: /^snapshots\//,
  story: /^stories\//,
};
type Name = keyof typeof FILES;
const NAMES = Object.keys(FILES) as Name[];

const schemas = Object.fromEntries(
  NAMES.map((name) => [
    name,
    JSON.parse(readFileSync(join(import.meta.dirname, `../../schemas/${name}.schema.json`), "utf8")),
  ]),
) as Record<Name, Schema & { title: string }>;
const compiled = (schema: object) => new Ajv2020({ strict: false, validateFormats: false }).compile(schema);

/** All documents that the wire ever had in the life of some stories, by the schema that they have to fit. */
const written: Record<Name, { key: string; value: object }[]> = { "change-log": [], snapshot: [], story: [] };

/** The objects that stood in the place of the open page before the log had one. They are no pages, and docs/consumers.md tells consumers of them. */
const places: { key: string; value: object }[] = [];

const NOW = Date.parse("2026-06-01T12:00:00Z");
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();

beforeAll(async () => {
  const clock = { now: NOW };
  const published = new MemoryStore(() => clock.now);
  const real = published.put.bind(published);
  published.put = async (key, body, options) => {
    const name = NAMES.find((one) => FILES[one].test(key));
    if (name === undefined) return real(key, body, options);
    const value = JSON.parse(Buffer.from(body).toString());
    ("begins" in value ? places : written[name]).push({ key, value });
    return real(key, body, options);
  };
  const stores = { newsroom: new MemoryStore(() => clock.now), published };
  const services = createServices({
    site: testSite(),
    stores,
    log: () => {},
    now: () => clock.now,
    sleep: async () => {},
    pageChanges: 3,
  });
  const publish = (...ids: string[]) => services.publisher.publish(ids);
  const send = async (n: number, fields: object = {}) => {
    await ingest(services, incoming(n, { updated: at(0), ...fields }));
    await publish(`story-${n}`);
  };
  const kill = async (n: number) => {
    await withdraw(services, `story-${n}`, { notice: "It was wrong." });
    await publish(`story-${n}`);
  };
  const { article } = readArticle(EVERY_FIELD, { now: NOW });
  await ingest(services, article);
  await publish(article.id);
  await send(1, { breaking: { level: "flash", until: at(30) } });
  const usage = { syndication: "allow", training: "deny", answers: "https://a.example/", search: "allow" };
  await send(2, { expires: at(40), rights: { usage } });
  await send(4, { updated: at(-3) });
  await send(4, { updated: at(-2) });
  await send(4, { updated: at(-1), change: { kind: "clarification" } });
  await send(4, { breaking: { level: "urgent", until: at(120) } });
  await send(3, { body: "<p>Ours</p>", authors: [{ name: "Ada", url: "https://news.example.org/ada" }] });
  clock.now += 60_000;
  await send(3, { updated: at(1), change: { kind: "correction", note: "A note" } });
  await send(3, { updated: at(1), section: "Sports", revision: 2 });
  await kill(3);
  // It is withdrawn and comes back, and is published once.
  await ingest(services, incoming(3, { updated: at(1), revision: 5 }));
  await withdraw(services, "story-3");
  await ingest(services, incoming(3, { updated: at(1), revision: 9 }));
  await publish("story-3");
  // It is purged and comes back, and the purge is not told by itself; another purge is.
  await kill(3);
  await markPurged(services, "story-3");
  await ingest(services, incoming(3, { updated: at(1), revision: 12 }));
  await publish("story-3");
  await send(5);
  await kill(5);
  await markPurged(services, "story-5");
  await publish("story-5");
  clock.now += 60 * 60_000;
  // The breaking news settles, and a story expires.
  await startedAndAtRest(services);
});

const members = (name: Name) => new Set(written[name].flatMap(({ value }) => membersIn(value)));

describe.each(NAMES)("when the schema of the %s is read", (name) => {
  test("it has a name and a title, says that members may come, and each of its words is a sentence", () => {
    expect(schemas[name]).toMatchObject({ $id: `urn:flashwire:schema:${name}:1`, title: expect.any(String) });
    expect(schemas[name].description).toContain("Ignore those that you do not know.");
    expect(JSON.stringify(schemas[name])).not.toContain('"additionalProperties":false');
    for (const [path, { description = "It has none." }] of membersOf(schemas[name]))
      expect(description, path).toMatch(/\w.*[.-]$/);
  });

  test("when the wire writes one, it is valid, and has no member that is not described", () => {
    const isDescribed = compiled(closed(schemas[name]));
    expect(written[name].length).toBeGreaterThan(0);
    for (const { key, value } of written[name])
      expect(isDescribed(value), `${key} ${JSON.stringify(isDescribed.errors)}`).toBe(true);
  });

  test("every member that it describes is written", () => {
    const described = membersOf(schemas[name]).map(([path]) => path);
    // The story's own member of an edition stands in the golden documents.
    const missing = described.filter((path) => !members(name).has(path) && path !== "_flashwire.version");
    expect(missing).toEqual([]);
  });

  test("its examples are valid", () => {
    // Those of the extension are tested with its own schema.
    const own = membersOf(schemas[name]).filter(([path]) => !/^_flashwire\.(?!story)/.test(path));
    for (const [path, schema] of own)
      for (const example of schema.examples ?? [])
        expect(compiled(schema)(example), `${path}: ${JSON.stringify(example)}`).toBe(true);
  });

  test("when a later wire writes further members, it is valid; when one is missing or of another type, it is not", () => {
    const isValid = compiled(schemas[name]);
    const [{ value } = { value: {} }] = written[name];
    expect(isValid({ ...value, more: { of: "it" } })).toBe(true);
    for (const member of (schemas[name] as { required?: string[] }).required ?? []) {
      expect(isValid({ ...value, [member]: undefined }), member).toBe(false);
      expect(isValid({ ...value, [member]: true }), member).toBe(false);
    }
  });
});

test("when a later wire has another kind of change, the page is valid", () => {
  const isValid = compiled(schemas["change-log"]);
  const page = written["change-log"].findLast(({ value }) => "changes" in value)?.value as {
    changes: object[];
  };
  expect(isValid({ ...page, changes: [{ ...page.changes[0], kind: "renamed" }] })).toBe(true);
  expect(isValid({ ...page, changes: [{ ...page.changes[0], digest: "md5=:AA==:" }] })).toBe(false);
  expect(isValid({ ...page, changes: [{ ...page.changes[0], seq: 0 }] })).toBe(false);
});

test("when a log begins, an object stands in the place of its open page, and no consumer takes the object for a page", () => {
  expect(places).toEqual([{ key: "changes/open.json", value: { begins: expect.any(String) } }]);
  for (const { value } of places) expect(compiled(schemas["change-log"])(value)).toBe(false);
});

test("when the wire writes, there are open and closed pages, and each kind of change", () => {
  const pages = written["change-log"].map(({ key }) => /open/.test(key));
  expect(new Set(pages)).toEqual(new Set([true, false]));
  const kinds = written["change-log"].flatMap(({ value }) =>
    (value as { changes: { kind: string }[] }).changes.map(({ kind }) => kind),
  );
  expect(new Set(kinds)).toEqual(new Set(STORY_CHANGE_KINDS));
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import type { Published } from "../../src/core/article.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { EVERY_FIELD, GOLDEN } from "../golden/records.ts";
import {
  ALL_FEED,
  accepted,
  acceptedArticles,
  byId,
  TEST_SITE,
  windowOf,
  withdrawn,
} from "../support/articles.ts";
import { byFormat, FORMAT_NAMES, type FormatName } from "../support/documents.ts";
import { missingFor } from "../third-party/needs.ts";
import { checkSitemaps } from "./sitemaps.ts";
import { storiesOf } from "./stories.ts";
import { checkXml } from "./xmllint.ts";

/*
 * Holds the golden documents and some hundred generated ones against schemas that are not ours:
 *
 *   npm run test:schemas -- [FOLDER WITH THE SCHEMAS] [HOW MANY] [SEED]
 *   npm run test:schemas -- --count    (says how many checks there are, and runs none)
 *
 * Needs xmllint (Debian: libxml2-utils), which reads RSS as XML as well: RSS has no schema.
 */

const SCHEMAS = join(import.meta.dirname, "../../../shared/schemas");
const [schemas = SCHEMAS, howMany = "400", seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);

type Documents = Record<FormatName, Uint8Array>;
type Stories = ReturnType<typeof storiesOf>;
type Schema = Record<string, unknown>;

function documents(): { all: Documents[]; stories: Stories; articles: Published[][] } {
  const golden = Object.values(GOLDEN).map(({ site, feed, window, articles }) =>
    byFormat(createRenderer(site).render(feed, window, articles)),
  );
  const renderer = createRenderer(TEST_SITE, { memoBytes: 1, onError: (_, error) => fail(String(error)) });
  const generated = fc.sample(acceptedArticles(4), { numRuns: Number(howMany), seed: Number(seed) });
  const rendered = generated.map((articles) => {
    const killed = articles.map(({ guid }, i) =>
      withdrawn({ id: `-killed-${i}`, guid: `${guid} was killed` }),
    );
    return byFormat(renderer.render(ALL_FEED, windowOf([...articles, ...killed]), byId(articles)));
  });
  const stories = [[accepted(EVERY_FIELD)], ...generated].flatMap((articles) =>
    storiesOf(articles, renderer),
  );
  return { all: [...golden, ...rendered], stories, articles: generated };
}

const feedsOf = (all: Documents[]) => all.map(({ json }) => JSON.parse(Buffer.from(json).toString()));

function checkJson(documents: unknown[], validate: ValidateFunction): string {
  for (const document of documents) {
    if (!validate(document)) return JSON.stringify(validate.errors?.slice(0, 5), undefined, 2);
  }
  return "";
}

/** Those of which nothing is left are no items for readers. */
function checkStories(stories: Stories, feed: Documents | undefined, validate: ValidateFunction): string {
  const frame = JSON.parse(Buffer.from(feed?.json ?? []).toString());
  const items = stories.filter(({ _flashwire }) => _flashwire.removed === undefined);
  return checkJson([{ ...frame, items }], validate);
}

function readSchema(name: string): Schema {
  return JSON.parse(readFileSync(join(schemas, name), "utf8"));
}

function ajvWith(...schemas: Schema[]): Ajv {
  return new Ajv({
    strict: false,
    schemas,
    formats: {
      // RFC 3986: a scheme, and ASCII that may stand in an address.
      uri: /^[a-z][a-z0-9+.-]*:[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/i,
      "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
    },
  });
}

/** JSON Schema draft 4, read as draft 7; what differs in these files is the name of `$id`. */
function schemaStore(other: Schema): ValidateFunction {
  const { id, $schema: _, ...schema } = readSchema("schemastore-feed.json");
  // It refers to the fields that version 1 defines in a file of its own; the other schema says the same of them.
  const { properties, definitions } = other as {
    properties: { items: { items: Schema } };
    definitions: Schema;
  };
  const version1 = {
    $id: new URL("feed-1", String(id)).href,
    properties,
    definitions: { ...definitions, item: properties.items.items, uri: { type: "string", format: "uri" } },
  };
  return ajvWith(version1).compile({ ...schema, $id: String(id) });
}

function fail(problem: string): never {
  console.error(problem);
  console.error(`Again: npm run test:schemas -- ${schemas} ${howMany} ${seed}`);
  process.exit(1);
}

const sonicdoe = () => readSchema("jsonfeed-sonicdoe-v1.1.json");
const ours = () =>
  new Ajv2020({ strict: false, validateFormats: false }).compile(
    JSON.parse(readFileSync(join(import.meta.dirname, "../../schemas/story.schema.json"), "utf8")),
  );
type Check = (all: Documents[], stories: Stories, articles: Published[][]) => string;
const bytesOf = (all: Documents[], format: FormatName) => all.map((documents) => documents[format]);
const checks: [string, Check][] = [
  ["RSS is well-formed for libxml2", (all) => checkXml(bytesOf(all, "rss"))],
  [
    "Atom holds against RFC 4287",
    (all) => checkXml(bytesOf(all, "atom"), ["--relaxng", join(schemas, "atom-rfc4287.rng")]),
  ],
  [
    "JSON Feed holds against sonicdoe's schema",
    (all) => checkJson(feedsOf(all), ajvWith().compile(sonicdoe())),
  ],
  ["JSON Feed holds against SchemaStore's schema", (all) => checkJson(feedsOf(all), schemaStore(sonicdoe()))],
  [
    "stories are items of a JSON Feed for sonicdoe's schema",
    ([feed], stories) => checkStories(stories, feed, ajvWith().compile(sonicdoe())),
  ],
  [
    "stories are items of a JSON Feed for SchemaStore's schema",
    ([feed], stories) => checkStories(stories, feed, schemaStore(sonicdoe())),
  ],
  ["stories hold against the schema that we publish", (_, stories) => checkJson(stories, ours())],
  [
    "the sitemap for news holds against the schemas of sitemaps.org and Google",
    (_, __, articles) => checkSitemaps(articles, schemas),
  ],
];

function main(): void {
  const missing = missingFor("test:schemas", schemas);
  if (missing !== undefined) {
    console.error(missing);
    process.exit(1);
  }
  const { all, stories, articles } = documents();
  console.log(
    `${all.length} feeds in ${FORMAT_NAMES.length} formats, ${stories.length} stories, seed ${seed}`,
  );
  for (const [what, check] of checks) {
    const problem = check(all, stories, articles);
    if (problem !== "") fail(`${what}: no\n${problem}`);
    console.log(`ok  ${what}`);
  }
}

if (schemas === "--count") console.log(checks.length);
else main();

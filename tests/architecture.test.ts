import { globSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { describe, expect, test } from "vitest";

/*
 * The order of the house: imports go down only, siblings do not know each other, the outside world comes in at the
 * edge. A new folder below src/ fails here until it has its place in the table.
 */

const ROOT = join(import.meta.dirname, "..");

/** What each folder may import of the project, besides itself. A name with an ending is that one file. */
const BELOW = {
  core: [],
  store: ["core"],
  stream: ["core"],
  fetch: ["core", "src/stream/unpack.ts"],
  validate: ["core"],
  render: ["core"],
  contract: ["core", "src/render/formats.ts"],
  hubs: ["core", "fetch", "src/render/format.ts", "src/store/stores.ts"],
  repository: ["core", "store"],
  import: ["core", "fetch", "stream"],
  life: ["core", "store", "repository"],
  ingest: ["core", "store", "stream", "validate", "repository", "life"],
  follow: ["core", "store", "validate", "import", "repository", "ingest"],
  publish: ["core", "store", "render", "repository"],
  upkeep: ["core", "store", "render", "repository", "life", "publish"],
  purge: ["core", "store", "stream", "repository", "ingest", "publish"],
  maintain: ["core", "store", "repository", "life", "ingest", "publish"],
  "src/services.ts": ["core", "store", "publish"],
  config: ["core"],
  http: [
    "core",
    "contract",
    "store",
    "stream",
    "validate",
    "render",
    "repository",
    "ingest",
    "src/services.ts",
  ],
  local: [
    ...[
      "core",
      "store",
      "validate",
      "render",
      "repository",
      "ingest",
      "publish",
      "upkeep",
      "purge",
      "maintain",
      "src/services.ts",
      "config",
      "fetch",
      "hubs",
      "follow",
      "http",
    ],
  ],
  aws: [
    ...[
      "core",
      "fetch",
      "store",
      "render",
      "repository",
      "ingest",
      "publish",
      "upkeep",
      "purge",
      "maintain",
      "src/services.ts",
      "config",
      "fetch",
      "hubs",
      "follow",
      "http",
    ],
    "flashwire.config.ts",
  ],
  /** Runs in browsers: scripts/page-assets.ts makes files of it that pages load. */
  browser: [],
  deploy: ["core"],
  consumer: [],
  fake: [
    ...["core", "store", "render", "repository", "ingest", "publish", "upkeep", "src/services.ts"],
    ...["config", "http"],
  ],
  cli: [
    ...["core", "contract", "store", "stream", "validate", "render", "repository", "upkeep"],
    ...["purge", "maintain", "src/services.ts", "src/ingest/next-record.ts", "config"],
    ...["fetch", "import", "follow", "consumer"],
    ...["src/local/open.ts", "src/local/data-folder.ts", "src/aws/operator.ts", "deploy", "package.json"],
    "src/fake/start.ts",
  ],
  functions: ["fetch", "http", "aws", "repository"],
  "src/index.ts": ["core"],
  "flashwire.config.ts": ["src/index.ts"],
} satisfies Record<string, string[]>;

/** Packages that only these files may import. */
const GATES: [packages: RegExp, allowed: RegExp, reason: string][] = [
  [/^feed$/, /^src\/render\/[^/]+\.ts$/, "everything that feed gets wrong is mended in one place"],
  [/^@aws-sdk\/|^@smithy\//, /^src\/(store\/s3|aws|deploy)\/.+\.ts$/, "S3 is one way to store"],
  [/^commander$|^cli-progress$|^saxes$/, /^src\/cli\//, "it must not come into a Lambda bundle"],
];

/** What the package is to a site file, by its name; package.json says so. */
const EXPORTS: Record<string, string> = {
  flashwire: "src/index.ts",
  "flashwire/consumer": "src/consumer/follow.ts",
};

/** What may stand at the root of src/: everything else is in a folder. */
const AT_THE_ROOT = ["src/index.ts", "src/services.ts"];

/** Lines: what one reads in a sitting. */
const MAX_LINES = 200;
const MAX_FUNCTION_LINES = 20;

type Source = { path: string; text: string };

function sources(pattern: string): Source[] {
  return globSync(pattern, { cwd: ROOT })
    .map((path) => path.replaceAll("\\", "/"))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

const src = sources("src/**/*.ts");
const functions = sources("functions/**/*.ts");
const shipped = [...src, ...functions, ...sources("flashwire.config.ts")];

function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

function importsOf({ text }: Source): string[] {
  const found = withoutComments(text).matchAll(
    /\b(?:import|export)\b[^;"'`()]*?\bfrom\s*["']([^"']+)["']|\bimport\s*\(?\s*["']([^"']+)["']/g,
  );
  return [...found].map(([, from, bare]) => (from ?? bare) as string);
}

/** The part of the house that a file belongs to; undefined when it has no place. */
function partOf(path: string): string | undefined {
  const [top = "", folder = "", file] = path.split("/");
  const part = top !== "src" ? top : file === undefined ? path : folder;
  return part in BELOW ? part : undefined;
}

function wrongImports(source: Source): string[] {
  const part = partOf(source.path);
  if (part === undefined) return [`${source.path} has no place in the table of parts`];
  const allowed: string[] = [part, ...BELOW[part as keyof typeof BELOW]];
  return importsOf(source).flatMap((name) => {
    const own = EXPORTS[name];
    if (own === undefined && !name.startsWith(".")) return wrongPackage(source.path, part, name);
    const target = own ?? posix.normalize(`${dirname(source.path)}/${name}`);
    if (allowed.includes(target) || allowed.includes(partOf(target) ?? "")) return [];
    return [`${source.path} (${part}) imports ${target}; ${part} may import ${allowed.join(", ")}`];
  });
}

function wrongPackage(path: string, part: string, name: string): string[] {
  if (part === "core" && name !== "valibot") return [`${path} (core) imports ${name}; core is pure`];
  return GATES.filter(([packages, allowed]) => packages.test(name) && !allowed.test(path)).map(
    ([, , reason]) => `${path} imports ${name}: ${reason}`,
  );
}

function environmentReaders(source: Source): string[] {
  const reads = /\bprocess\s*\.\s*env\b|\bimport\.meta\.env\b|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/;
  if (source.path === "src/config/environment.ts" || !reads.test(withoutComments(source.text))) return [];
  return [`${source.path} reads the environment; only src/config/environment.ts may`];
}

function impurities({ path, text }: Source): string[] {
  const impure = /\b(await|async|Date\.now|new Date\(\)|Math\.random|performance|process|fetch|setTimeout)\b/;
  const found = impure.exec(withoutComments(text))?.[0];
  return found === undefined ? [] : [`${path} has ${found}; core has no await, no clock and no chance`];
}

/** What of Node a file of the consumer needs: it has to run in browsers, workers and Deno as it is. */
function nodeOnly({ path, text }: Source): string[] {
  const code = withoutComments(text);
  const found =
    /\b(?:process|Buffer|setImmediate|require|__dirname|global)\b|["']node:[^"']*["']|\.unref\(/.exec(code);
  const packages = importsOf({ path, text }).filter((name) => !name.startsWith("./"));
  return [...(found === null ? [] : [found[0]]), ...packages].map((what) => `${path} needs ${what}`);
}

function tooLong({ path, text }: Source, limit: number): string[] {
  const lines = text.trimEnd().split("\n").length;
  return lines > limit ? [`${path} has ${lines} lines; at most ${limit}`] : [];
}

describe("when the house is looked at", () => {
  test("imports go down only, and siblings do not know each other", () => {
    expect(shipped.flatMap(wrongImports)).toEqual([]);
  });

  test("nothing but index.ts and services.ts is at the root of src/", () => {
    expect(sources("src/*.*").map(({ path }) => path)).toEqual(AT_THE_ROOT);
  });

  test("the package gives the name flashwire what the table says", () => {
    const { name, exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const exported = Object.entries<string>(exports).map(([path, file]) => [
      posix.join(name, path),
      posix.normalize(file),
    ]);
    expect(Object.fromEntries(exported)).toEqual(EXPORTS);
  });

  test("one module imports feed", () => {
    const importers = src.filter((source) => importsOf(source).includes("feed")).map(({ path }) => path);
    expect(importers.slice(1), `besides ${importers[0]}`).toEqual([]);
  });

  test("only src/config/environment.ts reads the environment", () => {
    expect(shipped.flatMap(environmentReaders)).toEqual([]);
  });

  test("core is pure", () => {
    expect(src.filter(({ path }) => partOf(path) === "core").flatMap(impurities)).toEqual([]);
  });

  test("the consumer needs no package, nothing of Node and nothing of the rest", () => {
    const consumer = src.filter(({ path }) => partOf(path) === "consumer");
    expect(consumer.length).toBeGreaterThan(3);
    expect(consumer.flatMap(nodeOnly)).toEqual([]);
  });

  test("no file is too long to read in a sitting", () => {
    expect(src.flatMap((source) => tooLong(source, MAX_LINES))).toEqual([]);
    expect(functions.flatMap((source) => tooLong(source, MAX_FUNCTION_LINES))).toEqual([]);
  });
});

describe("when a rule is broken, the check itself finds", () => {
  const wrong = (path: string, text: string) => wrongImports({ path, text });

  test.each([
    [
      "a type of a higher folder",
      "src/core/x.ts",
      'import type { Store } from "../store/port.ts";',
      "src/core/x.ts (core) imports src/store/port.ts",
    ],
    [
      "a module of Node where code is pure",
      "src/core/x.ts",
      'import { readFile } from "node:fs";',
      "src/core/x.ts (core) imports node:fs",
    ],
    [
      "an import over several lines",
      "src/render/x.ts",
      'import {\n  type A,\n  b,\n} from "../store/port.ts";',
      "imports src/store/port.ts",
    ],
    [
      "a sibling whose names are exported again",
      "src/validate/x.ts",
      'export * from "../render/formats.ts";',
      "imports src/render/formats.ts",
    ],
    [
      "an import for its effects alone",
      "src/publish/x.ts",
      'import "../http/app.ts";',
      "src/publish/x.ts (publish) imports src/http/app.ts",
    ],
    [
      "an import that is loaded later",
      "src/http/x.ts",
      'const x = await import("../local/open.ts");',
      "imports src/local/open.ts",
    ],
    [
      "the command line under the local wire",
      "src/local/x.ts",
      'import { x } from "../cli/main.ts";',
      "imports src/cli/main.ts",
    ],
    [
      "the server under the command line",
      "src/cli/x.ts",
      'import { x } from "../http/app.ts";',
      "imports src/http/app.ts",
    ],
    [
      "the program of the local wire under the command line",
      "src/cli/x.ts",
      'import { x } from "../local/main.mjs";',
      "imports src/local/main.mjs",
    ],
    [
      "a test",
      "src/store/x.ts",
      'import { x } from "../../tests/support/x.ts";',
      "imports tests/support/x.ts",
    ],
    ["a benchmark", "src/upkeep/rebuild.ts", 'import { x } from "../../bench/x.ts";', "imports bench/x.ts"],
    [
      "the local wire in a Lambda function",
      "functions/x.ts",
      'import { x } from "../src/local/open.ts";',
      "imports src/local/open.ts",
    ],
    [
      "the package feed outside of its module",
      "src/http/x.ts",
      'import { Feed } from "feed";',
      "src/http/x.ts imports feed",
    ],
    [
      "the SDK outside of the store",
      "src/publish/publish.ts",
      'import { S3Client } from "@aws-sdk/client-s3";',
      "src/publish/publish.ts imports @aws-sdk/client-s3",
    ],
    [
      "the name flashwire, which is for others",
      "src/aws/x.ts",
      'import { defineSite } from "flashwire";',
      "imports src/index.ts",
    ],
    [
      "the inside of src/ in a site file",
      "flashwire.config.ts",
      'import { x } from "./src/core/site.ts";',
      "imports src/core/site.ts",
    ],
    ["a file in a folder without a row in the table", "src/utils/x.ts", "", "src/utils/x.ts has no place"],
  ])("%s in %s", (_, path, text, message) => {
    expect(wrong(path, text).join("\n")).toContain(message);
  });

  test("nothing wrong in what is allowed, or in comments", () => {
    expect(wrong("src/cli/x.ts", 'import { openLocal } from "../local/open.ts";')).toEqual([]);
    expect(
      wrong("src/core/x.ts", '/*\n * import { x } from "../http/app.ts";\n */\n// import "../x/y.ts"'),
    ).toEqual([]);
    expect(wrong("src/store/s3/store.ts", 'import { S3Client } from "@aws-sdk/client-s3";')).toEqual([]);
  });

  test("what a browser does not have", () => {
    const text = 'import { createHash } from "node:crypto";\nimport pMap from "p-map";\n';
    expect(nodeOnly({ path: "src/consumer/x.ts", text })).toEqual([
      'src/consumer/x.ts needs "node:crypto"',
      "src/consumer/x.ts needs node:crypto",
      "src/consumer/x.ts needs p-map",
    ]);
    expect(nodeOnly({ path: "src/consumer/x.ts", text: "Buffer.from(x)" })).toHaveLength(1);
    expect(
      nodeOnly({ path: "src/consumer/x.ts", text: "// as process does\nglobalThis.fetch(url)" }),
    ).toEqual([]);
  });

  test("the environment, a clock and a long file", () => {
    const text = "const { env } = process;\nconst now = Date.now();\n";
    expect(environmentReaders({ path: "src/local/x.ts", text })).toHaveLength(1);
    expect(environmentReaders({ path: "src/http/x.ts", text: "process.env.PORT" })).toHaveLength(1);
    expect(impurities({ path: "src/core/x.ts", text: "const now = Date.now();" })).toEqual([
      "src/core/x.ts has Date.now; core has no await, no clock and no chance",
    ]);
    expect(tooLong({ path: "src/x.ts", text: "\n".repeat(200).concat("x\n") }, 200)).toEqual([
      "src/x.ts has 201 lines; at most 200",
    ]);
  });

  test("files to check", () => {
    expect(src.length).toBeGreaterThan(15);
    expect(src.flatMap(importsOf)).toContain("valibot");
  });
});

import { describe, expect, test } from "vitest";
import { deadExports, VALUES } from "./figures.ts";
import { circlesIn, fileGraph } from "./graph.ts";
import { filesImportedBy, type Source, sources, withoutComments } from "./sources.ts";

const src = sources("src/**/*.ts");
const everything = [
  ...src,
  ...sources("{functions,tests,bench,scripts,infra}/**/*.ts"),
  ...sources("flashwire.config.ts"),
];

/** The prefixes of the private bucket, and the one file that knows each. */
const PREFIXES: Record<string, string> = {
  "articles/": "src/repository/records.ts",
  "windows/": "src/repository/windows.ts",
  "guids/": "src/repository/guids.ts",
  "schedule/": "src/repository/schedule.ts",
  "handover/": "src/repository/handover.ts",
  "repairs/": "src/repository/schedule.ts",
  "upkeep/": "src/repository/upkeep-state.ts",
  "site.json": "src/repository/rollout.ts",
  "tokens/": "src/repository/tokens.ts",
  "inbox/": "src/repository/inbox.ts",
  "sources/": "src/repository/sources.ts",
};

/** Where a file names a prefix of another file, or reaches into the private bucket itself. */
function strayKeys({ path, text }: Source): string[] {
  const code = withoutComments(text);
  const named = Object.entries(PREFIXES).filter(
    ([prefix, home]) => path !== home && new RegExp(`["'\`]${prefix}`).test(code),
  );
  const stray = named.map(([prefix, home]) => `${path} names ${prefix}, which ${home} alone knows`);
  const reaches =
    !path.startsWith("src/repository/") && /\bnewsroom\s*\.\s*(get|head|put|delete|list)\(/.test(code);
  return reaches ? [...stray, `${path} reaches into the private bucket; repository/ alone does`] : stray;
}

/** Whether a file of src/ knows today's formats by name instead of reading the table. */
function namesTheFormats({ path, text }: Source): boolean {
  const code = withoutComments(text);
  return (
    path !== "src/render/formats.ts" &&
    // What a site file may say.
    path !== "src/core/format-names.ts" &&
    // Feeds of others, which are read.
    !path.startsWith("src/import/") &&
    ["rss", "atom", "json"].every((name) => new RegExp(`["'\`.]${name}\\b`).test(code))
  );
}

/** What reads or is given a clock in the folders whose answers follow from records alone. */
function readsAClock({ path, text }: Source): boolean {
  if (!/^src\/(?:core|render)\//.test(path)) return false;
  return /\bnow\b|\bDate\(\)|performance\./.test(withoutText(withoutComments(text)));
}

/** Without texts and regular expressions, in which words are words. */
const withoutText = (code: string) => code.replace(/"(?:[^"\\\n]|\\.)*"|`[^`]*`/g, '""');

/**
 * Who may ask without the guard: a command and a consumer ask the wire that a person names, a process the one that its data folder
 * names, and the adapter is asked itself. What runs in a browser asks its own wire.
 */
const UNGUARDED =
  /^src\/(?:fetch|cli|consumer|browser)\/|^src\/local\/data-folder\.ts$|^src\/http\/adapters\/node\.ts$/;

/** Whether a file asks the network without the guard of src/fetch/. */
function asksUnguarded({ path, text }: Source): boolean {
  if (UNGUARDED.test(path)) return false;
  const code = withoutText(withoutComments(text));
  return /(?<![.\w])fetch\(/.test(code) || /from\s*["']node:(https|dns|tls)\b/.test(withoutComments(text));
}

/** Numbers that bound something and stand outside of limits.ts, or stand in it without a reason. */
function strayLimits({ path, text }: Source): string[] {
  if (path.endsWith("/limits.ts")) {
    const lines = text.split("\n");
    return lines.flatMap((line, i) =>
      line.startsWith("export const") && !/(\*\/|^export const .*;)$/.test(lines[i - 1] ?? "")
        ? [`${path}:${i + 1} has no reason above it`]
        : [],
    );
  }
  const named = withoutComments(text).matchAll(
    /^(?:export )?const ((?:MAX|MIN)_\w+|\w+_(?:MS|BYTES)) = [\d_]+;/gm,
  );
  return [...named].map(([, name]) => `${path}: ${name} belongs into the limits.ts of its folder`);
}

describe("when the sources are looked at", () => {
  test("they have no circle of imports, type-only imports included", () => {
    expect(circlesIn(fileGraph(src))).toEqual([]);
  });

  test("they touch a key prefix of the private bucket in one file each", () => {
    expect(src.flatMap(strayKeys)).toEqual([]);
  });

  test("they read the table of formats: no other file names all three", () => {
    expect(src.filter(namesTheFormats).map(({ path }) => path)).toEqual([]);
  });

  test("they know no clock in core/ and render/: what they answer follows from records", () => {
    expect(src.filter(readsAClock).map(({ path }) => path)).toEqual([]);
  });

  test("they ask addresses from outside by the guarded fetch alone", () => {
    expect(src.filter(asksUnguarded).map(({ path }) => path)).toEqual([]);
  });

  test("they name every maximum in the limits.ts of its folder, with its reason", () => {
    expect(src.flatMap(strayLimits)).toEqual([]);
  });

  test("they export no function or constant that nobody imports", () => {
    expect(deadExports(src, everything, VALUES)).toEqual([]);
  });

  test("they have nothing but index.ts and services.ts at the root of src/", () => {
    const atRoot = src.map(({ path }) => path).filter((path) => path.split("/").length === 2);
    expect(atRoot.filter((path) => !["src/index.ts", "src/services.ts"].includes(path))).toEqual([]);
  });
});

describe("when a source breaks a rule, the rules find", () => {
  const source = (path: string, text: string) => ({ path, text });

  test("a circle of three files, one of its imports type-only", () => {
    const files = [
      source("src/a/x.ts", 'import { y } from "../b/y.ts";'),
      source("src/b/y.ts", 'import type { Z } from "../c/z.ts";'),
      source("src/c/z.ts", 'export * from "../a/x.ts";'),
      source("src/c/w.ts", 'import "./z.ts";'),
    ];
    expect(circlesIn(fileGraph(files))).toEqual([["src/a/x.ts", "src/b/y.ts", "src/c/z.ts"]]);
    expect(filesImportedBy(files[0] as Source)).toEqual(["src/b/y.ts"]);
  });

  test("a stray key, and a hand in the private bucket", () => {
    expect(strayKeys(source("src/http/x.ts", "const key = `windows/all.json`;"))).toHaveLength(1);
    expect(strayKeys(source("src/http/x.ts", "await stores.newsroom.get(key)"))).toHaveLength(1);
    expect(strayKeys(source("src/http/x.ts", 'route("/articles/:id") // "windows/"'))).toEqual([]);
  });

  test("the three formats by name", () => {
    expect(namesTheFormats(source("src/x.ts", 'const all = ["rss", "atom", "json"];'))).toBe(true);
    expect(namesTheFormats(source("src/x.ts", "feed.rss + feed.atom + feed.json"))).toBe(true);
    expect(namesTheFormats(source("src/x.ts", 'await response.json(); "rss"'))).toBe(false);
  });

  test("a clock in the core", () => {
    expect(readsAClock(source("src/core/x.ts", "const age = (now: number) => now - 7;"))).toBe(true);
    expect(readsAClock(source("src/render/x.ts", "const today = new Date();"))).toBe(true);
    expect(readsAClock(source("src/core/x.ts", 'const word = "now"; new Date(0);'))).toBe(false);
    expect(readsAClock(source("src/life/x.ts", "const age = (now: number) => now - 7;"))).toBe(false);
  });

  test("a request without the guard", () => {
    expect(asksUnguarded(source("src/upkeep/x.ts", "await fetch(url)"))).toBe(true);
    expect(asksUnguarded(source("src/upkeep/x.ts", 'import { request } from "node:https";'))).toBe(true);
    expect(asksUnguarded(source("src/upkeep/x.ts", "await outside.fetch(url); prefetch(url)"))).toBe(false);
  });

  test("a maximum outside of limits.ts, and one without a reason", () => {
    expect(strayLimits(source("src/x/y.ts", "const MAX_PAGES = 7;"))).toHaveLength(1);
    expect(strayLimits(source("src/x/limits.ts", "export const MAX_PAGES = 7;\n"))).toHaveLength(1);
    expect(strayLimits(source("src/x/limits.ts", "/** Why. */\nexport const MAX_PAGES = 7;\n"))).toEqual([]);
  });
});

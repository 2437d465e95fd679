import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build, type PluginBuild } from "esbuild";
import { describe, expect, onTestFinished, test } from "vitest";
import { FUNCTIONS, options } from "../../scripts/bundle.ts";
import { ownSite } from "../../src/aws/own-site.ts";
import { componentSchemas, SCHEMA_FILES } from "../../src/http/schemas.ts";

/** What a cold start pays for is what a bundle holds and imports. That the bundles work, `npm run test:aws` shows. */

describe.each(FUNCTIONS)("when the function %s is bundled", async (name) => {
  const { outputFiles, metafile } = await build({
    ...options(name, "/nowhere"),
    sourcemap: false,
    write: false,
    metafile: true,
  });
  const text = outputFiles[0]?.text ?? "";

  test("it asks Node for its modules by calls, and imports none", () => {
    expect(text.match(/getBuiltinModule\("node:(crypto|https)"\)/g)).toHaveLength(2);
    expect(Object.values(metafile.outputs).flatMap((output) => output.imports)).toEqual([]);
  });

  test("it holds the shapes of those operations of S3 that the store uses", () => {
    expect(text.match(/PutObjectRequest|ListObjectsV2Request/g)).not.toBeNull();
    expect(text.match(/SelectObjectContentRequest|ReplicationConfiguration|UploadPartRequest/g)).toBeNull();
  });

  test("it leaves out the contract of the API where it has no API, and what makes its schemas everywhere", () => {
    const ofApi = /src\/contract\/|src\/http\//;
    const makers = /to-json-schema|src\/core\/reference|src\/validate\/(json|extension)-schema/;
    const files = Object.keys(metafile.inputs);
    expect(files.filter((path) => makers.test(path))).toEqual([]);
    if (name !== "api") expect(files.filter((path) => ofApi.test(path))).toEqual([]);
  });

  test("it leaves out the guarded fetch, unless it looks at what readers get", () => {
    const files = Object.keys(metafile.inputs).filter((path) => /src\/(fetch|hubs)\//.test(path));
    expect(files.length > 0).toBe(name === "tick");
  });

  test("loads no part of Node for a package that does not need it", () => {
    const loading = [
      /typeof ReadableStream==="?function"?\?/,
      /typeof ReadableStream=="function"\?/,
      /\?performance:/,
    ];
    expect(loading.filter((one) => one.test(text))).toEqual([]);
    if (name === "publish") expect(text.includes("node:zlib")).toBe(false);
  });

  test("it leaves out what our functions cannot reach", () => {
    const unreachable =
      /\/(sax|postcss|dayjs|domhandler|credential-provider-(node|sso|ini)|eventstream-codec)\//;
    expect(Object.keys(metafile.inputs).filter((path) => unreachable.test(path))).toEqual([]);
  });
});

test("when a bundle is asked for the schemas, it answers those of the source", async () => {
  const { entryPoints: _, ...settings } = options("schemas", "/nowhere");
  const stdin = { contents: 'export * from "./src/http/schemas.ts";', resolveDir: process.cwd() };
  const built = await build({ ...settings, stdin, sourcemap: false, write: false });
  const text = Buffer.from(built.outputFiles[0]?.contents ?? []).toString("base64");
  const packed = await import(/* @vite-ignore */ `data:text/javascript;base64,${text}`);
  expect(packed.componentSchemas()).toEqual(plain(componentSchemas()));
  expect(Object.keys(packed.SCHEMA_FILES)).toEqual(Object.keys(SCHEMA_FILES));
  for (const [file, schema] of Object.entries(SCHEMA_FILES)) {
    expect(packed.SCHEMA_FILES[file](), file).toEqual(plain(schema()));
  }
});

test("when a wire is bundled, the bundle has its site as the source checks it, without the settings of stages", async () => {
  const { entryPoints: _, ...settings } = options("own-site", "/nowhere");
  const stdin = { contents: 'export * from "./src/aws/own-site.ts";', resolveDir: process.cwd() };
  const built = await build({ ...settings, stdin, sourcemap: false, write: false });
  const text = built.outputFiles[0]?.text ?? "";
  const { ownSite: bundled } = await import(
    /* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`
  );
  const { aws: __, ...site } = ownSite("https://wire.example.org") as object & { aws?: unknown };
  expect(bundled("https://wire.example.org")).toEqual(site);
});

test("when a package is not as the changes for a quick start know it, the build stops", async () => {
  const changed = { name: "changed", setup: ({ onResolve }: PluginBuild) => resolvesTo(onResolve) };
  const { entryPoints: _, ...settings } = options("changed", "/nowhere");
  const stdin = { contents: 'export * from "lru-cache";', resolveDir: process.cwd() };
  const plugins = [changed, ...settings.plugins];
  const building = build({ ...settings, stdin, plugins, logLevel: "silent", write: false });
  await expect(building).rejects.toThrow("is not as scripts/quick-start.ts knows it");
});

/** A package of the same name whose file says something else. */
function resolvesTo(onResolve: PluginBuild["onResolve"]): void {
  const folder = mkdtempSync(join(tmpdir(), "flashwire-changed-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "lru-cache", "dist", "esm", "node", "index.min.js");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "export class LRUCache {}");
  onResolve({ filter: /^lru-cache$/ }, () => ({ path }));
}

/** As JSON has it: without the members that are undefined. */
const plain = (value: object) => JSON.parse(JSON.stringify(value));

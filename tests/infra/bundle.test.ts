import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { FUNCTIONS, options } from "../../scripts/bundle.ts";
import { componentSchemas, SCHEMA_FILES } from "../../src/http/schemas.ts";

/** What a cold start pays for is what a bundle holds and imports. That the bundles work, `npm run test:aws` shows. */

describe.each(FUNCTIONS)("the bundle of %s", async (name) => {
  const { outputFiles, metafile } = await build({
    ...options(name, "/nowhere"),
    sourcemap: false,
    write: false,
    metafile: true,
  });
  const text = outputFiles[0]?.text ?? "";

  test("asks Node for its modules by calls, and imports none", () => {
    expect(text.match(/getBuiltinModule\("node:(crypto|https)"\)/g)).toHaveLength(2);
    expect(Object.values(metafile.outputs).flatMap((output) => output.imports)).toEqual([]);
  });

  test("holds the shapes of those operations of S3 that the store uses", () => {
    expect(text.match(/PutObjectRequest|ListObjectsV2Request/g)).not.toBeNull();
    expect(text.match(/SelectObjectContentRequest|ReplicationConfiguration|UploadPartRequest/g)).toBeNull();
  });

  test("leaves out the contract of the API where there is none, and what makes its schemas everywhere", () => {
    const ofApi = /src\/contract\/|src\/http\//;
    const makers = /to-json-schema|src\/core\/reference|src\/validate\/(json|extension)-schema/;
    const files = Object.keys(metafile.inputs);
    expect(files.filter((path) => makers.test(path))).toEqual([]);
    if (name !== "api") expect(files.filter((path) => ofApi.test(path))).toEqual([]);
  });

  test("leaves out the guarded fetch, but for the one that looks at what readers get", () => {
    const files = Object.keys(metafile.inputs).filter((path) => /src\/(fetch|hubs)\//.test(path));
    expect(files.length > 0).toBe(name === "tick");
  });

  test("leaves out what our functions cannot reach", () => {
    const unreachable =
      /\/(sax|postcss|dayjs|domhandler|credential-provider-(node|sso|ini)|eventstream-codec)\//;
    expect(Object.keys(metafile.inputs).filter((path) => unreachable.test(path))).toEqual([]);
  });
});

test("a bundle answers the schemas that the source answers", async () => {
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

/** As JSON has it: without the members that are undefined. */
const plain = (value: object) => JSON.parse(JSON.stringify(value));

import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { FUNCTIONS, options } from "../../scripts/bundle.ts";

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

  test("leaves out what our functions cannot reach", () => {
    const unreachable =
      /\/(sax|postcss|dayjs|domhandler|credential-provider-(node|sso|ini)|eventstream-codec)\//;
    expect(Object.keys(metafile.inputs).filter((path) => unreachable.test(path))).toEqual([]);
  });
});

import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import type { Plugin } from "esbuild";
import { componentSchemas, SCHEMA_FILES } from "../src/http/schemas.ts";

/*
 * What keeps the bundles small and their import quick. Each stub stands for code that our functions cannot reach, and
 * throws if they do; `npm run test:aws` runs the built functions.
 */

const ROOT = join(import.meta.dirname, "..");

/**
 * On Lambda the credentials are in the environment. What else the SDK could ask (SSO, profiles, processes, metadata
 * servers) is half of its code.
 */
const LAMBDA_CREDENTIALS = `
import { fromEnv } from "@aws-sdk/credential-provider-env";
export const defaultProvider = (init) => fromEnv(init);
export const credentialsWillNeedRefresh = (credentials) => credentials?.expiration !== undefined;
export const credentialsTreatedAsExpired = (credentials) =>
  credentials?.expiration !== undefined && credentials.expiration.getTime() - Date.now() < 300_000;
`;

/** sanitize-html parses CSS for style attributes that a policy lets through; ours lets none through. */
const NO_CSS = `
export const parse = () => { throw new Error("style attributes are not allowed, so none is parsed"); };
export default { parse };
`;

/** sanitize-html uses the parser of htmlparser2 alone; the rest brings DOM tools and a second table of entities. */
const PARSER_ALONE = `export { Parser } from "./node_modules/htmlparser2/dist/esm/Parser.js";`;

/** feed uses the writer of xml-js alone. */
const WRITER_ALONE = `export { default as js2xml } from "./node_modules/xml-js/lib/js2xml.js";`;

/** Only SelectObjectContent streams events. */
const NO_EVENT_STREAMS = `
const none = () => { throw new Error("this bundle has no event streams"); };
export { none as eventStreamSerdeProvider, none as EventStreamSerde };
export const resolveEventStreamSerdeConfig = (config) => config;
`;

const stubs: Plugin = {
  name: "stubs",
  setup({ onResolve, onLoad }) {
    const stub = (name: string, contents: string) => {
      const namespace = `stub:${name}`;
      onResolve({ filter: new RegExp(`^${name}$`) }, ({ path }) => ({ path, namespace, sideEffects: false }));
      onLoad({ filter: /.*/, namespace }, () => ({ contents, resolveDir: ROOT }));
    };
    stub("@aws-sdk/credential-provider-node", LAMBDA_CREDENTIALS);
    stub("@smithy/core/event-streams", NO_EVENT_STREAMS);
    stub("postcss", NO_CSS);
    stub("htmlparser2", PARSER_ALONE);
    stub("xml-js", WRITER_ALONE);
  },
};

/**
 * An ES module that imports one of Node's own asks it for every name that it exports, and some are made only then:
 * `WebSocket` of node:http brings a second HTTP client along. Asked for by a call, they load themselves alone.
 */
const builtins: Plugin = {
  name: "builtins",
  setup({ onResolve, onLoad }) {
    const namespace = "builtin";
    onResolve({ filter: /^[a-z0-9:_/]+$/ }, ({ path }) =>
      isBuiltin(path) ? { path, namespace, sideEffects: false } : undefined,
    );
    onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule("${path}");`,
    }));
  },
};

/**
 * The SDK writes the shapes of all operations of S3 with constants for keys, `{ [_hH]: … }`. Only where it sees the
 * words themselves can esbuild tell that a shape which nobody uses may go: four fifths of them.
 */
const shapes: Plugin = {
  name: "shapes",
  setup({ onLoad }) {
    onLoad({ filter: /client-s3\/dist-es\/schemas\/schemas_0\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const constants = source.matchAll(/^const (\w+) = (".*");$/gm);
      const words = new Map([...constants].map(([, name, word]) => [name, word]));
      const contents = source.replace(/\[(\w+)\]:/g, (all, name) =>
        words.has(name) ? `${words.get(name)}:` : all,
      );
      return { contents };
    });
  },
};

/** sanitize-html uses the check of addresses of launder alone; the rest of it checks forms, and reads dates for that. */
const addresses: Plugin = {
  name: "addresses",
  setup({ onLoad }) {
    onLoad({ filter: /launder[\\/]index\.js$/ }, ({ path }) => {
      const [checks = "", ...forms] = readFileSync(path, "utf8").split(/^module\.exports = /m);
      if (forms.length !== 1 || !checks.includes("function naughtyHref("))
        throw new Error(`${path} is not as this plugin knows it`);
      const contents = checks.replace(/^const dayjs = .*$/m, "");
      return { contents: `${contents}\nmodule.exports = { naughtyHref };` };
    });
  },
};

/** The SDK tells S3 the version of its package.json, and nothing else of that file. */
const versions: Plugin = {
  name: "versions",
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[\\/]client-[a-z0-9-]+[\\/]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/**
 * The JSON Schemas that the wire publishes are the same for every request: they are made here, once, and packed. What
 * makes them, words included, stays at home.
 */
const schemas: Plugin = {
  name: "schemas",
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/]http[\\/]schemas\.ts$/ }, () => {
      const files = Object.entries(SCHEMA_FILES).map(([file, schema]) => [file, schema()]);
      const made = { components: componentSchemas(), files: Object.fromEntries(files) };
      // Brotli finds what two schemas have in common, which is too far apart for gzip.
      const packed = brotliCompressSync(JSON.stringify(made)).toString("base64");
      const contents = `
import { brotliDecompressSync } from "node:zlib";
let made;
const unpacked = () => (made ??= JSON.parse(brotliDecompressSync(Buffer.from("${packed}", "base64"))));
export const componentSchemas = () => unpacked().components;
export const SCHEMA_FILES = {
  ${Object.keys(SCHEMA_FILES).map((file) => `"${file}": () => unpacked().files["${file}"]`)}
};
`;
      return { contents, resolveDir: ROOT };
    });
  },
};

export const LEAN: Plugin[] = [stubs, builtins, shapes, addresses, versions, schemas];

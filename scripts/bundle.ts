import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import siteFile from "../flashwire.config.ts";
import { fromSite } from "../infra/paths.ts";
import { resolveSite } from "../src/site.ts";

/** `npm run bundle`: one minified ES module for each function, and what the template takes from the site file. */

export const FUNCTIONS = ["ingest", "drop", "publish", "sweep"] as const;

const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");

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

/** Of htmlparser2, sanitize-html uses the parser alone; the rest brings DOM tools and a second table of entities. */
const PARSER_ALONE = `export { Parser } from "./node_modules/htmlparser2/dist/esm/Parser.js";`;

/** feed writes XML by way of xml-js, which could read it too. */
const NO_XML_READER = 'export const parser = () => { throw new Error("this bundle reads no XML"); };';

/** Only SelectObjectContent streams events. */
const NO_EVENT_STREAMS = `
const none = () => { throw new Error("this bundle has no event streams"); };
export { none as eventStreamSerdeProvider, none as EventStreamSerde };
export const resolveEventStreamSerdeConfig = (config) => config;
`;

const lean: Plugin = {
  name: "lean",
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
    stub("sax", NO_XML_READER);
  },
};

/** CommonJS packages inside an ES module still ask for Node's own modules by `require`. */
const REQUIRE =
  'import{createRequire as createRequireOfBundle}from"node:module";const require=createRequireOfBundle(import.meta.url);';

/** Bundles one function into `outdir`. Answers the bytes of its module. */
export async function bundle(name: string, outdir = DIST): Promise<number> {
  const settings = options(name, outdir);
  await build(settings);
  return statSync(settings.outfile).size;
}

export function options(name: string, outdir: string) {
  return {
    entryPoints: [join(ROOT, "functions", `${name}.ts`)],
    outfile: join(outdir, `${name}.mjs`),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    conditions: ["module"],
    minify: true,
    treeShaking: true,
    legalComments: "none",
    // Beside the module, not in the zip: they are for the operator who reads a stack trace.
    sourcemap: "external",
    banner: { js: REQUIRE },
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [lean],
    logLevel: "warning",
  } satisfies BuildOptions;
}

async function main(): Promise<void> {
  // A wrong site file stops here, before anything is deployed.
  const site = resolveSite(siteFile, "https://example.org");
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  for (const name of FUNCTIONS) {
    process.stdout.write(`${name.padEnd(8)} ${Math.ceil((await bundle(name)) / 1_024)} KB\n`);
  }
  writeFileSync(join(DIST, "site.json"), `${JSON.stringify(fromSite(site), undefined, 2)}\n`);
}

if (import.meta.main) await main();

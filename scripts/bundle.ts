import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import siteFile from "../flashwire.config.ts";
import { fromSite } from "../infra/from-site.ts";
import { resolveSite } from "../src/config/site-file.ts";
import { LEAN } from "./lean.ts";

/** `npm run bundle`: one minified ES module for each function, and what the template takes from the site file. */

export const FUNCTIONS = ["api", "inbox", "publish", "schedule"] as const;

const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");

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
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: LEAN,
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

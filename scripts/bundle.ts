import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { readSiteFile } from "../src/config/environment.ts";
import { loadSiteFile, resolveSite, siteFilePath } from "../src/config/site-file.ts";
import { withTheme } from "../src/config/theme.ts";
import { LEAN } from "./lean.ts";
import { quickStart } from "./quick-start.ts";

/**
 * `npm run bundle`: one minified ES module for each function, with the site file, which is flashwire.config.ts or what
 * FLASHWIRE_CONFIG names. Packaging does it by itself (infra/plugin.cjs).
 */

export const FUNCTIONS = ["api", "inbox", "publish", "tick"] as const;

/** Built where the site file names hubs. */
export const HUBS = "hubs";

/** Built where the site file names sources. */
export const FOLLOW = "follow";

const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");

/** Where documents are read is known on Lambda alone. */
const ANY_ORIGIN = "https://example.org";

/** Bundles one function with a site file into `outdir`. Answers the bytes of its module. */
export async function bundle(name: string, outdir = DIST, siteFile = siteFilePath()): Promise<number> {
  const settings = options(name, outdir, siteFile);
  await build(settings);
  return statSync(settings.outfile).size;
}

/** What esbuild is told for a function; `siteFile` is the absolute path of the site file that the bundle will hold. */
export function options(name: string, outdir: string, siteFile = siteFilePath()) {
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
    plugins: [...LEAN, quickStart, configured(siteFile)],
    logLevel: "warning",
  } satisfies BuildOptions;
}

/**
 * In the place of src/aws/own-site.ts a bundle holds the checked site, which is plain data. The settings of a stage are for the
 * template alone: a change of those changes no code, and no address of a person lies in a bundle.
 */
function configured(siteFile: string): Plugin {
  return {
    name: "site-file",
    setup({ onLoad }) {
      onLoad({ filter: /src[\\/]aws[\\/]own-site\.ts$/ }, async () => {
        const { default: written }: { default: object } = await import(pathToFileURL(siteFile).href);
        const { aws: _, ...said } = (await withTheme(written, siteFile)) as { aws?: unknown };
        const { origin: __, ...site } = resolveSite(said, ANY_ORIGIN, siteFile);
        const contents = `const site = ${JSON.stringify(site)};
export const ownSite = (origin) => ({ ...site, origin });`;
        return { contents };
      });
    },
  };
}

async function main(): Promise<void> {
  // A wrong site file stops here, before anything is deployed.
  const siteFile = await loadSiteFile(readSiteFile());
  const { hubs, sources } = siteFile.at(ANY_ORIGIN);
  const others = [...(hubs.length > 0 ? [HUBS] : []), ...(sources.length > 0 ? [FOLLOW] : [])];
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  for (const name of [...FUNCTIONS, ...others]) {
    process.stdout.write(
      `${name.padEnd(8)} ${Math.ceil((await bundle(name, DIST, siteFile.path)) / 1_024)} KB\n`,
    );
  }
}

if (import.meta.main) await main();

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, buildSync } from "esbuild";

/**
 * `npm run page-assets`: makes src/render/page/generated.json from src/browser/, so that each process, started from the checkout
 * or bundled for Lambda, has the same bytes and pages name the same files.
 */

const ROOT = join(import.meta.dirname, "..");
const SOURCES = join(ROOT, "src/browser");
const TARGET = join(ROOT, "src/render/page/generated.json");

/** The right content of the file. */
export function generated(): string {
  const icon = readFileSync(join(SOURCES, "icon.svg"), "utf8").trim();
  const files = { style: built("page.css"), script: built("page.ts"), icon };
  return `${JSON.stringify(files, null, 2)}\n`;
}

/** The minified file for browsers of the last years. */
function built(name: string): string {
  const options = {
    entryPoints: [join(SOURCES, name)],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: ["chrome111", "firefox113", "safari16.4"],
    legalComments: "none",
    tsconfigRaw: {},
  } satisfies BuildOptions;
  return buildSync(options).outputFiles[0]?.text.trim() ?? "";
}

/** The file in the checkout. */
export function current(): string {
  return readFileSync(TARGET, "utf8");
}

if (import.meta.main) writeFileSync(TARGET, generated());

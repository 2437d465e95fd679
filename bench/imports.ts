import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { FUNCTIONS, options } from "../scripts/bundle.ts";
import { median, ms, type Row } from "./support.ts";

/*
 * What a cold start pays before the first request: the import of a function's bundle in a fresh process. No compile
 * cache is in the zips, since none would hold: Node looks for it under its own exact version, architecture and user and
 * under V8's version and flags (src/compile_cache.cc), and Lambda's arm64 Node changes its version by itself.
 */

const RUNS = 20;
const REACH = 0.55;

/** What the publisher may take on the machine of docs/performance.md: 10 ms over the 42 before there were pages and a log. */
const MAX_PUBLISH_MS = 52;

/** In place of what Lambda and the template set. */
const ENV = {
  PATH: process.env.PATH,
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  AWS_LAMBDA_FUNCTION_NAME: "bench",
  FLASHWIRE_NEWSROOM: "newsroom",
  FLASHWIRE_SITE: "site",
  FLASHWIRE_PUBLIC_URL: "https://wire.example.org",
  POWERTOOLS_METRICS_NAMESPACE: "bench",
};

const TIMED = `
  const start = performance.now();
  await import(process.argv[1]);
  const took = performance.now() - start;
  const { readFileSync } = await import("node:fs");
  const [, peak] = readFileSync("/proc/self/status", "utf8").match(/^VmHWM:\\s+(\\d+) kB$/m) ?? [];
  process.stdout.write(took + " " + peak / 1024);
  process.exit();
`;

/** CommonJS packages inside an ES module still ask for Node's own modules by `require`. */
const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

type Bundles = { ours: string; defaults: string };

/** Ours, and the same entry as esbuild bundles it when told no more than it must be. */
async function bundles(name: string, folder: string): Promise<Bundles> {
  const ours = options(name, join(folder, "ours"));
  const { entryPoints } = ours;
  const outfile = join(folder, "defaults", `${name}.mjs`);
  await build(ours);
  await build({
    entryPoints,
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: REQUIRE },
  });
  return { ours: ours.outfile, defaults: outfile };
}

/** Milliseconds, and the peak of memory in MB. */
function importOnce(file: string, env: Record<string, string> = {}): { took: number; peak: number } {
  const argv = ["--input-type=module", "--eval", TIMED, file];
  const { stdout, stderr, status } = spawnSync(process.execPath, argv, {
    env: { ...ENV, ...env },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${file} cannot be imported: ${stderr}`);
  const [took, peak] = stdout.split(" ").map(Number) as [number, number];
  return { took, peak };
}

/** Medians of fresh processes, the three ways in turns, so that other work of the machine slows all of them. */
function medians({ ours, defaults }: Bundles, cache: string) {
  const cached = { NODE_COMPILE_CACHE: cache };
  const times = { ours: [] as number[], cached: [] as number[], defaults: [] as number[] };
  const peaks: number[] = [];
  for (const file of [ours, defaults]) importOnce(file);
  importOnce(ours, cached);
  for (let i = 0; i < RUNS; i++) {
    times.defaults.push(importOnce(defaults).took);
    const { took, peak } = importOnce(ours);
    times.ours.push(took);
    peaks.push(peak);
    times.cached.push(importOnce(ours, cached).took);
  }
  const of = { ours: median(times.ours), cached: median(times.cached), defaults: median(times.defaults) };
  return { ...of, peak: median(peaks) };
}

export async function importsBench(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "flashwire-imports-"));
  const rows: Row[] = [];
  for (const name of FUNCTIONS) {
    const cache = join(folder, "cache", name);
    mkdirSync(cache, { recursive: true });
    const { ours, cached, defaults, peak } = medians(await bundles(name, folder), cache);
    const ratio = ours / defaults;
    rows.push({
      measure: `import of ${name}, fresh process`,
      value: `${ms(ours)}, ${ratio.toFixed(2)} of ${ms(defaults)}; with this machine's compile cache ${ms(cached)}`,
      reach: `${REACH} of esbuild's defaults${name === "publish" ? `, ${MAX_PUBLISH_MS} ms` : ""}`,
      ok: ratio <= REACH && (name !== "publish" || ours <= MAX_PUBLISH_MS),
      peak,
    });
  }
  rmSync(folder, { recursive: true, force: true });
  return rows;
}

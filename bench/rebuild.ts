import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pMap from "p-map";
import { readConfig } from "../src/config/environment.ts";
import { openLocal } from "../src/local/open.ts";
import { recordBytes } from "../src/repository/record-form.ts";
import { articleKey } from "../src/repository/records.ts";
import { rebuild } from "../src/upkeep/rebuild.ts";
import { readArticle } from "../src/validate/article.ts";
import { benchArticle } from "./articles.ts";
import { peakMegabytes, type Row } from "./support.ts";

const ARTICLES = 100_000;
const MAX_MB = 512;
const REACH = 10_000;

/** Run as a process of its own, so that the peak is the rebuild's alone. */
async function child(data: string): Promise<void> {
  const { services, close } = await openLocal(readConfig({ FLASHWIRE_DATA: data }));
  const started = performance.now();
  const { records, feeds } = await rebuild(services);
  const seconds = (performance.now() - started) / 1_000;
  await close();
  process.stdout.write(JSON.stringify({ records, feeds: feeds.length, seconds, megabytes: peakMegabytes() }));
}

async function fill(data: string): Promise<void> {
  const { services, close } = await openLocal(readConfig({ FLASHWIRE_DATA: data }));
  const put = async (n: number) => {
    const incoming = readArticle(benchArticle(n), { now: Date.now() }).article;
    const { id, guid = `tag:news.example.org,2026:article/${id}`, ...rest } = incoming;
    const article = { id, guid, ...rest } as Parameters<typeof recordBytes>[0]["article"];
    await services.stores.newsroom.put(articleKey(id), recordBytes({ article, feeds: [] }));
  };
  await pMap(Array.from({ length: ARTICLES }).keys(), put, { concurrency: 16 });
  await close();
}

export async function rebuildBench(): Promise<Row[]> {
  const data = mkdtempSync(join(tmpdir(), "flashwire-rebuild-"));
  try {
    await fill(data);
    const process_ = spawn(process.execPath, [import.meta.filename, data], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    process_.stdout.on("data", (chunk) => {
      output += chunk;
    });
    await once(process_, "exit");
    const { records, feeds, seconds, megabytes } = JSON.parse(output);
    if (records !== ARTICLES) throw new Error(`${records} of ${ARTICLES} records were read`);
    return [
      {
        measure: `rebuild of 100,000 articles, ${feeds} feeds, file store`,
        value: `${(records / seconds).toFixed(0)} articles/s, peak ${megabytes.toFixed(0)} MB`,
        reach: `${REACH} articles/s, ${MAX_MB} MB`,
        ok: records / seconds >= REACH && megabytes < MAX_MB,
        peak: megabytes,
      },
    ];
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) await child(process.argv[2] as string);

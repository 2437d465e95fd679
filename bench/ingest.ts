import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type ChildWire, send, startChildWire, TOKEN } from "../tests/support/child-wire.ts";
import { benchArticle } from "./articles.ts";
import { APART_MS, type NaiveRun } from "./naive.ts";
import { median, ms, peakMegabytes, progress, type Row, residentMegabytes } from "./support.ts";

const ROUNDS = 5;
const ARTICLES = 4_000;
const LONE = 60;
/** Articles that come by themselves. */
const APART = 15;
/** The feeds of the script fill up in three quarters of these, which do not count. */
const LONE_NAIVE = 4 * LONE;
/** The numbers of a round follow those of the one before: a story that is older than a feed's window is not shown. */
const STRIDE = ARTICLES + 2 + LONE_NAIVE + APART;

/** Articles by number, as a file of JSON lines. */
function fileOf(folder: string, from: number, count: number): string {
  const file = join(folder, `${from}.ndjson`);
  const lines = Array.from({ length: count }, (_, i) => `${JSON.stringify(benchArticle(from + i))}\n`);
  writeFileSync(file, lines.join(""));
  return file;
}

/** Sends a file to the real server and waits until all of it is in the documents and the log is told. Answers articles a second. */
async function bulk(url: string, from: number, file: string): Promise<number> {
  const started = performance.now();
  const response = await fetch(`${url}/articles`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/x-ndjson" },
    body: Readable.toWeb(createReadStream(file)) as ReadableStream,
    duplex: "half",
  });
  const results = (await response.text()).trim().split("\n");
  // The queue is in order: when the first of these is visible, all before it are; when the second one is, the log is told of the first.
  const last = from + ARTICLES;
  for (const n of [last, last + 1])
    if ((await send(url, benchArticle(n), "?wait=published")) !== 201)
      throw new Error("the last article was not created");
  const seconds = (performance.now() - started) / 1_000;
  const created = results.filter((line) => JSON.parse(line).status === 201).length;
  if (created !== ARTICLES) throw new Error(`${created} of ${ARTICLES} were created`);
  const all = await (await fetch(`${url}/feeds/all/feed.json`)).text();
  if (!all.includes(`"${benchArticle(last).url}"`)) throw new Error("the last article is not visible");
  return ARTICLES / seconds;
}

async function naive(mode: "each" | "debounced", folder: string, ...files: string[]): Promise<NaiveRun> {
  const [file = "", ...apart] = files;
  const script = join(import.meta.dirname, "naive.ts");
  const child = spawn(process.execPath, [script, mode, file, folder, ...apart], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  await once(child, "exit");
  return JSON.parse(output);
}

/** Milliseconds from PUT to the answer, by which readers get the documents: one article after the other, with this pause between two. */
async function visibleTimes(url: string, from: number, count: number, pauseMs = 0): Promise<number[]> {
  const times: number[] = [];
  for (let n = from; n < from + count; n++) {
    const article = benchArticle(n);
    const started = performance.now();
    const status = await send(url, article, "?wait=published");
    if (status !== 201) throw new Error(`article ${n} answered ${status}`);
    times.push(performance.now() - started);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  return times;
}

/** Milliseconds from PUT to that answer while four writers keep the wire busy. */
async function busyTimes(url: string, from: number): Promise<number[]> {
  let busy = true;
  let next = from + LONE;
  const writers = [1, 2, 3, 4].map(async () => {
    while (busy) await send(url, benchArticle(next++));
  });
  const times = await visibleTimes(url, from, LONE);
  busy = false;
  await Promise.all(writers);
  return times;
}

/** Each round gives the wire and both scripts the same articles, one of them after the other. */
async function measure(wire: ChildWire, folder: string) {
  const rates = { wire: [] as number[], debounced: [] as number[], each: [] as number[] };
  const lone = {
    wire: [] as number[],
    apart: [] as number[],
    naive: [] as number[],
    naiveApart: [] as number[],
  };
  let peak = 0;
  for (let round = 0; round < ROUNDS; round++) {
    progress(`ingest: round ${round + 1} of ${ROUNDS}`);
    const from = round * STRIDE;
    const file = fileOf(folder, from, ARTICLES);
    rates.wire.push(await bulk(wire.url, from, file));
    const debounced = await naive("debounced", join(folder, `debounced-${round}`), file);
    rates.debounced.push(ARTICLES / debounced.seconds);
    peak = Math.max(peak, debounced.megabytes);
    const first = from + ARTICLES + 2;
    lone.wire.push(median(await visibleTimes(wire.url, first, LONE)));
    lone.apart.push(median(await visibleTimes(wire.url, first + LONE_NAIVE, APART, APART_MS)));
    const files = [fileOf(folder, first, LONE_NAIVE), fileOf(folder, first + LONE_NAIVE, APART)];
    const each = await naive("each", join(folder, `each-${round}`), ...files);
    lone.naive.push(median(each.visible.slice(-LONE)));
    lone.naiveApart.push(median(each.apart));
    rates.each.push(LONE_NAIVE / each.seconds);
  }
  return { rates, lone, peak };
}

const againstScript = (ours: number, naive: number) =>
  `${ms(ours)}; ${(ours / naive).toFixed(2)} × the script's ${ms(naive)}`;

export async function ingestBench(): Promise<Row[]> {
  const data = mkdtempSync(join(tmpdir(), "flashwire-bench-"));
  const folder = mkdtempSync(join(tmpdir(), "flashwire-rivals-"));
  const wire = await startChildWire(data);
  try {
    const { rates, lone, peak } = await measure(wire, folder);
    const resident = residentMegabytes(wire.child.pid);
    const most = peakMegabytes(wire.child.pid);
    const times = (await busyTimes(wire.url, ROUNDS * STRIDE)).toSorted((a, b) => a - b);
    const [ours, debounced, each] = [rates.wire, rates.debounced, rates.each].map(median) as [
      number,
      number,
      number,
    ];
    const rows: Row[] = [
      {
        measure: `bulk: ${ARTICLES} articles of 5 KB by NDJSON to visible, median of ${ROUNDS}`,
        value: `${ours.toFixed(0)}/s; ${(ours / debounced).toFixed(2)} × the debounced script (${debounced.toFixed(0)}/s, peak ${peak.toFixed(0)} MB)`,
        reach: "1.0 × the debounced script",
        ok: ours >= debounced,
      },
      {
        measure: "… against the script that writes the feeds after each article",
        value: `${(ours / each).toFixed(1)} × (${each.toFixed(1)}/s)`,
        reach: "20 ×",
        ok: ours >= 20 * each,
      },
      {
        measure: `one article to visible, ${APART_MS} ms after the one before, median of ${ROUNDS} medians`,
        value: againstScript(median(lone.apart), median(lone.naiveApart)),
        reach: "0.25 × the script",
        ok: median(lone.apart) <= 0.25 * median(lone.naiveApart),
      },
      {
        measure: "… each at once behind the one before",
        value: againstScript(median(lone.wire), median(lone.naive)),
        reach: "0.25 × the script",
        ok: median(lone.wire) <= 0.25 * median(lone.naive),
      },
      {
        measure: "one article to visible, while four writers keep the wire busy",
        value: `p50 ${ms(median(times))}, p99 ${ms(times[Math.floor(times.length * 0.99)] ?? Number.NaN)}`,
        reach: "printed",
        ok: true,
      },
      {
        measure: `resident memory after ${ROUNDS * (ARTICLES + LONE + APART + 2)} articles`,
        value: `${resident.toFixed(0)} MB`,
        reach: "300 MB",
        ok: resident <= 300,
      },
    ];
    return rows.map((row) => ({ peak: most, ...row }));
  } finally {
    await wire.stop();
    for (const path of [data, folder]) rmSync(path, { recursive: true, force: true });
  }
}

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Feed } from "feed";
import { send, startChildWire, TOKEN } from "../tests/support/child-wire.ts";
import { benchArticle } from "./articles.ts";
import { median, ms, type Row } from "./support.ts";

const ARTICLES = 20_000;
const BASELINE_ARTICLES = 60;
const BODY_BYTES = 2_000;
const WINDOW = 50;
const PROBES = 200;

/** Sends 20,000 articles as one NDJSON stream to the real server and waits until all are in the documents. */
async function ingestRate(url: string): Promise<number> {
  async function* lines() {
    for (let n = 0; n < ARTICLES; n++)
      yield new TextEncoder().encode(`${JSON.stringify(benchArticle(n, BODY_BYTES))}\n`);
  }
  const started = performance.now();
  const response = await fetch(`${url}/articles`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/x-ndjson" },
    body: ReadableStream.from(lines()),
    duplex: "half",
  });
  const results = (await response.text()).trim().split("\n");
  // The queue is in order: when this one is visible, all before it are.
  const last = await send(url, benchArticle(ARTICLES, BODY_BYTES), "?wait=published");
  const seconds = (performance.now() - started) / 1_000;
  if (last !== 201) throw new Error(`the last article answered ${last}`);
  const created = results.filter((line) => JSON.parse(line).status === 201).length;
  if (created !== ARTICLES) throw new Error(`${created} of ${ARTICLES} were created`);
  const all = await (await fetch(`${url}/feeds/all/feed.json`)).text();
  if (!all.includes(`story-${ARTICLES - 1}`)) throw new Error("the last article is not visible");
  return ARTICLES / seconds;
}

/** What a newsroom would write first: for each article, each of its feeds in three formats, whole, by `feed`. */
function baselineRate(): number {
  const folder = mkdtempSync(join(tmpdir(), "flashwire-baseline-"));
  const items = Array.from({ length: WINDOW }, (_, n) => benchArticle(n, BODY_BYTES));
  const started = performance.now();
  for (let n = WINDOW; n < WINDOW + BASELINE_ARTICLES; n++) {
    const article = benchArticle(n, BODY_BYTES);
    items.unshift(article);
    items.pop();
    write(join(folder, `${article.id}.json`), JSON.stringify(article));
    // all, one section, one language, two tags
    for (const name of ["all", "section", "language", "tag-1", "tag-2"]) {
      const feed = new Feed({
        title: name,
        id: name,
        link: "https://news.example.org/",
        updated: new Date(0),
      });
      for (const { headline, url, body, summary, published } of items) {
        feed.addItem({
          title: headline,
          link: url,
          id: url,
          content: body ?? "",
          description: summary ?? "",
          date: new Date(published),
        });
      }
      mkdirSync(join(folder, name), { recursive: true });
      write(join(folder, name, "rss.xml"), feed.rss2());
      write(join(folder, name, "atom.xml"), feed.atom1());
      write(join(folder, name, "feed.json"), feed.json1());
    }
  }
  const rate = BASELINE_ARTICLES / ((performance.now() - started) / 1_000);
  rmSync(folder, { recursive: true });
  return rate;
}

/** As safe as ours: temporary file, sync, rename. */
function write(path: string, text: string): void {
  const file = openSync(`${path}.tmp`, "w");
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.tmp`, path);
}

/** Milliseconds from PUT to the answer that the documents are written, while four writers keep the wire busy. */
async function visibleTimes(url: string): Promise<number[]> {
  let busy = true;
  let next = ARTICLES + 1;
  const writers = [1, 2, 3, 4].map(async () => {
    while (busy) await send(url, benchArticle(next++, BODY_BYTES));
  });
  const times: number[] = [];
  for (let i = 0; i < PROBES; i++) {
    const started = performance.now();
    const status = await send(
      url,
      { ...benchArticle(next++, BODY_BYTES), id: `probe-${i}` },
      "?wait=published",
    );
    if (status !== 201) throw new Error(`probe answered ${status}`);
    times.push(performance.now() - started);
  }
  busy = false;
  await Promise.all(writers);
  return times;
}

export async function ingestBench(): Promise<Row[]> {
  const data = mkdtempSync(join(tmpdir(), "flashwire-bench-"));
  const wire = await startChildWire(data);
  try {
    const rate = await ingestRate(wire.url);
    const baseline = baselineRate();
    const times = (await visibleTimes(wire.url)).sort((a, b) => a - b);
    const p99 = times[Math.floor(times.length * 0.99)] ?? Number.NaN;
    return [
      {
        measure: "20,000 articles by NDJSON to visible feeds, file store",
        value: `${rate.toFixed(0)} articles/s; ${(rate / baseline).toFixed(1)} × the baseline (${baseline.toFixed(1)}/s)`,
        reach: "20 × each feed by feed, an article at a time",
        ok: rate >= 20 * baseline,
      },
      {
        measure: "accepted to visible (?wait=published), busy wire",
        value: `p50 ${ms(median(times))}, p99 ${ms(p99)}`,
        reach: "printed",
        ok: true,
      },
    ];
  } finally {
    await wire.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

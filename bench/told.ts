import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { send, startChildWire, TOKEN } from "../tests/support/child-wire.ts";
import { benchArticle } from "./articles.ts";
import { median, ms, peakMegabytes, progress, type Row } from "./support.ts";

const ROUNDS = 3;
const LONE = 60;
/** So many articles come before the first that counts: they fill the feeds, and close some pages of the log. */
const BEFORE = 600;
const REACH = 1.2;

/** Milliseconds from PUT until the documents show an article, and until the change log names it. */
type Times = { shown: number; told: number };

/** How long a change takes to reach the documents and the change log of a local wire, which is quiet, or which four writers keep busy. */
export async function toldBench(): Promise<Row[]> {
  const data = mkdtempSync(join(tmpdir(), "flashwire-bench-told-"));
  const wire = await startChildWire(data);
  try {
    await fill(wire.url);
    let next = BEFORE;
    const rounds = { quiet: [] as Times[], busy: [] as Times[] };
    for (let round = 0; round < ROUNDS; round++) {
      progress(`told: round ${round + 1} of ${ROUNDS}`);
      const article = () => benchArticle(next++);
      rounds.quiet.push(mediansOf(await timesOf(wire.url, article)));
      rounds.busy.push(mediansOf(await busyTimesOf(wire.url, article)));
    }
    const peak = peakMegabytes(wire.child.pid);
    return [
      row("PUT to `open.json`, quiet wire", rounds.quiet),
      row("PUT to `open.json`, while four writers keep the wire busy", rounds.busy),
    ].map((one) => ({ peak, ...one }));
  } finally {
    await wire.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

type Article = () => { id: string };

async function fill(url: string): Promise<void> {
  const lines = Array.from({ length: BEFORE - 1 }, (_, n) => `${JSON.stringify(benchArticle(n))}\n`);
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/x-ndjson" };
  await (await fetch(`${url}/articles`, { method: "POST", headers, body: lines.join("") })).text();
  await timeOf(url, benchArticle(BEFORE - 1));
}

/** The documents show the article when `?wait=published` is answered. */
async function timeOf(url: string, article: { id: string }): Promise<Times> {
  const started = performance.now();
  if ((await send(url, article, "?wait=published")) !== 201) throw new Error("the article was not created");
  const shown = performance.now() - started;
  await named(url, article.id);
  return { shown, told: performance.now() - started };
}

/** Asks for the open page until it names the story: with a condition, so that the wire has little work with it. */
async function named(url: string, id: string): Promise<void> {
  let etag = "";
  for (;;) {
    const response = await fetch(`${url}/changes/open.json`, {
      headers: { "accept-encoding": "identity", ...(etag && { "if-none-match": etag }) },
    });
    etag = response.headers.get("etag") ?? "";
    if ((await response.text()).includes(`"/stories/${id}.json"`)) return;
  }
}

async function timesOf(url: string, article: Article): Promise<Times[]> {
  const times: Times[] = [];
  for (let n = 0; n < LONE; n++) times.push(await timeOf(url, article()));
  return times;
}

async function busyTimesOf(url: string, article: Article): Promise<Times[]> {
  let busy = true;
  const writers = [1, 2, 3, 4].map(async () => {
    while (busy) await send(url, article());
  });
  const times = await timesOf(url, article);
  busy = false;
  await Promise.all(writers);
  return times;
}

const mediansOf = (times: Times[]): Times => ({
  shown: median(times.map(({ shown }) => shown)),
  told: median(times.map(({ told }) => told)),
});

function row(measure: string, rounds: Times[]): Row {
  const { shown, told } = mediansOf(rounds);
  const share = told / shown;
  return {
    measure: `${measure}, median of ${ROUNDS} medians`,
    value: `${ms(told)}; ${share.toFixed(2)} × the ${ms(shown)} to the documents`,
    reach: `${REACH} × the documents`,
    ok: share <= REACH,
  };
}

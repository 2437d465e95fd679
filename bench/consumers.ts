import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cursor, follow } from "../src/consumer/follow.ts";
import { listen } from "../src/http/adapters/node.ts";
import { createApp } from "../src/http/app.ts";
import { createServices } from "../src/services.ts";
import { MemoryStore } from "../src/store/memory.ts";
import { LogWire } from "../tests/consumer/log-wire.ts";
import { testSite } from "../tests/support/site.ts";
import type { Row } from "./support.ts";

const WIRE = "https://wire.example.org";
const ROOT = join(import.meta.dirname, "..");
const HOUR_MS = 3_600_000;
const STORIES = 100_000;

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

export async function consumersBench(): Promise<Row[]> {
  return [await caughtUp(), ...(await polled()), await synced()];
}

/** Requests of a consumer that missed 100,000 changes of 5,000 stories. */
async function caughtUp(): Promise<Row> {
  const wire = new LogWire();
  wire.tell("before");
  const cursor = await toEnd(wire, undefined);
  wire.tellAll(numbers(STORIES).map((n) => [`story-${n % 5_000}`]));
  wire.asked.length = 0;
  await toEnd(wire, cursor);
  const { pages, stories } = wire.counts;
  const most = Math.ceil(STORIES / 256) + 1;
  return {
    measure: "requests to catch up 100,000 changes of 5,000 stories",
    value: `${pages} pages, ${stories} stories`,
    reach: `≤ ${most}; 5,000`,
    ok: pages <= most && stories === 5_000,
  };
}

async function toEnd(wire: LogWire, cursor: Cursor | undefined): Promise<Cursor | undefined> {
  let last = cursor;
  for await (const batch of follow(WIRE, cursor, { fetch: wire.fetch, once: true })) last = batch.cursor;
  return last;
}

/** The share of 304 in an hour for a client that asks every 2 s, by how the revisions come. */
async function polled(): Promise<Row[]> {
  const evenly = (count: number) => numbers(count).map((n) => ((n + 0.5) * HOUR_MS) / count);
  const random = seeded();
  const byChance = (count: number) => numbers(count).map(() => random() * HOUR_MS);
  const row = async (measure: string, times: number[], least: number): Promise<Row> => {
    const share = await shareUnchanged(times.toSorted((a, b) => a - b));
    const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
    return { measure, value: percent(share), reach: `≥ ${percent(least)}`, ok: share >= least };
  };
  return [
    await row("304 of a client that polls every 2 s, 30 revisions an hour", byChance(30), 0.98),
    await row("the same, 1,800 revisions an hour at random", byChance(1_800), 0.33),
    await row("the same, a revision every 2 s", evenly(1_800), 0),
  ];
}

async function shareUnchanged(revisions: number[]): Promise<number> {
  const wire = new LogWire();
  const begin = wire.clock;
  const stop = new AbortController();
  let next = 0;
  const sleep = async (ms: number) => {
    wire.clock += ms;
    for (; (revisions[next] ?? Number.POSITIVE_INFINITY) <= wire.clock - begin; next++)
      wire.tell(`story-${next % 20}`);
    if (wire.clock - begin >= HOUR_MS) stop.abort();
  };
  const options = { fetch: wire.fetch, signal: stop.signal, now: () => wire.clock, sleep };
  for await (const _ of follow(WIRE, undefined, options));
  return wire.unchanged / wire.counts.pages;
}

/** `flashwire sync --once` of a wire that this process serves over HTTP. */
async function synced(): Promise<Row> {
  const url = await serve();
  const folder = mkdtempSync(join(tmpdir(), "flashwire-bench-sync-"));
  try {
    const started = performance.now();
    const args = [join(ROOT, "src/cli/main.mjs"), "sync", url.origin, folder, "--once"];
    const child = spawn(process.execPath, args, { stdio: "ignore" });
    let peak = 0;
    const look = setInterval(() => {
      peak = Math.max(peak, peakOf(child.pid));
    }, 100);
    const [code] = await once(child, "exit");
    clearInterval(look);
    const seconds = (performance.now() - started) / 1_000;
    const count = readdirSync(join(folder, "stories")).length;
    const { pages, stories } = url.counts();
    return {
      measure: "cold `sync` of 100,000 stories of 3 KB from a local wire, to TMPDIR",
      value: `${Math.round(count / seconds)} stories a second, ${Math.round(peak / 1_024)} MB, ${pages} pages of the snapshot and ${stories} stories asked for`,
      peak: peak / 1_024,
      reach: "≤ 512 MB; ≤ 200; 100,000",
      ok: code === 0 && count === STORIES && peak < 512 * 1_024 && pages <= 200 && stories === STORIES,
    };
  } finally {
    await url.close();
    rmSync(folder, { recursive: true });
  }
}

/** The routes of the local server over a store in memory. */
async function serve() {
  const wire = new LogWire();
  const text = "The harbour master says what everybody knows. ".repeat(60);
  wire.begin(
    "e1",
    numbers(STORIES)
      .map((n) => `story-${n}`)
      .sort((a, b) => (`${a}.json` < `${b}.json` ? -1 : 1))
      .map((id) => wire.write(id, { text })),
    1_000,
  );
  const published = new MemoryStore();
  for (const [key, body] of wire.documents)
    await published.put(key, body, { contentType: "application/json" });
  wire.documents.clear();
  const stores = { newsroom: new MemoryStore(), published };
  const services = createServices({ site: testSite(), stores, log: () => {} });
  const app = createApp({ services, tokens: async () => undefined, publish: async () => new Map() });
  let stories = 0;
  let pages = 0;
  const fetch = (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/stories/")) stories++;
    else if (pathname.startsWith("/snapshots/")) pages++;
    return app.fetch(request);
  };
  const server = await listen({ fetch }, { host: "127.0.0.1", port: 0 });
  return { origin: server.url, counts: () => ({ stories, pages }), close: () => server.close() };
}

/** Kilobytes of memory that the process had at the most; 0 where the system does not tell. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function seeded(): () => number {
  let state = 7;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

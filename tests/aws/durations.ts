import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SQSEvent } from "aws-lambda";
import { benchSite } from "../../bench/site.ts";
import { bundle } from "../../scripts/bundle.ts";
import { createToken } from "../../src/repository/tokens.ts";
import { createServices } from "../../src/services.ts";
import { connect } from "../../src/store/s3/connection.ts";
import { s3Store } from "../../src/store/s3/store.ts";
import { clientOf } from "../support/s3-client.ts";
import { startS3Server } from "../support/s3-server.ts";
import { CREDENTIALS } from "../support/s3-signature.ts";
import { httpRequest, s3Event } from "./account.ts";
import { type LambdaProcess, startFunction } from "./runtime.ts";
import { tools } from "./tools.ts";

/*
 * `node tests/aws/durations.ts 30`: how long the built functions take where S3 answers after 30 ms, and what they ask it.
 * The figures of docs/performance.md.
 */

const delay = Number(process.argv[2] ?? 30);
const folder = mkdtempSync(join(tmpdir(), "flashwire-durations-"));
const s3 = await startS3Server();
const slow = createServer((incoming, outgoing) => {
  const { method = "GET", url = "/", headers } = incoming;
  setTimeout(() => {
    const passed = request(new URL(url, s3.url), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(passed);
  }, delay);
});
await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
for (const name of ["api", "publish", "tick"]) await bundle(name, folder);

const modules = tools();
const workers: LambdaProcess[] = [];
async function start(name: string): Promise<LambdaProcess> {
  const worker = await startFunction({
    folder,
    handler: `${name}.handler`,
    modules,
    name,
    timeout: 60,
    env: {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(slow.address() as AddressInfo).port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      FLASHWIRE_NEWSROOM: "newsroom",
      FLASHWIRE_SITE: "site",
      FLASHWIRE_PUBLIC_URL: "https://wire.example.org",
      POWERTOOLS_METRICS_NAMESPACE: "Flashwire/durations",
    },
  });
  workers.push(worker);
  return worker;
}

const stores = {
  newsroom: s3Store(connect(clientOf(s3.url)), "newsroom"),
  published: s3Store(connect(clientOf(s3.url)), "site"),
};
const token = await createToken(createServices({ site: benchSite(), stores, log: () => {} }), "durations");

/** In six feeds: all, its section, its language, three tags. */
function put(n: number, more: Record<string, unknown> = {}) {
  return httpRequest("PUT", `/articles/s-${n}`, token, {
    url: `https://news.example.org/${n}`,
    headline: `Report ${n}`,
    body: `<p>${"Words of the story here. ".repeat(200)}</p>`,
    section: "World",
    tags: ["A", "B", "C"],
    published: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    ...more,
  });
}

/** In eight of some 2,000 feeds, in 40 languages. */
function wide(n: number) {
  const tags = ["A", `T${(n * 13) % 1_800}`, `T${(n * 31 + 5) % 1_800}`, `T${(n * 57 + 9) % 1_800}`];
  const language = `q${"abcdefghijklmnopqrst"[n % 20]}${"ab"[n % 2]}`;
  return put(n, { language, section: `S${n % 60}`, sections: [`S${(n * 7 + 3) % 60}`], tags });
}

const events = (ns: number[]) =>
  ({
    Records: ns.map((n) => ({
      messageId: `m${n}`,
      body: s3Event("newsroom", `articles/s-${n}.json`),
      attributes: { SentTimestamp: String(Date.now()) },
    })),
  }) as SQSEvent;

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

async function invoke(worker: LambdaProcess, event: unknown): Promise<void> {
  const answer = await worker.invoke(event);
  const { statusCode = 200, batchItemFailures = [] } = (answer.ok ? answer.result : {}) as {
    statusCode?: number;
    batchItemFailures?: unknown[];
  };
  if (!answer.ok || statusCode > 299 || batchItemFailures.length > 0) throw new Error(JSON.stringify(answer));
}

/** Prints the median, and the requests of all runs together divided by their number. */
async function measure(what: string, runs: (() => Promise<unknown>)[]): Promise<void> {
  s3.resetCounts();
  const times: number[] = [];
  for (const run of runs) {
    const began = performance.now();
    await run();
    times.push(performance.now() - began);
  }
  const sums = new Map<string, number>();
  for (const [request, count] of s3.counts()) {
    const [method = "", key = ""] = request.split(" ");
    const kind = /^(PUT|LIST)$/.test(method)
      ? "PUT, LIST"
      : /^(GET|HEAD)$/.test(method)
        ? "GET, HEAD"
        : method;
    const name = `${kind} ${key.split("/")[1]}`;
    sums.set(name, (sums.get(name) ?? 0) + count / runs.length);
  }
  const median = times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
  const requests = [...sums].sort().map(([name, count]) => `${name} ${count.toFixed(0)}`);
  console.log(`${what}: ${median.toFixed(0)} ms; ${requests.join("; ")}`);
}

const flash = { breaking: { level: "flash" }, published: "2026-06-01T00:00:00Z" };
const [ingest, publish, sweep] = [await start("api"), await start("publish"), await start("tick")];
for (const n of range(0, 160)) await invoke(ingest, put(n));
for (const from of [0, 80]) await invoke(publish, events(range(from, from + 80)));

await measure(
  "ingest",
  range(200, 220).map((n) => () => invoke(ingest, put(n))),
);
await measure(
  "publish 1",
  range(200, 220).map((n) => () => invoke(publish, events([n]))),
);
for (const n of range(300, 400)) await invoke(ingest, put(n));
await measure("publish 100 into the same 6 feeds", [() => invoke(publish, events(range(300, 400)))]);
await invoke(ingest, put(500));
await measure("publish 1, cold, with the start of the process", [
  async () => invoke(await start("publish"), events([500])),
]);
// The first flash of a process reads what its feeds show.
await invoke(ingest, put(411, flash));
await invoke(publish, events([411]));
const logged = ingest.output().length;
await measure(
  "flash inside its request",
  range(400, 411).map((n) => () => invoke(ingest, put(n, flash))),
);
console.log(`log of a flash: ${((ingest.output().length - logged) / 11).toFixed(0)} bytes`);
await measure(
  "the event after a flash",
  range(400, 411).map((n) => () => invoke(publish, events([n]))),
);
const ten = await Promise.all(range(0, 10).map(() => start("api")));
for (const [i, worker] of ten.entries()) await invoke(worker, put(420 + i, flash));
await measure("10 flashes at once, each in a process of its own", [
  () => Promise.all(ten.map((worker, i) => invoke(worker, put(430 + i, flash)))),
]);

for (const n of range(1_000, 1_600)) await invoke(ingest, wide(n));
const second = await start("publish");
const hundreds = range(10, 13).map((i) => () => invoke(publish, events(range(i * 100, i * 100 + 100))));
await measure("publish 100 into some 380 of 2,000 feeds", hundreds);
await invoke(second, events([1_400]));
await measure("the same, by two processes at once, 100 each", [
  () =>
    Promise.all([invoke(publish, events(range(1_300, 1_400))), invoke(second, events(range(1_401, 1_500)))]),
]);
await invoke(sweep, {});
await measure(
  "sweep",
  range(0, 9).map(() => () => invoke(sweep, {})),
);

for (const worker of workers) await worker.stop();
slow.closeAllConnections();
slow.close();
await s3.close();
rmSync(folder, { recursive: true, force: true });
process.exit();

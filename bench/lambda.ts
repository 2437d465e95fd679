import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { bundle } from "../scripts/bundle.ts";
import { createToken } from "../src/repository/tokens.ts";
import { createServices } from "../src/services.ts";
import { connect } from "../src/store/s3/connection.ts";
import { s3Store } from "../src/store/s3/store.ts";
import { readArticle } from "../src/validate/article.ts";
import { httpRequest } from "../tests/aws/account.ts";
import { type LambdaProcess, startFunction } from "../tests/aws/runtime.ts";
import { tools } from "../tests/aws/tools.ts";
import { clientOf } from "../tests/support/s3-client.ts";
import { S3_CERTIFICATE } from "../tests/support/s3-server.ts";
import { CREDENTIALS } from "../tests/support/s3-signature.ts";
import { queueEvent, story } from "./events.ts";
import { benchSite } from "./site.ts";
import { ms, type Row } from "./support.ts";

/*
 * CPU that the built functions use, warm, under Lambda's runtime client. S3 is played in a process of its own, so that
 * its work is not counted, and is reached over TLS as S3 is; what the client uses for a function that does nothing is told apart.
 */

const WARM_UP = 200;
const ARTICLES = 400;
const TOTAL = WARM_UP + ARTICLES;
const BATCH = 100;
const REACH_MS = 5;

/** Of an article that comes by itself: its 24 documents are 6 MB, which have to be encrypted. */
const LONE_REACH_MS = 15;

const NEWSROOM = "newsroom";
const SITE = "site";
const NOTHING = "export const handler = async () => ({ batchItemFailures: [] });";

function startS3(): Promise<{ url: string; child: ChildProcess }> {
  const server = JSON.stringify(join(import.meta.dirname, "../tests/support/s3-server.ts"));
  const script = `import { startS3Server } from ${server}; console.log((await startS3Server({ isSecure: true })).url);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.stdout?.once("data", (line) => resolve({ url: String(line).trim(), child }));
    child.once("exit", () => reject(new Error("S3 did not start")));
  });
}

async function invoke(worker: LambdaProcess, event: unknown): Promise<void> {
  const answer = await worker.invoke(event);
  const result = answer.ok
    ? (answer.result as { statusCode?: number; batchItemFailures?: unknown[] })
    : undefined;
  if (result?.statusCode === 201 || result?.batchItemFailures?.length === 0) return;
  throw new Error(`a function failed: ${JSON.stringify(answer)}\n${worker.output().slice(-2_000)}`);
}

/** Milliseconds of CPU an article, after a warm-up, and the peak of memory in MB. `size`: articles in an event. */
type Used = { cpu: number; peak: number };

async function cpuEach(worker: LambdaProcess, eventOf: (from: number) => unknown, size = 1): Promise<Used> {
  for (let n = 0; n < WARM_UP; n += size) await invoke(worker, eventOf(n));
  const before = worker.cpu();
  for (let n = WARM_UP; n < TOTAL; n += size) await invoke(worker, eventOf(n));
  return { cpu: (worker.cpu() - before) / ARTICLES, peak: worker.peak() };
}

/** The functions, built and started on demand. */
async function functionsIn(folder: string, url: string) {
  const modules = tools();
  for (const name of ["api", "publish"]) await bundle(name, folder);
  writeFileSync(join(folder, "nothing.mjs"), NOTHING);
  const env = {
    AWS_ENDPOINT_URL_S3: url,
    NODE_EXTRA_CA_CERTS: S3_CERTIFICATE,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    FLASHWIRE_NEWSROOM: NEWSROOM,
    FLASHWIRE_SITE: SITE,
    FLASHWIRE_PUBLIC_URL: "https://wire.example.org",
    POWERTOOLS_METRICS_NAMESPACE: "Flashwire/bench",
  };
  return (name: string) =>
    startFunction({ folder, handler: `${name}.handler`, modules, name, timeout: 60, env });
}

async function measure(folder: string, url: string, workers: LambdaProcess[]) {
  const start = await functionsIn(folder, url);
  const open = async (name: string) => {
    const worker = await start(name);
    workers.push(worker);
    return worker;
  };
  setDefaultCACertificates([...getCACertificates(), readFileSync(S3_CERTIFICATE, "utf8")]);
  const client = clientOf(url);
  const stores = { newsroom: s3Store(connect(client), NEWSROOM), published: s3Store(connect(client), SITE) };
  const token = await createToken(createServices({ site: benchSite(), stores, log: () => {} }), "bench");
  const request = (n: number) => httpRequest("PUT", `/articles/story-${n}`, token, story(n));
  const alone = (n: number) => queueEvent(NEWSROOM, [n]);
  // Others than those: what is published already costs less.
  const many = (from: number) =>
    queueEvent(
      NEWSROOM,
      [...Array(BATCH).keys()].map((i) => TOTAL + from + i),
    );
  const ingesting = await open("api");
  const ingest = await cpuEach(ingesting, request);
  for (let n = TOTAL; n < 2 * TOTAL; n++) await invoke(ingesting, request(n));
  return {
    reading: readingMs(),
    nothing: await cpuEach(await open("nothing"), alone),
    ingest,
    publish: await cpuEach(await open("publish"), alone),
    batches: await cpuEach(await open("publish"), many, BATCH),
  };
}

/** What of an ingest is the check of the record, most of it sanitising. */
function readingMs(): number {
  const read = (n: number) => readArticle(story(n), { now: Date.now() });
  for (let n = 0; n < WARM_UP; n++) read(n);
  const before = process.cpuUsage();
  for (let n = 0; n < ARTICLES; n++) read(n);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / ARTICLES;
}

export async function lambdaBench(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "flashwire-lambda-"));
  const { url, child } = await startS3();
  const workers: LambdaProcess[] = [];
  try {
    const { reading, nothing, ingest, publish, batches } = await measure(folder, url, workers);
    const row = (
      what: string,
      { cpu: all, peak }: Used,
      left: number,
      remark: string,
      reach = REACH_MS,
    ): Row => ({
      measure: `CPU an article, warm: ${what}`,
      value: `${ms(all - left)}${remark}`,
      reach: `under ${reach} ms`,
      ok: all - left < reach,
      peak,
    });
    const client = `; ${ms(nothing.cpu)} of the runtime client left out`;
    return [
      row("ingest of 5 KB", ingest, nothing.cpu, `, ${ms(reading)} of it checking and sanitising${client}`),
      row("publish into 6 full feeds, each by itself", publish, nothing.cpu, client, LONE_REACH_MS),
      row(`publish into 6 full feeds, ${BATCH} at once`, batches, nothing.cpu / BATCH, ""),
    ];
  } finally {
    for (const worker of workers) await worker.stop();
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { takeInboxFiles } from "../../src/aws/inbox-handler.ts";
import { ANSWER_RESERVE_MS } from "../../src/aws/limits.ts";
import { publishBatch } from "../../src/aws/publish-handler.ts";
import { openAwsParts } from "../../src/aws/services.ts";
import { createServices } from "../../src/services.ts";
import { S3_REQUEST_TIMEOUT_MS } from "../../src/store/limits.ts";
import { s3Store } from "../../src/store/s3/store.ts";
import { SITE } from "../simulation/site.ts";
import { connectionTo } from "../support/s3-client.ts";
import { type S3Server, startS3Server } from "../support/s3-server.ts";
import { CREDENTIALS } from "../support/s3-signature.ts";
import { incoming, s3Body, sqsEvent } from "../support/wire.ts";

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server({ buckets: ["newsroom", "site"] });
});
afterAll(() => server.close());
afterEach(() => {
  server.refuse(0, 0, "");
  vi.unstubAllEnvs();
});

/** The functions' parts on S3; each request is tried once. */
function wireOnS3() {
  const newsroom = { s3: connectionTo(server.url), bucket: "newsroom" };
  const stores = { newsroom: s3Store(newsroom.s3, "newsroom"), published: s3Store(newsroom.s3, "site") };
  const services = createServices({ site: SITE, stores, log: () => {} });
  const watch = { log: () => {}, count: () => {}, time: () => {}, invocation: runs };
  return { services, parts: services, newsroom, watch, invocation: runs };
}
const runs = <T>(_: unknown, run: () => Promise<T>) => run();

const lambda = (milliseconds: number) => ({
  awsRequestId: "r",
  getRemainingTimeInMillis: () => milliseconds,
});
const FILE = "inbox/archive.ndjson";
/** Refuses each request for a record until the test says otherwise. */
const refuseRecords = (which = (key: string) => key.startsWith("articles/")) =>
  server.refuse(Number.POSITIVE_INFINITY, 503, "SlowDown", (_, key) => which(key));

test("when the store refuses while a file of the inbox is taken, the file comes again, and no record counts as refused", async () => {
  const wire = wireOnS3();
  const count = 30;
  const text = Array.from({ length: count }, (_, n) => JSON.stringify(incoming(n))).join("\n");
  server.seed("newsroom", FILE, text);
  const take = () => takeInboxFiles(wire, sqsEvent(s3Body(FILE)), lambda(300_000));
  refuseRecords((key) => key === "articles/story-20.json");
  expect((await take()).batchItemFailures).toEqual([{ itemIdentifier: "m0" }]);
  expect(await wire.parts.stores.newsroom.head(`${FILE}.result`)).toBeUndefined();
  server.refuse(0, 0, "");
  expect((await take()).batchItemFailures).toEqual([]);
  const stored = await wire.parts.stores.newsroom.get(`${FILE}.result`);
  const result = JSON.parse(Buffer.from(stored?.body ?? []).toString());
  expect(result).toMatchObject({ done: count, refused: 0, refusals: [] });
  expect(result.accepted + result.unchanged).toBe(count);
});

test("when the store refuses while a batch is published, its messages come again, and then are done", async () => {
  const wire = wireOnS3();
  const id = "story-1";
  const record = { article: { ...incoming(1), guid: "tag:x,2026:1" }, feeds: ["all"] };
  server.seed("newsroom", `articles/${id}.json`, JSON.stringify(record));
  const run = () => publishBatch(wire, sqsEvent(s3Body(`articles/${id}.json`)));
  refuseRecords();
  expect((await run()).batchItemFailures).toEqual([{ itemIdentifier: "m0" }]);
  server.refuse(0, 0, "");
  expect((await run()).batchItemFailures).toEqual([]);
});

test("when S3 hangs, the stores of a function fail while it has time to answer, whatever tries are left", async () => {
  const env = {
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    FLASHWIRE_NEWSROOM: "newsroom",
    FLASHWIRE_SITE: "site",
    FLASHWIRE_PUBLIC_URL: "https://wire.example.org",
    POWERTOOLS_METRICS_DISABLED: "true",
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const { parts, invocation } = openAwsParts("ingest");
  const holding = server.hold();
  onTestFinished(() => holding.release());
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const answer = invocation(lambda(29_000), () =>
    parts.stores.newsroom.get("x").catch((error: unknown) => error),
  );
  let isOver = false;
  answer.then(() => {
    isOver = true;
  });
  await vi.advanceTimersByTimeAsync(29_000 - ANSWER_RESERVE_MS - 1);
  expect(isOver).toBe(false);
  expect(S3_REQUEST_TIMEOUT_MS).toBeLessThan(26_000);
  await vi.advanceTimersByTimeAsync(1);
  expect(await answer).toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("did not answer in the time that this request has"),
  });
});

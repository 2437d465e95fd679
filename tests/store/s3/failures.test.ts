import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { createBudget } from "../../../src/store/budget.ts";
import { S3_REQUESTS_AT_ONCE } from "../../../src/store/limits.ts";
import { s3Client } from "../../../src/store/s3/client.ts";
import { connect } from "../../../src/store/s3/connection.ts";
import { s3Store } from "../../../src/store/s3/store.ts";
import { clientOf, manualTimer, storesAt } from "../../support/s3-client.ts";
import { type S3Server, startS3Server } from "../../support/s3-server.ts";
import { CREDENTIALS } from "../../support/s3-signature.ts";

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server({ buckets: ["newsroom", "site"] });
});
afterAll(() => server.close());
afterEach(() => {
  server.refuse(0, 0, "");
  server.reset(0);
  vi.unstubAllEnvs();
});

/** What of the SDK's handler tells whether requests wait for a socket of its agent. */
type NodeHttpHandler = { httpHandlerConfigs(): { httpAgent?: { requests: object } } };

const failureOf = (asking: Promise<unknown>) =>
  asking.then(
    () => undefined,
    (error: unknown) => error as Error,
  );

test.each([
  [500, "InternalError"],
  [502, "BadGateway"],
  [503, "SlowDown"],
  [503, "ServiceUnavailable"],
  [504, "GatewayTimeout"],
  [429, "TooManyRequests"],
  [408, "RequestTimeout"],
  [400, "RequestTimeout"],
  [409, "OperationAborted"],
])("when S3 answers %i %s, every call of the store throws unavailable", async (status, code) => {
  const { newsroom } = storesAt(server.url);
  const calls = [
    () => newsroom.get("x"),
    () => newsroom.head("x"),
    () => newsroom.put("x", Buffer.from("x")),
    () => newsroom.delete("x"),
    () => newsroom.list("x")[Symbol.asyncIterator]().next(),
  ];
  server.refuse(Number.POSITIVE_INFINITY, status, code);
  for (const call of calls) {
    const error = await failureOf(call());
    // A HEAD has no body that could hold the code.
    const isKnown = call !== calls[1] || status !== 400;
    if (isKnown)
      expect(error).toMatchObject({ code: "unavailable", message: expect.stringContaining(`${status}`) });
  }
});

test("when a connection is cut, the store throws unavailable, and names endpoint, bucket and region", async () => {
  server.reset(2);
  const error = await failureOf(storesAt(server.url).newsroom.get("x"));
  expect(error).toMatchObject({ code: "unavailable", told: expect.not.stringContaining("newsroom") });
  expect(error?.message).toContain(`S3 at ${server.url} (bucket newsroom, region us-east-1) does not answer`);
});

test("when nobody listens at the endpoint, the store throws unavailable", async () => {
  const closed = await startS3Server();
  await closed.close();
  const error = await failureOf(storesAt(closed.url).newsroom.put("x", Buffer.from("x")));
  expect(error).toMatchObject({ code: "unavailable", message: expect.stringContaining("ECONNREFUSED") });
});

test("when a body breaks off each time, the store throws unavailable", async () => {
  const { newsroom } = storesAt(server.url);
  await newsroom.put("broken", Buffer.from("some text"));
  server.breakBodies(99);
  expect(await failureOf(newsroom.get("broken"))).toMatchObject({ code: "unavailable" });
  server.breakBodies(0);
});

test("when a proxy before S3 answers with a page of its own, the store throws unavailable", async () => {
  const proxy = await pageServer(502);
  const error = await failureOf(storesAt(proxy).newsroom.get("x"));
  expect(error).toMatchObject({ code: "unavailable", message: expect.stringContaining("502") });
});

/** Answers everything with this status and a page of HTML. */
async function pageServer(status: number): Promise<string> {
  const page: Server = createServer((_, response) =>
    response.writeHead(status, { "content-type": "text/html" }).end("<html><p>Bad & worse</html>"),
  );
  await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void page.close());
  return `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
}

test("when S3 refuses, the store throws storage, and says what to set", async () => {
  const wrongSecret = clientOf(server.url, { accessKeyId: "test", secretAccessKey: "wrong" });
  const secret = await failureOf(s3Store(connect(wrongSecret), "newsroom").get("x"));
  expect(secret).toMatchObject({ code: "storage" });
  expect(secret?.message).toContain(`S3 at ${server.url} (bucket newsroom, region us-east-1) refuses`);
  expect(secret?.message).toContain("set AWS_SECRET_ACCESS_KEY");
  const nowhere = await failureOf(s3Store(connect(clientOf(server.url)), "nowhere").head("x"));
  expect(nowhere).toBeUndefined();
  const missing = await failureOf(s3Store(connect(clientOf(server.url)), "nowhere").get("x"));
  expect(missing?.message).toMatch(/bucket nowhere.*There is no such bucket/);
});

test("when no region is set, the error says which variable to set", async () => {
  for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION"]) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
  const client = new S3Client({ endpoint: server.url, forcePathStyle: true, credentials: CREDENTIALS });
  const error = await failureOf(s3Store(connect(client), "newsroom").get("x"));
  expect(error).toMatchObject({
    code: "storage",
    message: expect.stringMatching(/no region.*Set AWS_REGION/),
  });
});

test("when there are no credentials, the error says which variables to set", async () => {
  const credentials = () =>
    Promise.reject(Object.assign(new Error("none"), { name: "CredentialsProviderError" }));
  const client = new S3Client({ endpoint: server.url, region: "us-east-1", credentials });
  const error = await failureOf(s3Store(connect(client), "newsroom").get("x"));
  expect(error).toMatchObject({ code: "storage", message: expect.stringContaining("AWS_ACCESS_KEY_ID") });
});

test.each(["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])(
  "when %s names a host, requests go to that host, with the bucket in the path",
  async (name) => {
    vi.stubEnv(name, server.url.replace("127.0.0.1", "localhost"));
    vi.stubEnv("AWS_REGION", "us-east-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", CREDENTIALS.accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", CREDENTIALS.secretAccessKey);
    vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
    const store = s3Store(connect(s3Client()), "newsroom");
    await store.put(`path/${name}`, Buffer.from("x"));
    expect(server.counts().get(`PUT newsroom/path/${name}`)).toBe(1);
    const gone = await failureOf(s3Store(connect(s3Client()), "nowhere").get("x"));
    expect(gone?.message).toContain("S3 at http://localhost:");
  },
);

test("when 16 steps read 16 objects each, no request waits for a socket, and all are read", async () => {
  const client = clientOf(server.url);
  const store = s3Store(connect(client), "newsroom");
  await store.put("many", Buffer.from("x"));
  const holding = server.hold();
  const reads = Promise.all(Array.from({ length: 256 }, () => store.get("many")));
  await vi.waitUntil(() => holding.held() === S3_REQUESTS_AT_ONCE, { timeout: 10_000 });
  const handler = client.config.requestHandler as unknown as NodeHttpHandler;
  const { httpAgent } = handler.httpHandlerConfigs();
  expect(Object.keys(httpAgent?.requests ?? {})).toEqual([]);
  holding.release();
  expect((await reads).filter((found) => found?.size === 1)).toHaveLength(256);
});

test("when S3 hangs, requests end with the time of the invocation, also those that wait their turn", async () => {
  const { timer, started, end } = manualTimer();
  const budget = createBudget(timer);
  const { newsroom } = storesAt(server.url, budget);
  const holding = server.hold();
  const count = S3_REQUESTS_AT_ONCE + 10;
  const answers = budget.spend(26_000, async () => {
    const asked = Array.from({ length: count }, (_, n) => failureOf(newsroom.get(`hangs/${n}`)));
    await vi.waitUntil(() => holding.held() === S3_REQUESTS_AT_ONCE, { timeout: 10_000 });
    end();
    return [...(await Promise.all(asked)), await failureOf(newsroom.put("late", Buffer.from("x")))];
  });
  const late = { code: "unavailable", message: expect.stringContaining("in the time that this request has") };
  expect(await answers).toEqual(Array.from({ length: count + 1 }, () => expect.objectContaining(late)));
  expect(started).toEqual([26_000]);
  holding.release();
  // The next invocation has a time of its own.
  expect(await budget.spend(26_000, () => newsroom.get("nothing"))).toBeUndefined();
  expect(server.counts().get("PUT newsroom/late")).toBeUndefined();
});

test("when an answer of S3 has no ETag, the store throws storage", async () => {
  const page = await pageServer(200);
  expect(await failureOf(storesAt(page).newsroom.head("x"))).toMatchObject({ code: "storage" });
});

import { brotliCompressSync, gzipSync } from "node:zlib";
import { beforeEach, expect, test } from "vitest";
import { publishInRequest } from "../../src/aws/publish-handler.ts";
import { MAX_RECORD_BYTES } from "../../src/core/limits.ts";
import { lambdaHandler } from "../../src/http/adapters/lambda.ts";
import { createApp } from "../../src/http/app.ts";
import { createToken, storedTokens } from "../../src/repository/tokens.ts";
import { writeDirectory } from "../../src/upkeep/directory.ts";
import { incoming, type MemoryWire, memoryWire } from "../support/wire.ts";

/** The routes as the function `ingest` serves them, behind an HTTP API with payload 2.0. */
let wire: MemoryWire;
let handler: ReturnType<typeof lambdaHandler>;
let token: string;
beforeEach(async () => {
  wire = memoryWire();
  const { services } = wire;
  token = await createToken(services, "desk");
  const publish = (ids: string[]) => publishInRequest(wire, ids);
  handler = lambdaHandler(createApp({ services, tokens: storedTokens(services), publish }));
});

type Sent = { headers?: Record<string, string>; body?: string | Buffer; binary?: boolean };

async function ask(method: string, path: string, { headers = {}, body, binary = false }: Sent = {}) {
  const event = {
    version: "2.0",
    routeKey: "ANY /articles/{proxy+}",
    rawPath: path,
    rawQueryString: "",
    headers: { host: "api.example.org", ...headers },
    isBase64Encoded: binary,
    ...(body === undefined ? {} : { body: binary ? Buffer.from(body).toString("base64") : body }),
    requestContext: {
      domainName: "api.example.org",
      http: { method, path, sourceIp: "", userAgent: "", protocol: "" },
    },
  };
  const answer = await handler(event as unknown as Parameters<typeof handler>[0]);
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: answer.body,
    base64: answer.isBase64Encoded,
  };
}

const bearer = () => ({ authorization: `Bearer ${token}`, "content-type": "application/json" });
const story = (fields = {}) => JSON.stringify(incoming(1, fields));

test("when a request has no token, or an unknown one, it answers 401 and takes nothing in", async () => {
  const none = await ask("PUT", "/articles/story-1", { body: story() });
  expect(none).toMatchObject({ status: 401, headers: { "www-authenticate": 'Bearer realm="flashwire"' } });
  const wrong = await ask("PUT", "/articles/story-1", {
    headers: { ...bearer(), authorization: "Bearer fw_wrong" },
    body: story(),
  });
  expect(wrong.headers).toMatchObject({
    "content-type": "application/problem+json",
    "www-authenticate": expect.stringContaining('error="invalid_token"'),
  });
  expect(JSON.parse(wrong.body)).toMatchObject({ status: 401, detail: "Nobody holds this token." });
  expect(await wire.newsroom.get("articles/story-1.json")).toBeUndefined();
});

test("when the media type or the encoding is not accepted, it answers 415 and names what is accepted", async () => {
  const form = await ask("PUT", "/articles/story-1", {
    headers: { ...bearer(), "content-type": "text/html" },
    body: "<p>",
  });
  expect(form).toMatchObject({ status: 415, headers: { accept: "application/json" }, base64: false });
  const zipped = await ask("POST", "/articles", {
    headers: { ...bearer(), "content-encoding": "zstd" },
    body: story(),
    binary: true,
  });
  expect(zipped).toMatchObject({ status: 415, headers: { "accept-encoding": "gzip, br" } });
});

test.each([true, false])(
  "when a record is too large, it answers 413 (sent as binary: %s)",
  async (binary) => {
    const body = story({ body: "x".repeat(MAX_RECORD_BYTES) });
    const answer = await ask("PUT", "/articles/story-1", { headers: bearer(), body, binary });
    expect(answer).toMatchObject({ status: 413, base64: false });
    expect(JSON.parse(answer.body)).toMatchObject({ type: "urn:flashwire:problem:too-large" });
    expect(answer.headers).not.toHaveProperty("connection");
  },
);

test("when NDJSON comes as base64 from the HTTP API, each record gets its answer", async () => {
  const headers = { ...bearer(), "content-type": "application/x-ndjson" };
  const body = `${story()}\n{"id":"bad"}\n`;
  const answer = await ask("POST", "/articles", { headers, body, binary: true });
  const text = Buffer.from(answer.body, answer.base64 ? "base64" : "utf8").toString();
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).status);
  expect(lines).toEqual([201, 422]);
});

test.each([
  ["gzip", gzipSync],
  ["br", brotliCompressSync],
])("when a body in %s comes as base64 from the HTTP API, it is unpacked", async (coding, pack) => {
  const headers = { ...bearer(), "content-encoding": coding };
  const put = await ask("PUT", "/articles/story-1", { headers, body: pack(story()), binary: true });
  expect(put.status).toBe(201);
  const posted = await ask("POST", "/articles", { headers, body: pack(`[${story()}]`), binary: true });
  expect(JSON.parse(posted.body)).toMatchObject([{ line: 1, status: 200, result: "unchanged" }]);
  const cut = await ask("POST", "/articles", { headers, body: pack(story()).subarray(0, -9), binary: true });
  expect(cut.status).toBe(400);
  expect(JSON.parse(cut.body).detail).toContain("cut off");
});

test("when the list of feeds comes compressed from the edge, its ETag still brings a 304", async () => {
  await writeDirectory(wire.services);
  const { status, headers, body } = await ask("GET", "/feeds");
  expect(status).toBe(200);
  const etag = headers?.etag as string;
  expect(etag).toMatch(/^"[0-9a-f]+"$/);
  expect(JSON.parse(body).feeds.length).toBeGreaterThan(0);
  for (const known of [etag, `W/${etag}`]) {
    const again = await ask("GET", "/feeds", { headers: { "if-none-match": known } });
    expect(again).toMatchObject({ status: 304, body: "", headers: { etag } });
  }
  expect(await ask("HEAD", "/feeds")).toMatchObject({ status: 200, headers: { etag } });
});

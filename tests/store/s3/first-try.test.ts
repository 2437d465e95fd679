import { type PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { HttpResponse } from "@smithy/core/protocols";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { CONFLICT } from "../../../src/store/port.ts";
import { s3Client } from "../../../src/store/s3/client.ts";
import { connect } from "../../../src/store/s3/connection.ts";
import { s3Store } from "../../../src/store/s3/store.ts";
import { clientOf } from "../../support/s3-client.ts";
import { type S3Server, startS3Server } from "../../support/s3-server.ts";
import { CREDENTIALS } from "../../support/s3-signature.ts";

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server({ buckets: ["newsroom"] });
});
afterAll(() => server.close());

const bytes = Buffer.from("some text");
const KEYS = ["plain.json", "a b/ü'(x)*+~!.json", "../up/./here//and?query=1&b#c%41", "新闻/🗞.json"];

/** The store, and the requests that the SDK makes for it by itself. */
function watched(client: S3Client) {
  const sent = vi.spyOn(client, "send");
  return { store: s3Store(connect(client), "newsroom"), sent };
}

test.each(KEYS)("when S3 answers about %j, each call is one request, and none is the SDK's", async (key) => {
  const { store, sent } = watched(clientOf(server.url));
  server.resetCounts();
  expect(await store.get(key)).toBeUndefined();
  expect(await store.head(key)).toBeUndefined();
  const headers = { contentType: "text/plain; charset=utf-8", cacheControl: "public, max-age=1" };
  const etag = await store.put(key, bytes, { condition: { ifNoneMatch: "*" }, ...headers });
  expect(etag).toBe(store.etagOf(bytes));
  expect(await store.put(key, bytes, { condition: { ifNoneMatch: "*" } })).toBe(CONFLICT);
  expect(await store.put(key, bytes, { condition: { ifMatch: String(etag) }, ...headers })).toBe(etag);
  expect(await store.head(key)).toMatchObject({ etag, size: bytes.length, ...headers });
  expect(await store.get(key)).toMatchObject({ etag, body: bytes, modified: expect.any(Date), ...headers });
  expect(sent).not.toHaveBeenCalled();
  expect(server.counts()).toEqual(
    new Map([
      [`GET newsroom/${key}`, 2],
      [`HEAD newsroom/${key}`, 2],
      [`PUT newsroom/${key}`, 3],
    ]),
  );
});

test("when an empty object is written, it is read as one of no bytes", async () => {
  const { store, sent } = watched(clientOf(server.url));
  await store.put("empty", new Uint8Array());
  expect(await store.get("empty")).toMatchObject({ body: Buffer.alloc(0), size: 0 });
  expect(sent).not.toHaveBeenCalled();
});

test("when credentials come with a session token, the token is signed", async () => {
  const { store, sent } = watched(
    clientOf(server.url, { ...CREDENTIALS, sessionToken: "of this hour" } as never),
  );
  await store.put("session", bytes);
  expect((await store.get("session"))?.size).toBe(bytes.length);
  expect(sent).not.toHaveBeenCalled();
});

test("when the environment names an endpoint, the first request goes there, with the bucket in the path", async () => {
  vi.stubEnv("AWS_ENDPOINT_URL_S3", server.url.replace("127.0.0.1", "localhost"));
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", CREDENTIALS.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", CREDENTIALS.secretAccessKey);
  vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
  const { store, sent } = watched(s3Client());
  await store.put("environment", bytes);
  vi.unstubAllEnvs();
  expect(sent).not.toHaveBeenCalled();
});

/** A client of AWS itself, whose requests end in `asked` in place of the network. */
function clientOfAws(region: string) {
  const asked: { protocol: string; hostname: string; path: string; headers: Record<string, string> }[] = [];
  const handle = async (request: (typeof asked)[number]) => {
    asked.push(request);
    return { response: new HttpResponse({ statusCode: 500, headers: {} }) };
  };
  const requestHandler = { handle } as never;
  const client = new S3Client({ region, credentials: CREDENTIALS, requestHandler, maxAttempts: 1 });
  return { client, asked };
}

test.each(["eu-central-1", "cn-north-1"])(
  "when the bucket is at AWS in %s, the first try goes where the SDK goes",
  async (region) => {
    const { client, asked } = clientOfAws(region);
    await s3Store(connect(client), "newsroom")
      .put("articles/a b.json", bytes)
      .catch(() => {});
    const [first, second] = asked;
    expect(asked).toHaveLength(2);
    expect(first).toMatchObject({ protocol: "https:", path: "/articles/a%20b.json" });
    expect(first?.hostname).toMatch(new RegExp(`^newsroom\\.s3\\.${region}\\.amazonaws\\.com`));
    expect(first?.hostname).toBe(second?.hostname);
    expect(first?.path).toBe(second?.path);
    const scope = (one: typeof first) => /Credential=[^,]+/.exec(one?.headers.authorization ?? "")?.[0];
    expect(scope(first)).toBe(scope(second));
  },
);

test("when the clock is wrong, the first try takes over what the SDK found", async () => {
  const { client, asked } = clientOfAws("eu-central-1");
  client.config.systemClockOffset = 3_600_000;
  await s3Store(connect(client), "newsroom")
    .head("x")
    .catch(() => {});
  const [, day = "", time = ""] = /^(\d{8})T(\d{6})Z$/.exec(asked[0]?.headers["x-amz-date"] ?? "") ?? [];
  const signedAt = Date.parse(
    `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}Z`,
  );
  expect(signedAt - Date.now()).toBeGreaterThan(3_500_000);
});

test("when requests to a bucket are signed in another way, the SDK makes them", async () => {
  const { client, asked } = clientOfAws("us-east-1");
  const sent = vi.spyOn(client, "send");
  // A directory bucket: the SDK first asks for a session.
  const store = s3Store(connect(client), "newsroom--use1-az4--x-s3");
  await store.head("x").catch(() => {});
  expect(sent).toHaveBeenCalled();
  expect(asked[0]).toMatchObject({ path: "/", query: { session: "" } });
});

test("when the first try fails, the SDK makes the same request", async () => {
  const client = clientOf(server.url);
  const { store, sent } = watched(client);
  server.refuse(1, 503, "SlowDown");
  const etag = await store.put("second", bytes, { contentType: "text/plain", cacheControl: "no-store" });
  expect(etag).toBe(store.etagOf(bytes));
  const [[command] = []] = sent.mock.calls;
  expect((command as PutObjectCommand).input).toMatchObject({ Key: "second", Body: bytes });
  expect(await store.head("second")).toMatchObject({ contentType: "text/plain", cacheControl: "no-store" });
});

import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { S3_ATTEMPTS } from "../../../src/store/limits.ts";
import { CONFLICT } from "../../../src/store/port.ts";
import { connect } from "../../../src/store/s3/connection.ts";
import { s3Store } from "../../../src/store/s3/store.ts";
import { clientOf } from "../../support/s3-client.ts";
import { type S3Server, startS3Server } from "../../support/s3-server.ts";

const bytes = Buffer.from("some text");
const condition = { ifNoneMatch: "*" } as const;

describe("when S3 has a bad day", () => {
  let server: S3Server;
  const store = () => s3Store(connect(clientOf(server.url)), "newsroom");
  beforeAll(async () => {
    server = await startS3Server({ buckets: ["newsroom"] });
  });
  afterAll(() => server.close());

  test("a put whose answer was lost and that the SDK tries again is a conflict, although it won", async () => {
    server.loseAnswers(1);
    expect(await store().put("lost", bytes, { condition })).toBe(CONFLICT);
    expect(Buffer.from((await store().get("lost"))?.body ?? "")).toEqual(bytes);
    expect(server.counts().get("PUT newsroom/lost")).toBe(2);
  });

  test("a put and a removal without a condition whose answers were lost are just done again", async () => {
    server.loseAnswers(1);
    expect(await store().put("plain", bytes)).toBe(store().etagOf(bytes));
    server.loseAnswers(1);
    await store().delete("plain");
    expect(await store().head("plain")).toBeUndefined();
  });

  test("a conflict has three faces: 412, 409, and 404 for a key that is gone", async () => {
    const faces: [number, string][] = [
      [412, "PreconditionFailed"],
      [409, "ConditionalRequestConflict"],
      [404, "NoSuchKey"],
    ];
    for (const [status, code] of faces) {
      server.refuse(2, status, code);
      expect(await store().put("faces", bytes, { condition: { ifMatch: '"x"' } })).toBe(CONFLICT);
    }
  });

  test("409 is no conflict for a put without a condition", async () => {
    server.refuse(2, 409, "OperationAborted");
    await expect(store().put("x", bytes)).rejects.toMatchObject({ cause: { name: "OperationAborted" } });
  });

  test("SlowDown and InternalError are tried again; what stays wrong is thrown", async () => {
    server.refuse(2, 503, "SlowDown");
    expect(await store().put("slow", bytes)).not.toBe(CONFLICT);
    server.refuse(2, 500, "InternalError");
    expect((await store().get("slow"))?.size).toBe(bytes.length);
    server.refuse(9, 503, "SlowDown");
    await expect(store().head("slow")).rejects.toMatchObject({ code: "unavailable" });
    server.refuse(0, 0, "");
  });

  test("403 is an error, never an object that is not there", async () => {
    server.refuse(2, 403, "AccessDenied");
    await expect(store().get("x")).rejects.toMatchObject({ cause: { name: "AccessDenied" } });
    server.refuse(2, 403, "AccessDenied");
    await expect(store().put("x", bytes, { condition })).rejects.toMatchObject({
      cause: { name: "AccessDenied" },
    });
  });

  test("a bucket that is not there is an error, never an empty one", async () => {
    const lost = s3Store(connect(clientOf(server.url)), "nowhere");
    const gone = { code: "storage", cause: { name: "NoSuchBucket" } };
    await expect(lost.get("x")).rejects.toMatchObject(gone);
    await expect(lost.put("x", bytes, { condition: { ifMatch: '"x"' } })).rejects.toMatchObject(gone);
    await expect(lost.delete("x")).rejects.toMatchObject(gone);
    const first = lost.list("")[Symbol.asyncIterator]();
    await expect(first.next()).rejects.toMatchObject(gone);
  });

  test("a body that breaks off is read again, and given up on in the end", async () => {
    await store().put("broken", bytes);
    server.breakBodies(3);
    expect(Buffer.from((await store().get("broken"))?.body ?? "")).toEqual(bytes);
    server.breakBodies(1 + S3_ATTEMPTS);
    await expect(store().get("broken")).rejects.toThrow();
    server.breakBodies(0);
  });

  test("a listing goes on after a page that had to be asked for twice", async () => {
    for (let i = 0; i < 2_500; i++) server.seed("newsroom", `pages/${i}`, "x");
    server.resetCounts();
    let n = 0;
    for await (const _ of store().list("pages/")) if (++n === 1_000) server.refuse(1, 503, "SlowDown");
    expect(n).toBe(2_500);
    expect(server.counts().get("LIST newsroom/pages/")).toBe(4);
  });

  test("objects carry the headers that they are served with", async () => {
    await store().put("served", bytes, { contentType: "application/rss+xml", cacheControl: "max-age=30" });
    const answer = await clientOf(server.url).send(
      new GetObjectCommand({ Bucket: "newsroom", Key: "served" }),
    );
    expect(answer).toMatchObject({ ContentType: "application/rss+xml", CacheControl: "max-age=30" });
  });
});

describe("when a request is wrong, the server of these tests is strict about", () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3Server();
  });
  afterAll(() => server.close());

  const putWith = (client: S3Client) =>
    client.send(new PutObjectCommand({ Bucket: "newsroom", Key: "x", Body: bytes }));
  type Sent = { request: { headers: Record<string, string> } };
  /** Clients that send another value of this header. */
  const changed = (name: string, value: string) => {
    const client = clientOf(server.url);
    const change =
      <A, B>(next: (args: A) => Promise<B>) =>
      (args: A) => {
        (args as Sent).request.headers[name] = value;
        return next(args);
      };
    const beforeSigning = () => client.middlewareStack.add(change, { step: "build", priority: "low" });
    const afterSigning = () =>
      client.middlewareStack.add(change, { step: "finalizeRequest", priority: "low" });
    return { client, beforeSigning, afterSigning };
  };

  test("secrets", async () => {
    const client = clientOf(server.url, { accessKeyId: "test", secretAccessKey: "wrong" });
    await expect(putWith(client)).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
    expect((await fetch(`${server.url}/newsroom/x`)).status).toBe(403);
  });

  test("what was signed", async () => {
    const other = changed("content-type", "text/html");
    other.afterSigning();
    await expect(putWith(other.client)).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
    const more = changed("if-match", '"x"');
    more.afterSigning();
    await expect(putWith(more.client)).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test("checksums", async () => {
    const wrong = changed("x-amz-checksum-crc32", "AAAAAA==");
    wrong.beforeSigning();
    await expect(putWith(wrong.client)).rejects.toMatchObject({ name: "BadDigest" });
  });
});

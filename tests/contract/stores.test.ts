import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fileStore } from "../../src/store/file.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { CONFLICT } from "../../src/store/port.ts";
import { s3Store } from "../../src/store/s3.ts";
import { type S3Server, startS3Server } from "../support/s3-server.ts";
import { describeContract } from "./contract.ts";

const clientOf = (endpoint: string) =>
  new S3Client({
    endpoint,
    forcePathStyle: true,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

describeContract("memory", async () => ({ store: new MemoryStore() }));

describeContract("file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "flashwire-store-"));
  const store = fileStore(folder);
  const close = () => {
    store.close();
    rmSync(folder, { recursive: true });
  };
  return { store, close };
});

describeContract("s3", async () => {
  const server = await startS3Server();
  const client = clientOf(server.url);
  const close = async () => {
    client.destroy();
    await server.close();
  };
  return { store: s3Store(client, "newsroom"), close };
});

describe("s3 on a bad day", () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3Server();
  });
  afterAll(() => server.close());
  const bytes = Buffer.from("x");

  test("a put whose answer was lost and that the SDK tries again is a conflict, although it won", async () => {
    const store = s3Store(clientOf(server.url), "b");
    server.loseAnswers(1);
    expect(await store.put("lost", bytes, { condition: { ifNoneMatch: "*" } })).toBe(CONFLICT);
    expect((await store.get("lost"))?.size).toBe(1);
  });

  test("409 ConditionalRequestConflict is a conflict", async () => {
    const store = s3Store(clientOf(server.url), "b");
    server.refuse(5, 409, "ConditionalRequestConflict");
    expect(await store.put("busy", bytes, { condition: { ifNoneMatch: "*" } })).toBe(CONFLICT);
    server.refuse(0, 0, "");
  });

  test("SlowDown is tried again; what stays wrong is thrown", async () => {
    const store = s3Store(clientOf(server.url), "b");
    server.refuse(1, 503, "SlowDown");
    expect(await store.put("slow", bytes)).not.toBe(CONFLICT);
    server.refuse(1, 403, "AccessDenied");
    await expect(store.put("slow", bytes)).rejects.toMatchObject({ name: "AccessDenied" });
    server.refuse(1, 404, "NoSuchBucket");
    await expect(store.get("slow")).rejects.toMatchObject({ name: "NoSuchBucket" });
  });
});

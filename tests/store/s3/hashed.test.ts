import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { s3Client } from "../../../src/store/s3/client.ts";
import { connect } from "../../../src/store/s3/connection.ts";
import { s3Store } from "../../../src/store/s3/store.ts";
import { S3_CERTIFICATE, type S3Server, startS3Server } from "../../support/s3-server.ts";
import { CREDENTIALS } from "../../support/s3-signature.ts";

const trusted = getCACertificates();
const servers: S3Server[] = [];
const started = async (isSecure: boolean) => {
  const server = await startS3Server({ isSecure });
  servers.push(server);
  return server.url;
};

beforeAll(() => {
  setDefaultCACertificates([...trusted, readFileSync(S3_CERTIFICATE, "utf8")]);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", CREDENTIALS.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", CREDENTIALS.secretAccessKey);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  setDefaultCACertificates(trusted);
  for (const server of servers) await server.close();
});

/** Writes and reads an object; answers the headers of the put as they were sent. */
async function sentHeaders(endpoint: string): Promise<Record<string, string>> {
  const client = s3Client(endpoint);
  let sent: Record<string, string> = {};
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = (request, options) => {
    if (request.method === "PUT") sent = request.headers;
    return handle(request, options);
  };
  const store = s3Store(connect(client), "newsroom");
  await store.put("articles/one.json", Buffer.from("some text"), { condition: { ifNoneMatch: "*" } });
  expect(Buffer.from((await store.get("articles/one.json"))?.body ?? "").toString()).toBe("some text");
  return sent;
}

test("when a body goes over TLS, it is not hashed for the signature, and S3 takes it", async () => {
  const headers = await sentHeaders(await started(true));
  expect(headers).toMatchObject({ "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "if-none-match": "*" });
  expect(Object.keys(headers).filter((name) => name.includes("checksum"))).toEqual([]);
});

test("when a body goes in the clear, its hash is signed", async () => {
  const headers = await sentHeaders(await started(false));
  expect(headers["x-amz-content-sha256"]).toMatch(/^[0-9a-f]{64}$/);
});

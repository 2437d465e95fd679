import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { CreateBucketCommand, ListBucketsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { connect } from "../../src/store/s3/connection.ts";
import { s3Store } from "../../src/store/s3/store.ts";
import { ROOT } from "../cli/support.ts";
import { keysOf } from "../contract/facts/fact.ts";
import { strippingProxy } from "../support/faulty-proxy.ts";
import { type Moto, startMoto } from "./server.ts";

/** Some 8,000 requests, one after the other, on a machine that may be busy. */
const FULL_MS = 900_000;

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto([]);
});
afterAll(() => moto.close());

/** Runs `npm run conformance` with the environment of somebody who has credentials for moto. */
async function conformance(args: string[], env: Record<string, string> = moto.env) {
  const { PATH = "" } = process.env;
  const options = { cwd: ROOT, env: { PATH, AWS_CONFIG_FILE: "/dev/null", ...env } };
  const child = spawn(process.execPath, ["tests/conformance/run.ts", ...args], options);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.on("close", resolve)),
  ]);
  const lines = stdout.split("\n");
  return { code, stdout, stderr, failing: lines.filter((line) => line.startsWith("FAILS")) };
}

const bucketNames = async () =>
  (await moto.client.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name) ?? [];

test(
  "when conformance runs on moto, only odd keys fail, which no wire needs, and no bucket is left",
  async () => {
    const { code, stdout, failing } = await conformance(["--endpoint", moto.endpoint]);
    expect({ code, end: stdout.trimEnd().split("\n").at(-1) }).toEqual({
      code: 0,
      end: "This S3 can carry a wire.",
    });
    // Its router does not match a key with a line feed; whether chance brings one is another matter.
    expect(failing.filter((line) => !line.includes("any text is a key"))).toEqual([
      "FAILS      optional  when a key is odd, it is an object of its own",
    ]);
    expect(stdout).toContain(String.raw`not kept: "hard/a\nb"`);
    expect(stdout).toMatch(/^time {7}a small PUT takes [\d.]+ ms, a small GET [\d.]+ ms/m);
    expect(await bucketNames()).toEqual([]);
  },
  FULL_MS,
);

test("when a bucket is given, what was in it stays, and nothing else is left in it", async () => {
  await moto.client.send(new CreateBucketCommand({ Bucket: "mine" }));
  await moto.client.send(new PutObjectCommand({ Bucket: "mine", Key: "read/x", Body: "mine" }));
  const { code, stdout } = await conformance([
    ...["--endpoint", moto.endpoint, "--bucket", "mine"],
    ...["--only", "versions", "--only", "an object", "--only", "small pages"],
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain("not tried  optional  when a bucket keeps versions");
  const store = s3Store(connect(moto.client), "mine");
  expect(await keysOf(store, "")).toEqual(["read/x"]);
  expect(Buffer.from((await store.get("read/x"))?.body ?? []).toString()).toBe("mine");
  expect(await bucketNames()).toEqual(["mine"]);
});

test("when a server ignores conditions, conformance says what a wire loses, and exits with 1", async () => {
  const proxy = await strippingProxy(moto.endpoint, ["if-match", "if-none-match"]);
  onTestFinished(proxy.close);
  const { code, stdout, failing } = await conformance([
    "--endpoint",
    proxy.url,
    "--only",
    "condition",
    "--only",
    "twenty",
    "--only",
    "an ETag",
  ]);
  expect(code).toBe(1);
  expect(stdout).toContain("This S3 cannot carry a wire.");
  for (const what of ["when a put has a condition", "when a delete names an ETag", "when twenty writers"])
    expect(failing.join("\n")).toContain(what);
  expect(stdout).toContain("without it: Two writers at once undo each other's work");
});

test.each([
  ["no region is set", {}, /no region is set\. Set AWS_REGION/],
  ["nobody listens there", { AWS_REGION: "us-east-1" }, /S3 at http:\/\/127\.0\.0\.1:9 .*does not answer/],
])("when %s, conformance says so, and exits with 2", async (_, env, message) => {
  const keys = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
  const { code, stderr } = await conformance(["--endpoint", "http://127.0.0.1:9"], { ...keys, ...env });
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

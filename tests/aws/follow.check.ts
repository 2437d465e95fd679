import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../../src/store/s3/connection.ts";
import { s3Store } from "../../src/store/s3/store.ts";
import { type FakeWordPress, startFakeWordPress } from "../support/fake-wordpress.ts";
import * as account from "./account.ts";
import { NEWSROOM } from "./deployed.ts";
import { DOMAIN, packageInto } from "./deployment.ts";
import { type Gate, startGate } from "./gate.ts";
import { guardOf } from "./guard.ts";
import { type LambdaProcess, startFunction } from "./runtime.ts";
import { textOf } from "./stories.ts";
import { type Moto, run, startMoto, tools } from "./tools.ts";

/* The function that follows sources, as it is packaged, with the rights of its role, before a website. */

const STATE = "sources/cms/state.json";
const LONG_AGO = "2026-01-01T00:00:00.000Z";
const folder = mkdtempSync(join(tmpdir(), "flashwire-follow-"));
const store = () => s3Store(connect(new account.S3Client({})), NEWSROOM);
let website: FakeWordPress;
let moto: Moto;
let gate: Gate;
let follow: LambdaProcess;

beforeAll(async () => {
  website = await startFakeWordPress([]);
  for (const id of [1, 2, 3]) {
    const date = `2026-03-01T12:0${id}:00.000Z`;
    website.posts.set(id, {
      id,
      title: `Story ${id}`,
      content: `<p>Words of ${id}.</p>`,
      date,
      modified: date,
    });
  }
  moto = await startMoto();
  gate = await startGate(moto.url);
  const env = { AWS_ENDPOINT_URL: moto.url, AWS_SECRET_ACCESS_KEY: "test", AWS_REGION: "us-east-1" };
  Object.assign(process.env, env, { AWS_ACCESS_KEY_ID: "test" });
  await account.makeBucket(NEWSROOM);
  const source = { name: "cms", kind: "wordpress", url: website.url, private: true };
  const template = packageInto(join(folder, "package"), DOMAIN, { sources: [source] });
  gate.guard = guardOf(template);
  const { Handler, Timeout, MemorySize, Environment } = template.Resources.FollowLambdaFunction.Properties;
  run("python3", ["-m", "zipfile", "-e", join(folder, "package", "follow.zip"), join(folder, "follow")]);
  follow = await startFunction({
    folder: join(folder, "follow"),
    handler: Handler,
    modules: tools(),
    name: "flashwire-dev-follow",
    timeout: Timeout,
    memory: MemorySize,
    env: {
      ...env,
      AWS_ENDPOINT_URL_S3: gate.url,
      AWS_ACCESS_KEY_ID: "follow",
      FLASHWIRE_NEWSROOM: NEWSROOM,
      FLASHWIRE_SITE: "site",
      FLASHWIRE_PUBLIC_URL: "https://wire.test",
      POWERTOOLS_METRICS_NAMESPACE: Environment.Variables.POWERTOOLS_METRICS_NAMESPACE,
    },
  });
});

afterAll(async () => {
  await follow?.stop();
  gate?.stop();
  moto?.stop();
  website?.close();
  rmSync(folder, { recursive: true, force: true });
});

const recordOf = async (id: string) => JSON.parse(textOf(await store().get(`articles/${id}.json`)));

/** The next call finds the source due, with these fields of its state changed. */
async function letItBeDue(fields: object = {}): Promise<void> {
  const state = JSON.parse(textOf(await store().get(STATE)));
  await store().put(STATE, Buffer.from(JSON.stringify({ ...state, ...fields, next: LONG_AGO })));
}

// It has the door, and the readers of feeds and websites.
test("the zip of the function that follows sources is below 224 KB", () => {
  expect(statSync(join(folder, "package", "follow.zip")).size).toBeLessThan(224 * 1_024);
});

test("when a source has articles, the function takes them in, and says that all is well", async () => {
  expect(await follow.invoke({})).toMatchObject({ ok: true });
  for (const id of [1, 2, 3])
    expect(await recordOf(`wp-${id}`)).toMatchObject({ article: { headline: `Story ${id}` } });
  expect(follow.output()).toContain('"SourceFaults":0');
});

test("when a source has called an article gone for long enough, the function withdraws it", async () => {
  website.posts.delete(2);
  await letItBeDue();
  await follow.invoke({});
  const { suspects } = JSON.parse(textOf(await store().get(STATE)));
  const [key = ""] = Object.keys(suspects);
  await letItBeDue({ suspects: { [key]: LONG_AGO } });
  await follow.invoke({});
  expect(await recordOf("wp-2")).toMatchObject({ article: { status: "withdrawn" } });
  expect(await recordOf("wp-1")).toMatchObject({ article: { status: "published" } });
});

test("the function has asked S3 for nothing that its role does not grant or a bucket denies", () => {
  expect(gate.guard?.refusedToFunctions).toEqual([]);
});

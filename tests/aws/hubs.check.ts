import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetQueueAttributesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStack } from "../../src/aws/operator.ts";
import * as account from "./account.ts";
import { DOMAIN, deploy, packageInto, STACK, switchOffMappings, type Template } from "./deployment.ts";
import { type LambdaProcess, startFunction } from "./runtime.ts";
import { type Moto, run, startMoto, tools } from "./tools.ts";

/*
 * A wire whose site file names a hub, deployed to the look-alike of AWS. There is no such hub: the function asks a real
 * resolver, is told that there is none, and has to keep what it could not tell.
 */

const HUB = "https://hub.invalid/";
const KEY = "feeds/all/rss.xml";
const folder = mkdtempSync(join(tmpdir(), "flashwire-hubs-"));
let moto: Moto;
let template: Template;
let hubs: LambdaProcess;
let sqs: account.SQSClient;
let queue: string;

beforeAll(async () => {
  moto = await startMoto();
  const env = {
    AWS_ENDPOINT_URL: moto.url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
  };
  Object.assign(process.env, env);
  template = packageInto(join(folder, "package"), { ...DOMAIN, documentEvents: true }, { hubs: [HUB] });
  deploy(join(folder, "package"), env);
  await switchOffMappings(moto.url);
  run("python3", ["-m", "zipfile", "-e", join(folder, "package", "hubs.zip"), join(folder, "hubs")]);
  sqs = new account.SQSClient({ useQueueUrlAsEndpoint: false });
  const { Handler, Timeout, MemorySize, Environment } = template.Resources.HubsLambdaFunction.Properties;
  const { outputsOf } = await import("../../src/aws/stack.ts");
  queue = (await outputsOf(STACK)).HubsQueueUrl as string;
  const names = Object.keys(Environment.Variables).filter((name) => name.startsWith("FLASHWIRE_"));
  const values: Record<string, string> = {
    FLASHWIRE_PUBLIC_URL: "https://wire.test",
    FLASHWIRE_HUBS_QUEUE: queue,
  };
  hubs = await startFunction({
    folder: join(folder, "hubs"),
    handler: Handler,
    modules: tools(),
    name: "flashwire-dev-hubs",
    timeout: Timeout,
    memory: MemorySize,
    env: { ...env, ...Object.fromEntries(names.map((name) => [name, values[name] ?? "unused"])) },
  });
});

afterAll(async () => {
  await hubs?.stop();
  moto?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What waits or is held back, and for how long messages are held back by default. */
async function stateOfQueue() {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: ["All"] }),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
    delay: Attributes.DelaySeconds,
  };
}

const send = (body: object) =>
  sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: JSON.stringify(body), DelaySeconds: 0 }));

test("when a hub is not there, its documents go back into the queue for this hub, held back", async () => {
  expect(await stateOfQueue()).toEqual({ waiting: 0, delayed: 0, delay: "20" });
  await send({ keys: [KEY] });
  expect(await account.pollOnce(sqs, queue, hubs, 100)).toEqual({ messages: 1, failed: 0 });
  expect(hubs.output()).toMatch(/hub\.failed.*The host of https:\/\/hub\.invalid\/ is not found/);
  expect(await stateOfQueue()).toMatchObject({ waiting: 0, delayed: 1 });
});

test("when S3 has just written a document, it is held back until the CDN has the new one", async () => {
  const { delayed } = await stateOfQueue();
  await send(JSON.parse(account.s3Event("site", KEY)));
  expect(await account.pollOnce(sqs, queue, hubs, 100)).toEqual({ messages: 1, failed: 0 });
  expect((await stateOfQueue()).delayed).toBe(delayed + 1);
});

test("when the message of one hub fails, it comes again", async () => {
  await send({ hub: HUB, keys: [KEY] });
  expect(await account.pollOnce(sqs, queue, hubs, 100)).toEqual({ messages: 1, failed: 1 });
});

test("when the site file names hubs, the operator sees their queue, and can put its dead letters back", async () => {
  const stack = await openStack(STACK, `${join(folder, "package")}.config.mjs`);
  expect(Object.keys(await stack.depths())).toEqual(["publish", "inbox", "hubs"]);
  expect(await stack.replay("hubs")).toBe(0);
  await stack.close();
});

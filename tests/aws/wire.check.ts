import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import siteFile from "../../flashwire.config.ts";
import { replayDeadLetters } from "../../src/aws/queues.ts";
import { outputsOf } from "../../src/aws/stack.ts";
import { createServices, type Services } from "../../src/services.ts";
import { resolveSite } from "../../src/site.ts";
import { s3Store } from "../../src/store/s3.ts";
import { createToken } from "../../src/tokens.ts";
import { expectTruth } from "../support/compare-sites.ts";
import * as account from "./account.ts";
import { deploy, packageInto, remove, switchOffMappings, type Template, toldOf } from "./deployment.ts";
import { type LambdaProcess, startFunction } from "./runtime.ts";
import { startThrottle } from "./throttle.ts";
import { type Moto, run, startMoto, tools } from "./tools.ts";

/*
 * The wire as it is deployed: the packaged template into a look-alike of AWS, the packaged zips under the runtime
 * client of Lambda. The look-alike applies no notifications and runs no functions: both are played here, by the book.
 */

const NEWSROOM = "flashwire-dev-newsroom-123456789012-us-east-1";
const SITE = "flashwire-dev-site-123456789012-us-east-1";
const FUNCTIONS = ["ingest", "drop", "publish", "sweep"] as const;

const folder = mkdtempSync(join(tmpdir(), "flashwire-aws-"));
let moto: Moto;
let throttle: Awaited<ReturnType<typeof startThrottle>>;
let template: Template;
let modules: string;
let mappings: Awaited<ReturnType<typeof switchOffMappings>>;
let env: Record<string, string>;
let outputs: Record<string, string>;
let services: Services;
let token: string;
let s3: account.S3Client;
let sqs: account.SQSClient;
const running: LambdaProcess[] = [];

beforeAll(async () => {
  modules = tools();
  moto = await startMoto();
  throttle = await startThrottle(moto.url);
  env = {
    AWS_ENDPOINT_URL: moto.url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
  };
  Object.assign(process.env, env);
  template = packageInto(join(folder, "package"));
  deploy(join(folder, "package"), env);
  mappings = await switchOffMappings(moto.url);
  for (const name of FUNCTIONS) {
    run("python3", ["-m", "zipfile", "-e", join(folder, "package", `${name}.zip`), join(folder, name)]);
  }
  outputs = await outputsOf("flashwire-dev");
  // The look-alike gives queues addresses at amazonaws.com.
  for (const [name, value] of Object.entries(outputs)) {
    outputs[name] = value.replace(/^https:\/\/[^/]*amazonaws\.com(?=\/\d+\/)/, moto.url);
  }
  s3 = new account.S3Client({});
  sqs = new account.SQSClient({});
  services = createServices({
    site: resolveSite(siteFile, "https://wire.test"),
    stores: { newsroom: s3Store(s3, NEWSROOM), site: s3Store(s3, SITE) },
    log: () => {},
  });
  token = await createToken(services, "cms");
});

afterAll(async () => {
  for (const process of running) await process.stop();
  throttle?.stop();
  moto?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function lambda(
  name: (typeof FUNCTIONS)[number],
  more: Record<string, string> = {},
): Promise<LambdaProcess> {
  const { Environment, Handler, Timeout } =
    template.Resources[`${name[0]?.toUpperCase()}${name.slice(1)}LambdaFunction`].Properties;
  const { POWERTOOLS_METRICS_NAMESPACE } = Environment.Variables;
  const process = await startFunction({
    folder: join(folder, name),
    handler: Handler,
    modules,
    name: `flashwire-dev-${name}`,
    timeout: Timeout,
    env: {
      ...env,
      AWS_ENDPOINT_URL_S3: throttle.url,
      FLASHWIRE_NEWSROOM: NEWSROOM,
      FLASHWIRE_SITE: SITE,
      FLASHWIRE_PUBLIC_URL: "https://wire.test",
      POWERTOOLS_METRICS_NAMESPACE,
      ...more,
    },
  });
  running.push(process);
  return process;
}

/** What S3 would do after a write of this key: tell the queues that the template names. */
async function notify(key: string): Promise<void> {
  for (const queue of toldOf(template, key)) {
    await account.send(sqs, outputs[`${queue}Url`] as string, account.s3Event(NEWSROOM, key));
  }
}

async function drain(worker: LambdaProcess): Promise<void> {
  for (;;) {
    const { messages } = await account.pollOnce(sqs, outputs.PublishQueueUrl as string, worker, 100);
    if (messages === 0) return;
  }
}

function article(id: string, fields: Record<string, unknown> = {}) {
  return {
    url: `https://news.example.org/${id}`,
    headline: `Headline of ${id}`,
    body: `<p>${"Words of the story. ".repeat(50)}</p>`,
    section: "World",
    published: "2026-03-01T12:00:00Z",
    ...fields,
    id,
  };
}

async function put(worker: LambdaProcess, record: ReturnType<typeof article>) {
  const answer = await worker.invoke(account.httpRequest("PUT", `/articles/${record.id}`, token, record));
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  const { statusCode, body } = answer.result as { statusCode: number; body: string };
  return { status: statusCode, body: JSON.parse(body) };
}

async function document(feed: string, file = "feed.json"): Promise<string> {
  const found = await services.stores.site.get(`feeds/${feed}/${file}`);
  return Buffer.from(found?.body ?? []).toString();
}

describe("the deployed wire", () => {
  test("every zip is below 200 KB", () => {
    for (const name of FUNCTIONS)
      expect(statSync(join(folder, "package", `${name}.zip`)).size).toBeLessThan(200 * 1_024);
  });

  test("each queue has its function, which says which messages failed", () => {
    const found = mappings.map(({ EventSourceArn, BatchSize, FunctionResponseTypes }) => ({
      queue: /-(\w+)-\w+$/.exec(EventSourceArn)?.[1],
      BatchSize,
      FunctionResponseTypes,
    }));
    const FunctionResponseTypes = ["ReportBatchItemFailures"];
    expect(found).toContainEqual({ queue: "PublishQueue", BatchSize: 100, FunctionResponseTypes });
    expect(found).toContainEqual({ queue: "DropQueue", BatchSize: 1, FunctionResponseTypes });
  });

  test("the first sweep makes the feeds of the site file, empty", async () => {
    const sweep = await lambda("sweep");
    expect(await sweep.invoke({})).toMatchObject({ ok: true, result: { repaired: [] } });
    expect(sweep.output()).toContain('"Sweeps":1');
    await expectTruth(services.site, services.stores);
  });

  test("a request becomes a record, the record an event, the event documents", async () => {
    const [ingest, publish] = await Promise.all([lambda("ingest"), lambda("publish")]);
    expect(await put(ingest, article("first"))).toMatchObject({ status: 201, body: { result: "created" } });
    expect(await document("all")).not.toContain("Headline of first");
    await notify("articles/first.json");
    await account.send(sqs, outputs.PublishQueueUrl as string, account.S3_TEST_EVENT);
    await drain(publish);
    for (const file of ["rss.xml", "atom.xml", "feed.json"]) {
      expect(await document("section/world", file)).toContain("Headline of first");
    }
    await expectTruth(services.site, services.stores);
    expect(publish.output()).toContain('"PublishLatency"');
    expect(publish.output() + ingest.output()).not.toMatch(/Words of the story|fw_/);
  });

  test("breaking news is in the documents when the request is answered", async () => {
    const ingest = await lambda("ingest");
    expect(await put(ingest, article("flash", { breaking: { level: "flash" } }))).toMatchObject({
      status: 201,
    });
    expect(await document("breaking")).toContain("Headline of flash");
  });

  test("no token, a wrong record and a stale one are refused, and counted by reason", async () => {
    const ingest = await lambda("ingest");
    const answer = await ingest.invoke(account.httpRequest("PUT", "/articles/x", "wrong", article("x")));
    expect(answer).toMatchObject({ ok: true, result: { statusCode: 401 } });
    expect(await put(ingest, article("x", { headline: 1 }))).toMatchObject({ status: 422 });
    expect(await put(ingest, article("first", { published: "2025-01-01T00:00:00Z" }))).toMatchObject({
      status: 409,
    });
    for (const reason of ["unauthorized", "invalid", "stale"])
      expect(ingest.output()).toContain(`"reason":"${reason}"`);
  });

  test("a poison message fails alone, ends with the dead letters, and replay brings it back", async () => {
    const publish = await lambda("publish");
    const ingest = await lambda("ingest");
    const queue = outputs.PublishQueueUrl as string;
    const dead = outputs.PublishDeadLettersUrl as string;
    await services.stores.newsroom.put("articles/poison.json", Buffer.from("{ no record"));
    await put(ingest, article("healthy"));
    await notify("articles/poison.json");
    await notify("articles/healthy.json");
    expect(await account.pollOnce(sqs, queue, publish, 100)).toEqual({ messages: 2, failed: 1 });
    expect(await document("all")).toContain("Headline of healthy");
    for (let i = 0; i < 8; i++) await account.pollOnce(sqs, queue, publish, 100);
    expect(await account.depth(sqs, dead)).toBe(1);
    expect(await account.depth(sqs, queue)).toBe(0);

    await services.stores.newsroom.delete("articles/poison.json");
    await put(ingest, article("poison"));
    expect(await replayDeadLetters(sqs, dead, queue)).toBe(1);
    await drain(publish);
    expect(await document("all")).toContain("Headline of poison");
    expect(await account.depth(sqs, dead)).toBe(0);
    await expectTruth(services.site, services.stores);
  });

  test("a feed that cannot be written brings back only the messages that touch it", async () => {
    const [ingest, publish] = [await lambda("ingest"), await lambda("publish")];
    const queue = outputs.PublishQueueUrl as string;
    const broken = "windows/section/broken.json";
    await services.stores.newsroom.put(broken, Buffer.from("{ no window"));
    await put(ingest, article("touches", { section: "Broken" }));
    await put(ingest, article("touches-not", { section: "Sport" }));
    await notify("articles/touches.json");
    await notify("articles/touches-not.json");
    expect(await account.pollOnce(sqs, queue, publish, 100)).toEqual({ messages: 2, failed: 1 });
    await services.stores.newsroom.delete(broken);
    await drain(publish);
    expect(await document("section/broken")).toContain("Headline of touches");
    await expectTruth(services.site, services.stores);
  });

  test("crashes in the middle, duplicate events, slow-downs and two publishers at once end in the truth", async () => {
    const ingest = await lambda("ingest");
    const publishers = [await lambda("publish"), await lambda("publish")];
    const queue = outputs.PublishQueueUrl as string;
    for (let i = 0; i < 30; i++) {
      const id = `busy-${i % 12}`;
      const answer = await put(
        ingest,
        article(id, {
          revision: i,
          section: ["World", "Sport"][i % 2],
          updated: `2026-03-02T12:00:${String(i).padStart(2, "0")}Z`,
        }),
      );
      expect(answer.status).toBeLessThan(300);
      await notify(`articles/${id}.json`);
      if (i % 3 === 0) await notify(`articles/${id}.json`);
    }
    for (let round = 0; round < 4; round++) {
      throttle.slowDown(round);
      const polls = publishers.map((publisher) => account.pollOnce(sqs, queue, publisher, 8));
      setTimeout(() => publishers[round % 2]?.crash(), 30 + 60 * round);
      await Promise.all(polls);
    }
    for (;;) {
      const polls = await Promise.all(
        publishers.map((publisher) => account.pollOnce(sqs, queue, publisher, 8)),
      );
      if (polls.every(({ messages }) => messages === 0)) break;
    }
    await expectTruth(services.site, services.stores);
  });

  test("the operator's commands work on the deployed wire", async () => {
    const flashwire = (...args: string[]) =>
      run("node", ["src/cli/main.ts", ...args, "--stack", "flashwire-dev"], { env });
    const secret = flashwire("token", "create", "desk", "--expires", "2999-01-01").trim();
    // Each time in a fresh process: a warm one believes what it read for a minute.
    const ask = async () =>
      (await lambda("ingest")).invoke(account.httpRequest("GET", "/articles/first", secret));
    expect(await ask()).toMatchObject({ ok: true, result: { statusCode: 200 } });
    expect(flashwire("token", "list")).toMatch(/desk .*works until 2999-01-01/);
    flashwire("token", "revoke", "desk");
    expect(await ask()).toMatchObject({ ok: true, result: { statusCode: 401 } });
    expect(JSON.parse(flashwire("status", "--json"))).toMatchObject({
      url: "https://wire.test",
      queues: { publish: { waiting: 0, dead: 0 }, drop: { waiting: 0, dead: 0 } },
      sweeps: { last: { documents: 0, repaired: [], failed: [] } },
      underfilled: [],
      problems: [],
    });
    expect(flashwire("replay")).toContain("0 messages");
    expect(flashwire("rebuild", "section/world")).toContain("1 feed made");
    await expectTruth(services.site, services.stores);
  });

  test("a dropped file is taken in, its result beside it", async () => {
    const [drop, publish] = [await lambda("drop"), await lambda("publish")];
    const lines = [article("dropped-1"), article("dropped-2"), { id: "dropped-3" }].map((record) =>
      JSON.stringify(record),
    );
    await services.stores.newsroom.put("inbox/spring 2026+.ndjson", Buffer.from(lines.join("\n")));
    await notify("inbox/spring 2026+.ndjson");
    expect(await account.pollOnce(sqs, outputs.DropQueueUrl as string, drop, 1)).toEqual({
      messages: 1,
      failed: 0,
    });
    const result = await services.stores.newsroom.get("inbox/spring 2026+.ndjson.result");
    expect(JSON.parse(Buffer.from(result?.body ?? []).toString())).toMatchObject({
      accepted: 2,
      refused: 1,
      refusals: [{ line: 3, id: "dropped-3" }],
    });
    await notify("articles/dropped-1.json");
    await notify("articles/dropped-2.json");
    await drain(publish);
    expect(await document("all")).toContain("Headline of dropped-2");
  });

  test("a later sweep leaves documents that are right as they are", async () => {
    const sweep = await lambda("sweep");
    const answer = await sweep.invoke({});
    expect(answer, JSON.stringify(answer)).toMatchObject({ ok: true, result: { repaired: [], filled: [] } });
    await expectTruth(services.site, services.stores);
  });

  test("warm, an article costs few milliseconds of CPU", async () => {
    const [ingest, publish] = [await lambda("ingest"), await lambda("publish")];
    const one = async (i: number) => {
      await put(ingest, article(`cpu-${i}`, { section: `Cpu` }));
      await notify(`articles/cpu-${i}.json`);
    };
    const batch = async (from: number, to: number) => {
      for (let i = from; i < to; i++) await one(i);
      await drain(publish);
    };
    await batch(0, 50);
    const before = { ingest: ingest.cpu(), publish: publish.cpu() };
    await batch(50, 150);
    const each = {
      ingest: (ingest.cpu() - before.ingest) / 100,
      publish: (publish.cpu() - before.publish) / 100,
    };
    console.log(
      `CPU an article, warm: ingest ${each.ingest.toFixed(1)} ms, publish ${each.publish.toFixed(1)} ms`,
    );
    expect(each.ingest).toBeLessThan(50);
  });

  test("a deployment that changes nothing, one that changes something, and removal", async () => {
    const again = join(folder, "again");
    packageInto(again);
    deploy(again, env);
    const changed = packageInto(join(folder, "changed"), [
      "--stage",
      "dev",
      "--param",
      "alarmEmail=desk@example.org",
      "--param",
      "domain=wire.test",
      "--param",
      "certificate=arn:aws:acm:us-east-1:123456789012:certificate/x",
    ]);
    expect(changed.Resources.AlarmEmail.Properties.Endpoint).toBe("desk@example.org");
    deploy(join(folder, "changed"), env);
    remove(env);
    await expect(outputsOf("flashwire-dev")).rejects.toThrow();
    // The records outlive the stack.
    expect(await services.stores.newsroom.get("articles/first.json")).toBeDefined();
  });
});

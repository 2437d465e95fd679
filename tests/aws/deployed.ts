import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import siteFile from "../../flashwire.config.ts";
import { outputsOf } from "../../src/aws/stack.ts";
import { resolveSite } from "../../src/config/site-file.ts";
import { createToken } from "../../src/repository/tokens.ts";
import { createServices, type Services } from "../../src/services.ts";
import { connect } from "../../src/store/s3/connection.ts";
import { s3Store } from "../../src/store/s3/store.ts";
import * as account from "./account.ts";
import { resolved } from "./cloudfront/secrets.ts";
import { deploy, packageInto, STACK, switchOffMappings, type Template, toldOf } from "./deployment.ts";
import { type Gate, startGate } from "./gate.ts";
import { guardOf, type Person } from "./guard.ts";
import { type LambdaProcess, startFunction } from "./runtime.ts";
import { run, startMoto, tools } from "./tools.ts";

export const NEWSROOM = "flashwire-dev-newsroom-123456789012-us-east-1";
export const SITE = "flashwire-dev-site-123456789012-us-east-1";
export const ORIGIN = "https://wire.test";
export const FUNCTIONS = ["ingest", "drop", "publish", "sweep"] as const;

export type FunctionName = (typeof FUNCTIONS)[number];

/** The wire as it was deployed to the look-alike, and hands to move it with. */
export type Wire = {
  /** The package, each function's zip unpacked beside it, and room for more. */
  folder: string;
  url: string;
  env: Record<string, string>;
  template: Template;
  mappings: Awaited<ReturnType<typeof switchOffMappings>>;
  outputs: Record<string, string>;
  services: Services;
  sqs: account.SQSClient;
  gate: Gate;
  token: string;
  /** A fresh process of a function, as the template configures it. */
  lambda(
    name: FunctionName,
    more?: { env?: Record<string, string>; timeout?: number },
  ): Promise<LambdaProcess>;
  /** The environment of a person at a terminal, whom S3 lets do what the policies of the template let them do. */
  person(id: Person): Record<string, string>;
  /** What S3 would do after a write of this key: tell the queues that the template names. */
  notify(key: string, bucket?: string): Promise<void>;
  /** Publishes until the queue is empty. */
  drain(publish: LambdaProcess): Promise<void>;
  stop(): Promise<void>;
};

/** Only the function that the CDN asks has secrets. */
function secretsOf(template: Template, { FLASHWIRE_ORIGIN_SECRETS: value }: Record<string, unknown>) {
  return value === undefined ? {} : { FLASHWIRE_ORIGIN_SECRETS: resolved(template, value) };
}

export async function deployWire(): Promise<Wire> {
  const folder = mkdtempSync(join(tmpdir(), "flashwire-aws-"));
  const modules = tools();
  const moto = await startMoto();
  const gate = await startGate(moto.url);
  const env = {
    AWS_ENDPOINT_URL: moto.url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
  };
  Object.assign(process.env, env);
  const template = packageInto(join(folder, "package"));
  gate.guard = guardOf(template);
  const through = (id: FunctionName | Person) => ({
    AWS_ENDPOINT_URL_S3: gate.url,
    AWS_ACCESS_KEY_ID: id as string,
  });
  deploy(join(folder, "package"), env);
  const mappings = await switchOffMappings(moto.url);
  for (const name of FUNCTIONS) {
    run("python3", ["-m", "zipfile", "-e", join(folder, "package", `${name}.zip`), join(folder, name)]);
  }
  const outputs = await outputsOf(STACK);
  // The look-alike gives queues addresses at amazonaws.com.
  for (const [name, value] of Object.entries(outputs)) {
    outputs[name] = value.replace(/^https:\/\/[^/]*amazonaws\.com(?=\/\d+\/)/, moto.url);
  }
  const s3 = new account.S3Client({});
  const sqs = new account.SQSClient({});
  const stores = { newsroom: s3Store(connect(s3), NEWSROOM), published: s3Store(connect(s3), SITE) };
  const services = createServices({ site: resolveSite(siteFile, ORIGIN), stores, log: () => {} });
  const token = await createToken(services, "cms");
  const running: LambdaProcess[] = [];

  const lambda: Wire["lambda"] = async (name, more = {}) => {
    const resource = `${name[0]?.toUpperCase()}${name.slice(1)}LambdaFunction`;
    const { Environment, Handler, Timeout, MemorySize } = template.Resources[resource].Properties;
    const started = await startFunction({
      folder: join(folder, name),
      handler: Handler,
      modules,
      name: `flashwire-dev-${name}`,
      timeout: more.timeout ?? Timeout,
      memory: MemorySize,
      env: {
        ...env,
        ...through(name),
        FLASHWIRE_NEWSROOM: NEWSROOM,
        FLASHWIRE_SITE: SITE,
        FLASHWIRE_PUBLIC_URL: ORIGIN,
        POWERTOOLS_METRICS_NAMESPACE: Environment.Variables.POWERTOOLS_METRICS_NAMESPACE,
        ...secretsOf(template, Environment.Variables),
        ...more.env,
      },
    });
    running.push(started);
    return started;
  };
  return {
    folder,
    url: moto.url,
    env,
    template,
    mappings,
    outputs,
    services,
    sqs,
    gate,
    token,
    lambda,
    person: (id) => ({ ...env, ...through(id) }),
    async notify(key, bucket = NEWSROOM) {
      for (const queue of toldOf(template, key)) {
        await account.send(sqs, outputs[`${queue}Url`] as string, account.s3Event(bucket, key));
      }
    },
    async drain(publish) {
      while ((await account.pollOnce(sqs, outputs.PublishQueueUrl as string, publish, 100)).messages > 0);
    },
    async stop() {
      for (const process of running) await process.stop();
      gate.stop();
      moto.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

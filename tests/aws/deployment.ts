import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  GetTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import shipped from "../../flashwire.config.ts";
import { ROOT, run, runBeside } from "./tools.ts";

// biome-ignore lint/suspicious/noExplicitAny: a template is any JSON
type Json = any;

export type Template = { Resources: Record<string, Json>; Outputs: Record<string, Json> };

/** What `osls deploy` makes without further options. */
export const STACK = "flashwire-dev";

const TEMPLATE = "cloudformation-template-update-stack.json";
/** The look-alike knows no CloudFront: with a domain the template asks the distribution for nothing but one output. */
export const DOMAIN = {
  domain: "wire.test",
  certificate: "arn:aws:acm:us-east-1:123456789012:certificate/x",
};

/** Packages the wire as it is in this checkout into `folder`, with these settings for AWS, and other fields, in its site file. */
export function packageInto(folder: string, settings: object = DOMAIN, fields: object = {}): Template {
  const env = { FLASHWIRE_CONFIG: siteFileWith(folder, { ...fields, aws: settings }) };
  run("osls", ["package", "--package", folder, "--region", "us-east-1"], { env: { ...process.env, ...env } });
  return JSON.parse(readFileSync(join(folder, TEMPLATE), "utf8"));
}

/** The site file of this checkout with other fields, beside `folder`. */
function siteFileWith(folder: string, fields: object): string {
  const path = `${folder}.config.mjs`;
  writeFileSync(path, `export default ${JSON.stringify({ ...shipped, ...fields })};\n`);
  return path;
}

/** What the command `doctor` says of the stage dev with the site file of a package, and its exit code. */
export async function doctor(
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<{ lines: string[]; code: number }> {
  const options = { cwd: ROOT, env: { ...process.env, ...env, FLASHWIRE_CONFIG: `${folder}.config.mjs` } };
  const told = await promisify(execFile)(process.execPath, ["src/cli/main.mjs", "doctor"], options).then(
    ({ stdout }) => ({ stdout, code: 0 }),
    ({ stdout, stderr, code }) => ({ stdout: stdout + stderr, code }),
  );
  return { lines: told.stdout.trim().split("\n"), code: told.code };
}

export function deploy(folder: string, env: NodeJS.ProcessEnv): string {
  adapt(folder);
  return osls(["deploy", "--package", folder], env);
}

function adapt(folder: string): void {
  forLookAlike(join(folder, TEMPLATE), (json) => json);
  forLookAlike(
    join(folder, "serverless-state.json"),
    (json) => json.service.provider.compiledCloudFormationTemplate,
  );
}

/** The same while this process answers for AWS. */
export function deployBeside(folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  adapt(folder);
  const both = ["-c", 'exec "$0" "$@" 2>&1', "osls", "deploy", "--package", folder, "--region", "us-east-1"];
  return runBeside("sh", both, env);
}

export const remove = (env: NodeJS.ProcessEnv) => osls(["remove"], env);

function osls(args: string[], env: NodeJS.ProcessEnv): string {
  // It says what it does on standard error.
  const both = ["-c", 'exec "$0" "$@" 2>&1', "osls"];
  return run("sh", [...both, ...args, "--region", "us-east-1"], { env });
}

function forLookAlike(path: string, template: (json: Json) => Template): void {
  const json = JSON.parse(readFileSync(path, "utf8"));
  delete template(json).Outputs.CdnDomain;
  writeFileSync(path, JSON.stringify(json));
}

/** What of a deployment a deployment could change: template, resources, configuration and code of the functions, mappings. */
export async function snapshotOf(url: string): Promise<Record<string, Json>> {
  const client = new CloudFormationClient({});
  const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: STACK }));
  const described = await client.send(new DescribeStackResourcesCommand({ StackName: STACK }));
  const resources = described.StackResources?.map((resource) => [
    resource.LogicalResourceId,
    resource.PhysicalResourceId,
    resource.ResourceStatus,
  ]);
  const { Functions } = await lambdaApi(url, "functions/");
  const { EventSourceMappings } = await lambdaApi(url, "event-source-mappings/");
  return {
    template: JSON.parse(TemplateBody ?? ""),
    resources: resources?.sort(),
    functions: Functions.toSorted(byName),
    mappings: EventSourceMappings.map(({ LastModified: _, ...mapping }: Json) => mapping),
  };
}

const byName = (a: Json, b: Json) => (a.FunctionName < b.FunctionName ? -1 : 1);

/** The queue, by its logical id, that the template has S3 tell of a write of this key. */
export function toldOf(template: Pick<Template, "Resources">, key: string): string[] {
  const { QueueConfigurations } = template.Resources.NewsroomBucket.Properties.NotificationConfiguration;
  return QueueConfigurations.filter(({ Filter }: Json) =>
    Filter.S3Key.Rules.every(({ Name, Value }: Json) =>
      Name === "prefix" ? key.startsWith(Value) : key.endsWith(Value),
    ),
  ).map(({ Queue }: Json) => Queue["Fn::GetAtt"][0]);
}

type Mapping = { UUID: string; EventSourceArn: string; BatchSize: number; FunctionResponseTypes: string[] };

/**
 * Switches the mappings of queues to functions off, and answers what they were. The look-alike would run the functions
 * itself on each message, for which it needs Docker.
 */
export async function switchOffMappings(url: string): Promise<Mapping[]> {
  const { EventSourceMappings } = await lambdaApi(url, "event-source-mappings/");
  for (const { UUID } of EventSourceMappings) {
    await lambdaApi(url, `event-source-mappings/${UUID}`, { method: "PUT", body: '{"Enabled":false}' });
  }
  return EventSourceMappings;
}

async function lambdaApi(url: string, path: string, init: RequestInit = {}): Promise<Json> {
  const credential = "Credential=test/20260101/us-east-1/lambda/aws4_request";
  const headers = { Authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0` };
  return (await fetch(`${url}/2015-03-31/${path}`, { ...init, headers })).json();
}

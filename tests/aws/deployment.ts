import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./tools.ts";

// biome-ignore lint/suspicious/noExplicitAny: a template is any JSON
type Json = any;

export type Template = { Resources: Record<string, Json>; Outputs: Record<string, Json> };

const TEMPLATE = "cloudformation-template-update-stack.json";
/** The look-alike knows no CloudFront: with a domain the template asks the distribution for nothing but one output. */
const PARAMS = [
  "--param",
  "domain=wire.test",
  "--param",
  "certificate=arn:aws:acm:us-east-1:123456789012:certificate/x",
];

/** Packages the wire as it is in this checkout, into `folder`. */
export function packageInto(folder: string, params = PARAMS): Template {
  run("node", ["scripts/bundle.ts"]);
  run("osls", ["package", "--package", folder, "--region", "us-east-1", ...params]);
  return JSON.parse(readFileSync(join(folder, TEMPLATE), "utf8"));
}

export function deploy(folder: string, env: NodeJS.ProcessEnv): string {
  forLookAlike(join(folder, TEMPLATE), (json) => json);
  forLookAlike(
    join(folder, "serverless-state.json"),
    (json) => json.service.provider.compiledCloudFormationTemplate,
  );
  return osls(["deploy", "--package", folder], env);
}

export const remove = (env: NodeJS.ProcessEnv) => osls(["remove"], env);

function osls(args: string[], env: NodeJS.ProcessEnv): string {
  return run("osls", [...args, "--region", "us-east-1", ...PARAMS], { env });
}

function forLookAlike(path: string, template: (json: Json) => Template): void {
  const json = JSON.parse(readFileSync(path, "utf8"));
  delete template(json).Outputs.CdnDomain;
  writeFileSync(path, JSON.stringify(json));
}

/** The queue, by its logical id, that the template has S3 tell of a write of this key. */
export function toldOf(template: Template, key: string): string[] {
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
  const mappings = `${url}/2015-03-31/event-source-mappings/`;
  const credential = "Credential=test/20260101/us-east-1/lambda/aws4_request";
  const headers = { Authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0` };
  const response = await fetch(mappings, { headers });
  const { EventSourceMappings } = (await response.json()) as { EventSourceMappings: Mapping[] };
  const body = JSON.stringify({ Enabled: false });
  for (const { UUID } of EventSourceMappings)
    await fetch(`${mappings}${UUID}`, { method: "PUT", headers, body });
  return EventSourceMappings;
}

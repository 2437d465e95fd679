// biome-ignore lint/suspicious/noExplicitAny: a template is any JSON
type Json = any;

export type Template = {
  Resources: Record<string, { Type: string; Properties: Json; DeletionPolicy?: string }>;
};

/** The only roles that may name the private bucket. */
const READERS = ["IngestRole", "DropRole", "PublishRole", "SweepRole", "MaintenanceRole"];

/** A prefix of a bucket, as in arn:…:s3:::bucket/prefix/*: the one place where a resource may end in a star. */
const PREFIX = /:s3:::[^*/]+\/[^*]+\/\*$/;

/** What a template grants beyond what is needed, a line each. */
export function excesses({ Resources }: Template): string[] {
  return Object.entries(Resources).flatMap(([name, { Type, Properties }]) =>
    grantsOf(Type, Properties).flatMap((statement) => wrongIn(name, Type, statement)),
  );
}

function wrongIn(name: string, type: string, statement: Json): string[] {
  const wrong: string[] = [];
  const text = JSON.stringify(statement);
  const actions = [statement.Action].flat();
  if (actions.some((action) => action.includes("*"))) wrong.push("a wildcard action");
  const resources = [statement.Resource].flat().filter((resource) => resource !== undefined);
  if (resources.some((resource) => isTooWide(resource))) wrong.push("a wildcard resource");
  if (
    type === "AWS::IAM::Role" &&
    text.includes("-newsroom-") &&
    !READERS.includes(name) &&
    wrong.length === 0
  ) {
    wrong.push("access to the newsroom bucket");
  }
  if (type === "AWS::S3::BucketPolicy" && text.includes("-newsroom-"))
    wrong.push("access to the newsroom bucket");
  return wrong.map((what) => `${name} grants ${what}: ${text}`);
}

function isTooWide(resource: Json): boolean {
  const text = typeof resource === "string" ? resource : (resource["Fn::Sub"] ?? "");
  return typeof text === "string" && text.includes("*") && !PREFIX.test(text);
}

/** The statements that allow something; who may assume a role is no grant of an action on a resource. */
function grantsOf(type: string, properties: Json): Json[] {
  const documents =
    type === "AWS::IAM::Role"
      ? (properties.Policies ?? []).map((policy: Json) => policy.PolicyDocument)
      : [properties?.PolicyDocument ?? { Statement: [] }];
  return documents
    .flatMap((document: Json) => document.Statement)
    .filter((statement: Json) => statement.Effect === "Allow");
}

/** What a role may do in S3, as "Get Put articles/*"; the bucket is told by the prefix. */
export function s3GrantsOf({ Resources }: Template, role: string): string[] {
  const lines = grantsOf("AWS::IAM::Role", Resources[role]?.Properties).flatMap(({ Action, Resource }) => {
    const actions = [Action].flat().filter((action: string) => action.startsWith("s3:"));
    if (actions.length === 0) return [];
    const what = actions.map((action: string) => /^s3:([A-Z][a-z]+)/.exec(action)?.[1]).join(" ");
    return [Resource].flat().map((resource: Json) => `${what} ${keysOf(resource["Fn::Sub"])}`);
  });
  return lines.sort();
}

/** arn:…:s3:::flashwire-dev-site-…/feeds/* → feeds/*; of a whole bucket its kind. */
function keysOf(arn: string): string {
  const [bucket = "", ...keys] = arn.split(":s3:::")[1]?.split("/") ?? [];
  return keys.length > 0 ? keys.join("/") : (bucket.split("-")[2] ?? bucket);
}

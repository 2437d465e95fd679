import type { Template } from "./privileges.ts";

/*
 * IAM as far as the template uses it for S3: what the policy of a role grants and what the policy of a bucket denies
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html). What a policy says beyond
 * that is refused, so that no rule counts that nobody looked at.
 */

// biome-ignore lint/suspicious/noExplicitAny: a template is any JSON
type Json = any;

const ACCOUNT = "123456789012";

/** `action`: such as s3:PutObject. `resource`: the ARN. `keys`: condition keys of the request; absent ones are not there. */
export type Access = { action: string; resource: string; keys: Record<string, string | undefined> };

/** Who asks: a role of the template by its logical id, or an administrator of the account. */
export type Asker = string | "administrator";

export type Policies = {
  /** Undefined where the access is allowed, else what refuses it. */
  refusal(asker: Asker, access: Access): string | undefined;
  /** The text of each bucket policy, as S3 would get it. */
  bucketPolicies(): string[];
};

/** The policies of a packaged template. Throws for what is in a policy and not known here. */
export function policiesOf(template: Template, region = "us-east-1"): Policies {
  const resolve = resolver(region);
  const buckets = Object.values(template.Resources)
    .filter(({ Type }) => Type === "AWS::S3::BucketPolicy")
    .map(({ Properties }) => resolve(Properties.PolicyDocument));
  const denials = buckets.flatMap(({ Statement }) => Statement);
  const grantsOf = (role: string): Json[] => {
    const found = template.Resources[role];
    if (found?.Type !== "AWS::IAM::Role") throw new Error(`There is no role ${role}.`);
    return resolve(found.Properties.Policies).flatMap(({ PolicyDocument }: Json) => PolicyDocument.Statement);
  };
  return {
    refusal(asker, { action, resource, keys }) {
      const isAdministrator = asker === "administrator";
      const principal = {
        "aws:SecureTransport": "true",
        "aws:PrincipalAccount": ACCOUNT,
        "aws:PrincipalArn": isAdministrator
          ? `arn:aws:iam::${ACCOUNT}:user/administrator`
          : resolve({ "Fn::GetAtt": [asker, "Arn"] }),
      };
      const access = { action, resource, keys: { ...principal, ...keys } };
      const denial = denials.find(
        (one) => one.Effect === "Deny" && one.Principal === "*" && covers(one, access),
      );
      if (denial) return `the bucket policy (${denial.Sid})`;
      const isGranted =
        isAdministrator || grantsOf(asker).some((grant) => isAllow(grant) && covers(grant, access));
      return isGranted ? undefined : `nothing allows ${asker} ${action} on ${resource}`;
    },
    bucketPolicies: () => buckets.map((policy) => JSON.stringify(policy)),
  };
}

function isAllow({ Effect }: Json): boolean {
  if (Effect !== "Allow") throw new Error("A role has a statement that is no Allow.");
  return true;
}

function covers(statement: Json, { action, resource, keys }: Access): boolean {
  const { Sid: _, Effect: __, Principal: ___, Action, Resource, Condition = {}, ...unknown } = statement;
  if (Object.keys(unknown).length > 0) throw new Error(`Unknown in a policy: ${Object.keys(unknown)}`);
  const isMeant =
    [Action].flat().some((one) => like(one, action)) && [Resource].flat().some((one) => like(one, resource));
  return isMeant && Object.entries(Condition).every(([operator, wanted]) => holds(operator, wanted, keys));
}

/** All keys of an operator have to hold, and one value of each key. */
function holds(operator: string, wanted: Json, keys: Access["keys"]): boolean {
  return Object.entries(wanted).every(([key, values]) => {
    const found = keys[key];
    const any = (same: (value: string, found: string) => boolean) =>
      [values].flat().some((value) => found !== undefined && same(String(value), found));
    switch (operator) {
      case "Null":
        return String(values) === String(found === undefined);
      case "Bool":
      case "StringEquals":
        return any((value, text) => value === text);
      case "StringNotEquals":
        return !any((value, text) => value === text);
      case "ArnEquals":
        return any(like);
      case "ArnNotEquals":
        return !any(like);
      default:
        throw new Error(`Unknown in a policy: ${operator}`);
    }
  });
}

/** Stars and question marks as in IAM; every other character stands for itself. */
function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
}

/** Replaces Ref, Fn::Sub, Fn::Join and Fn::GetAtt by what they are in the look-alike. */
function resolver(region: string) {
  const names: Record<string, string> = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": region,
    "AWS::StackId": `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/flashwire-dev/1`,
  };
  const named = (name: string) => names[name] ?? name;
  const resolve = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== "object" || value === null) return value;
    if (typeof value.Ref === "string") return named(value.Ref);
    if (typeof value["Fn::Sub"] === "string")
      return value["Fn::Sub"].replace(/\$\{([^}]+)\}/g, (_: string, name: string) => named(name));
    if (value["Fn::Join"] !== undefined) {
      const [between, parts] = value["Fn::Join"];
      return parts.map(resolve).join(between);
    }
    if (value["Fn::GetAtt"] !== undefined) {
      const [name] = [value["Fn::GetAtt"]].flat().join(".").split(".");
      return `arn:aws:iam::${ACCOUNT}:role/${name}`;
    }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
  };
  return resolve;
}

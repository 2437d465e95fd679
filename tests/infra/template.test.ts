import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { excesses, type Template } from "./privileges.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "flashwire-package-"));
const bin = (name: string) => join(ROOT, "node_modules", ".bin", name);
let template: Template;

beforeAll(() => {
  const env = { ...process.env, PATH: `${join(ROOT, "node_modules", ".bin")}:${process.env.PATH}` };
  execFileSync(bin("node"), ["scripts/bundle.ts"], { cwd: ROOT, env, stdio: "pipe" });
  execFileSync(bin("osls"), ["package", "--package", folder], { cwd: ROOT, env, stdio: "pipe" });
  template = JSON.parse(readFileSync(join(folder, "cloudformation-template-update-stack.json"), "utf8"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ofType = (type: string) => Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

describe("the packaged template", () => {
  test("grants no wildcard action, no whole bucket, and the newsroom to the functions alone", () => {
    expect(excesses(template)).toEqual([]);
  });

  test("every function has a role of its own, runs Node 24 on arm64, and keeps its logs for a while only", () => {
    const functions = ofType("AWS::Lambda::Function");
    const roles = functions.map(([, { Properties }]) => JSON.stringify(Properties.Role));
    expect(functions).toHaveLength(4);
    expect(new Set(roles).size).toBe(4);
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"] });
    }
    for (const [, { Properties }] of ofType("AWS::Logs::LogGroup"))
      expect(Properties.RetentionInDays).toBe(30);
  });

  test("no bucket is public; all are encrypted and speak TLS only", () => {
    const policies = ofType("AWS::S3::BucketPolicy").map(([, { Properties }]) => Properties);
    for (const name of ["NewsroomBucket", "SiteBucket", "LogsBucket"]) {
      const { Properties } = template.Resources[name] ?? {};
      expect(Object.values(Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
      expect(Properties.BucketEncryption).toBeDefined();
      const policy = policies.find(({ Bucket }) => Bucket.Ref === name);
      expect(policy.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({ Sid: "TlsOnly", Effect: "Deny" }),
      );
    }
    expect(template.Resources.NewsroomBucket?.Properties.VersioningConfiguration).toEqual({
      Status: "Enabled",
    });
    expect(template.Resources.NewsroomBucket?.DeletionPolicy).toBe("Retain");
  });

  test("a message stays invisible for six times the timeout of its function, and has dead letters to end in", () => {
    for (const [, { Properties }] of ofType("AWS::Lambda::EventSourceMapping")) {
      const queue = template.Resources[Properties.EventSourceArn["Fn::GetAtt"][0]]?.Properties;
      const worker = template.Resources[Properties.FunctionName["Fn::GetAtt"][0]]?.Properties;
      expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * worker.Timeout);
      expect(queue.RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(5);
      expect(Properties.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
      expect(Properties.ScalingConfig.MaximumConcurrency).toBeLessThanOrEqual(5);
    }
  });

  test("every alarm tells somebody", () => {
    const alarms = ofType("AWS::CloudWatch::Alarm");
    expect(alarms.length).toBeGreaterThanOrEqual(12);
    for (const [, { Properties }] of alarms) expect(Properties.AlarmActions).toEqual([{ Ref: "AlarmTopic" }]);
    expect(template.Resources.SweepMissingAlarm?.Properties.TreatMissingData).toBe("breaching");
  });

  test("/articles goes to the API uncached, documents come from the site bucket alone", () => {
    const { DefaultCacheBehavior, CacheBehaviors, Origins } =
      template.Resources.Distribution?.Properties.DistributionConfig ?? {};
    expect(DefaultCacheBehavior.TargetOriginId).toBe("site");
    const api = CacheBehaviors.find(
      ({ PathPattern }: { PathPattern: string }) => PathPattern === "/articles*",
    );
    expect(api).toMatchObject({
      TargetOriginId: "api",
      CachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    });
    expect(JSON.stringify(Origins)).not.toContain("Newsroom");
  });
});

describe("the check itself finds", () => {
  const statement = (Action: unknown, Resource: unknown) => ({
    Resources: {
      XRole: {
        Type: "AWS::IAM::Role",
        Properties: {
          Policies: [{ PolicyDocument: { Statement: [{ Effect: "Allow", Action, Resource }] } }],
        },
      },
    },
  });

  test.each([
    ["s3:*", "arn:aws:s3:::site/feeds/*"],
    [["s3:GetObject", "*"], "arn:aws:s3:::site/feeds/*"],
    ["s3:Get*", "arn:aws:s3:::site/feeds/*"],
    ["s3:GetObject", "*"],
    ["s3:GetObject", { "Fn::Sub": "arn:aws:s3:::flashwire-dev-newsroom-1/*" }],
    ["s3:GetObject", [{ "Fn::Sub": "arn:aws:s3:::*/articles/*" }]],
    ["sqs:SendMessage", "arn:aws:sqs:eu-central-1:1:*"],
    ["s3:GetObject", { "Fn::Sub": "arn:aws:s3:::flashwire-dev-newsroom-1/articles/*" }],
  ])("%j on %j", (action, resource) => {
    expect(excesses(statement(action, resource))).toHaveLength(1);
  });
});

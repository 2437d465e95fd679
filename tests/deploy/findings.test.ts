import { describe, expect, test } from "vitest";
import { importTemplate } from "../../src/deploy/adopt.ts";
import { covers } from "../../src/deploy/certificate.ts";
import { dropFindings } from "../../src/deploy/drops.ts";
import { reasonsIn } from "../../src/deploy/failure.ts";
import { lineOf } from "../../src/deploy/finding.ts";
import { reachFindings, secretFindings } from "../../src/deploy/origin.ts";
import { concurrencyFindings } from "../../src/deploy/quotas.ts";
import { differing } from "../../src/deploy/running.ts";
import { isEmptyRemains, stageFindings, stateFinding } from "../../src/deploy/state.ts";
import type { Template } from "../../src/deploy/template.ts";

const NAMED = { stack: "flashwire-prod", region: "eu-west-1" };
const stackIn = (status: string, failed: string[] = []) => ({
  status,
  template: { Resources: {} },
  resources: failed.map((id) => ({ id, type: "AWS::S3::Bucket", name: id, status: "DELETE_FAILED" })),
});

describe("the state of a stack", () => {
  test.each(["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"])(
    "when it is %s, a deploy may go on",
    (status) => expect(stateFinding(stackIn(status), NAMED).level).toBe("fine"),
  );

  test("when there is no stack, a deploy may go on", () => {
    expect(stateFinding(undefined, NAMED).level).toBe("fine");
  });

  test("when a first deploy left a stack with nothing in it, the next deploy removes the stack itself", () => {
    expect(stateFinding(stackIn("ROLLBACK_COMPLETE"), NAMED).level).toBe("note");
    expect(isEmptyRemains(stackIn("ROLLBACK_COMPLETE"))).toBe(true);
    expect(isEmptyRemains(stackIn("UPDATE_ROLLBACK_COMPLETE"))).toBe(false);
  });

  test.each([
    ["ROLLBACK_FAILED", "aws cloudformation delete-stack --stack-name flashwire-prod --region eu-west-1 && "],
    ["REVIEW_IN_PROGRESS", "aws cloudformation delete-stack "],
    [
      "DELETE_FAILED",
      "--retain-resources SiteBucket Other && aws cloudformation wait stack-delete-complete ",
    ],
    ["UPDATE_ROLLBACK_FAILED", "(SiteBucket Other), then aws cloudformation continue-update-rollback "],
    ["UPDATE_IN_PROGRESS", "wait until the other deploy has ended"],
    ["IMPORT_ROLLBACK_FAILED", "aws cloudformation describe-stack-events "],
  ])("when it is %s, the deploy stops and says what to type", (status, todo) => {
    const finding = stateFinding(stackIn(status, ["SiteBucket", "Other"]), NAMED);
    expect(finding.level).toBe("problem");
    expect(lineOf(finding)).toContain(`flashwire-prod is in the state ${status}. -> `);
    expect(finding.todo).toContain(todo);
  });
});

test("when a new stage is not in the site file, and others are, a note says so", () => {
  const notes = (stage: string, listed: string[], deployed?: ReturnType<typeof stackIn>) =>
    stageFindings(deployed, stage, listed).map(({ what }) => what);
  expect(notes("prdo", ["prod", "test"])).toEqual([
    "The site file has settings for prod, test, and none for prdo, which is new.",
  ]);
  expect(notes("prod", ["prod"])).toEqual([]);
  expect(notes("dev", [])).toEqual([]);
  expect(notes("dev", ["prod"], stackIn("UPDATE_COMPLETE"))).toEqual([]);
});

const templateWith = (
  aliases: unknown,
  endpoints: Record<string, string>,
  topic = "AlarmTopic",
): Template => ({
  Resources: {
    Distribution: {
      Type: "AWS::CloudFront::Distribution",
      Properties: { DistributionConfig: { Aliases: aliases } },
    },
    ...Object.fromEntries(
      Object.entries(endpoints).map(([id, Endpoint]) => [
        id,
        { Type: "AWS::SNS::Subscription", Properties: { Endpoint, TopicArn: { Ref: topic } } },
      ]),
    ),
  },
});
const NOTHING = templateWith({ Ref: "AWS::NoValue" }, {});

describe("what a deploy would take away", () => {
  const deployed = templateWith(["wire.example.org"], { AlarmEmail1: "desk@example.org" });

  test("when the site file lost the domain and the address, each is a problem that names the way to keep it", () => {
    const found = dropFindings(deployed, NOTHING, "prod", []);
    expect(found.map(({ level }) => level)).toEqual(["problem", "problem"]);
    expect(found[0]?.what).toContain("wire.example.org");
    expect(found[0]?.todo).toContain("aws.stages.prod.domain");
    expect(found[1]?.todo).toContain("FLASHWIRE_DROP=alarmEmail");
  });

  test("when FLASHWIRE_DROP names a setting, that one alone may go", () => {
    expect(dropFindings(deployed, NOTHING, "prod", ["domain"]).map(({ what }) => what)).toEqual([
      expect.stringContaining("desk@example.org"),
    ]);
    expect(dropFindings(deployed, NOTHING, "prod", ["domain", "alarmEmail"])).toEqual([]);
  });

  test("when a setting stays or comes, nothing is said, and another domain is the loss of the first", () => {
    expect(dropFindings(deployed, deployed, "prod", [])).toEqual([]);
    expect(dropFindings(NOTHING, deployed, "prod", [])).toEqual([]);
    const other = templateWith(["news.example.org"], { AlarmEmail1: "desk@example.org" });
    expect(dropFindings(deployed, other, "prod", [])).toHaveLength(1);
  });

  test("when version 0.1.0 deployed a domain by parameter, its loss is seen, and a stage without one lost nothing", () => {
    const old = (domain: string) =>
      templateWith({ "Fn::If": ["HasDomain", [domain], { Ref: "AWS::NoValue" }] }, {});
    expect(dropFindings(old("wire.example.org"), NOTHING, "dev", [])).toHaveLength(1);
    expect(dropFindings(old(""), NOTHING, "dev", [])).toEqual([]);
  });

  test("when an address keeps its topic and its subscription gets another name, the deploy stops", () => {
    const old = templateWith(["wire.example.org"], { AlarmEmail: "desk@example.org" });
    expect(dropFindings(old, deployed, "dev", []).map(({ level }) => level)).toEqual(["problem"]);
    const elsewhere = templateWith(["wire.example.org"], { AlarmEmail1: "desk@example.org" }, "OtherTopic");
    expect(dropFindings(old, elsewhere, "dev", [])).toEqual([]);
  });
});

describe("the secret between CDN and API", () => {
  const withSecrets = (...numbers: number[]): Template => ({
    Resources: Object.fromEntries(
      numbers.map((n) => [`FlashwireOriginSecret${n}`, { Type: "AWS::SecretsManager::Secret" }]),
    ),
  });

  test("when a deploy would leave none of the old ones, it stops and says what to deploy first", () => {
    const [found] = secretFindings(withSecrets(1), withSecrets(2), "prod");
    expect(found?.level).toBe("problem");
    expect(found?.todo).toContain("originSecrets: [1, 2] (aws.stages.prod)");
  });

  test.each([
    [[], [1]],
    [[1], [1]],
    [[1], [1, 2]],
    [[1, 2], [2]],
    [[1], []],
  ])("when it goes from %j to %j, nothing is said", (before, after) => {
    expect(secretFindings(withSecrets(...before), withSecrets(...after), "prod")).toEqual([]);
  });

  const stack = {
    ...{ status: "UPDATE_COMPLETE", url: "https://wire.example.org", template: withSecrets(1) },
    resources: [{ id: "HttpApi", type: "AWS::ApiGatewayV2::Api", name: "abc", status: "UPDATE_COMPLETE" }],
  };
  const OWN = "https://abc.execute-api.eu-west-1.amazonaws.com/healthz";
  const levels = async (refusing: (url: string) => boolean) =>
    (
      await reachFindings(stack, "eu-west-1", async (url) => {
        const isRefused = refusing(url);
        return { status: isRefused ? 403 : 200, isRefused };
      })
    ).map(({ level }) => level);

  test("when the API answers through the CDN alone, the doctor says so, and each other way is a problem", async () => {
    expect(await levels((url) => url === OWN)).toEqual(["fine", "fine"]);
    expect(await levels(() => false)).toEqual(["fine", "problem"]);
    expect(await levels(() => true)).toEqual(["problem", "fine"]);
  });

  test("when nobody answers, or the stage has no secret, there is nothing to say against it", async () => {
    const silent = () => Promise.reject(new Error("ENOTFOUND"));
    expect((await reachFindings(stack, "eu-west-1", silent)).map(({ level }) => level)).toEqual([
      "note",
      "note",
    ]);
    expect(await reachFindings({ ...stack, template: withSecrets() }, "eu-west-1", silent)).toEqual([]);
  });
});

test("when buckets are taken in, the template is that of the stack and the buckets, which name nothing else", () => {
  const core: Template = { Resources: { ServerlessDeploymentBucket: { Type: "AWS::S3::Bucket" } } };
  const wanted: Template = {
    Resources: {
      SiteBucket: {
        Type: "AWS::S3::Bucket",
        DeletionPolicy: "RetainExceptOnCreate",
        UpdateReplacePolicy: "Retain",
        Properties: {
          BucketName: { "Fn::Sub": "site" },
          VersioningConfiguration: { Status: "Enabled" },
          NotificationConfiguration: { QueueConfigurations: [{ Queue: { "Fn::GetAtt": ["Queue", "Arn"] } }] },
        },
      },
      Queue: { Type: "AWS::SQS::Queue" },
    },
  };
  expect(importTemplate(core, wanted, [{ id: "SiteBucket", name: "site-1" }])).toEqual({
    Resources: {
      ...core.Resources,
      SiteBucket: {
        Type: "AWS::S3::Bucket",
        DeletionPolicy: "Retain",
        UpdateReplacePolicy: "Retain",
        Properties: { BucketName: "site-1", VersioningConfiguration: { Status: "Enabled" } },
      },
    },
  });
});

describe("why a deploy failed", () => {
  const event = (
    LogicalResourceId: string,
    ResourceStatus: string,
    ResourceStatusReason = "",
    type = "",
  ) => ({
    StackId: "s",
    EventId: "e",
    StackName: "s",
    Timestamp: new Date(0),
    LogicalResourceId,
    ResourceType: type || "AWS::CloudFront::Distribution",
    ResourceStatus: ResourceStatus as "CREATE_FAILED",
    ResourceStatusReason,
  });
  const stack = (status: string, reason?: string) => event("s", status, reason, "AWS::CloudFormation::Stack");

  test("when AWS has not verified the account, the finding says whom to ask, and others that were given up are left out", () => {
    const found = reasonsIn([
      stack("UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Distribution]."),
      event("SweepRole", "CREATE_FAILED", "Resource creation cancelled"),
      event(
        "Distribution",
        "CREATE_FAILED",
        "Your account must be verified before you can add new CloudFront resources.",
      ),
      stack("UPDATE_IN_PROGRESS", "User Initiated"),
      event("Distribution", "CREATE_FAILED", "of the deploy before"),
    ]);
    expect(found).toHaveLength(1);
    expect(found[0]?.what).toContain("Distribution: Your account must be verified");
    expect(found[0]?.todo).toMatch(/Ask AWS Support .* then deploy again; nothing has to be removed before$/);
  });

  test.each([
    [
      "One or more of the CNAMEs you provided are already associated with a different resource.",
      "take the domain out",
    ],
    [
      "decreases account's UnreservedConcurrentExecution below its minimum value of [10].",
      "smaller concurrency",
    ],
    ["User: arn:aws:iam::1:user/x is not authorized to perform: iam:CreateRole", "docs/deployer-policy.json"],
    ["flashwire-dev-site already exists", "npx flashwire doctor"],
    ["Something that nobody foresaw", "mend that"],
  ])("when AWS says %s, the finding says what to do", (reason, todo) => {
    expect(reasonsIn([event("X", "CREATE_FAILED", reason)])[0]?.todo).toContain(todo);
  });
});

describe("before a deploy", () => {
  test("when the stage reserves more than the account has, it is a problem, and what the stage has already counts for it", () => {
    const levels = (free: number, wanted: number, present: number) =>
      concurrencyFindings({ all: 1_000, free }, wanted, present).map(({ level }) => level);
    expect(levels(1_000, 900, 0)).toEqual(["fine"]);
    expect(levels(1_000, 901, 0)).toEqual(["problem"]);
    expect(levels(100, 900, 900)).toEqual(["fine"]);
    expect(concurrencyFindings({ all: 10, free: 10 }, 0, 0)[0]?.level).toBe("note");
    expect(concurrencyFindings({ all: 10, free: 10 }, 5, 0)[0]?.level).toBe("problem");
  });

  test("when a certificate has a star, it covers one label", () => {
    expect(covers("*.example.org", "wire.example.org")).toBe(true);
    expect(covers("*.example.org", "a.wire.example.org")).toBe(false);
    expect(covers("*.example.org", "example.org")).toBe(false);
    expect(covers("Wire.example.org", "wire.example.org")).toBe(true);
  });
});

test("when two templates differ in the time of a package or in the order of members alone, they are the same", () => {
  const of = (properties: object): Template => ({
    Resources: { A: { Type: "AWS::Lambda::Function", Properties: { ...properties } } },
  });
  const a = of({ MemorySize: 1, Code: { S3Key: "serverless/flashwire/dev/1-x/a.zip" } });
  expect(differing(a, of({ Code: { S3Key: "serverless/flashwire/dev/2-y/a.zip" }, MemorySize: 1 }))).toEqual(
    [],
  );
  expect(differing(a, { Resources: {} })).toEqual(["A"]);
  expect(differing(a, of({ Code: { S3Key: "serverless/flashwire/dev/1-x/a.zip" }, MemorySize: 2 }))).toEqual([
    "A",
  ]);
});

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SITE_OR_PAGE } from "../../infra/behaviors.ts";
import { fromSite } from "../../infra/from-site.ts";
import { matchesPattern } from "../../infra/path-pattern.ts";
import { createApp } from "../../src/http/app.ts";
import { MISSING } from "../../src/http/routes/missing.ts";
import { FORMATS } from "../../src/render/formats.ts";
import { DOCUMENT_PREFIXES, logPageOutput, ROOT_KEYS } from "../../src/render/outputs.ts";
import { toldOf } from "../aws/deployment.ts";
import { memoryWire } from "../support/wire.ts";
import { missingRights } from "./deployer.ts";
import { before } from "./order.ts";
import { excesses, s3GrantsOf, type Template } from "./privileges.ts";
import { protocolFaults } from "./protocol.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "flashwire-package-"));
const bin = (name: string) => join(ROOT, "node_modules", ".bin", name);
let template: Template;

beforeAll(() => {
  const env = { ...process.env, PATH: `${join(ROOT, "node_modules", ".bin")}:${process.env.PATH}` };
  // As in a fresh clone: packaging bundles the functions by itself.
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  execFileSync(bin("osls"), ["package", "--package", folder], { cwd: ROOT, env, stdio: "pipe" });
  template = JSON.parse(readFileSync(join(folder, "cloudformation-template-update-stack.json"), "utf8"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Statement = { Resource: unknown[]; Condition: Record<string, unknown> };

const listed = (header: string) => header.split(", ").sort();
const ofType = (type: string) => Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

const standingBefore = (name: string) => [...before(template, name)];

describe("when the template is packaged", () => {
  test("it throttles the API, and has no route for the list of feeds, which is a stored document", () => {
    expect(template.Resources.HttpApiStage?.Properties.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: 50,
      ThrottlingBurstLimit: 100,
    });
    const routes = ofType("AWS::ApiGatewayV2::Route").map(([, { Properties }]) => Properties.RouteKey);
    expect(routes).not.toContain("ANY /feeds");
  });

  test("asks for the secret of the CDN when the CDN sends it and the function knows it, and holds no value of it", () => {
    const { HttpApiStage, IngestLambdaFunction, Distribution } = template.Resources;
    expect(HttpApiStage?.Properties.StageVariables).toEqual({ origin: "checked" });
    expect(standingBefore("HttpApiStage")).toEqual(
      expect.arrayContaining(["IngestLambdaFunction", "Distribution", "FlashwireOriginSecret1"]),
    );
    expect(standingBefore("IngestLambdaFunction")).toContain("Distribution");
    const { Origins } = Distribution?.Properties.DistributionConfig ?? {};
    const reference = { "Fn::Sub": "{{resolve:secretsmanager:$" + "{FlashwireOriginSecret1}:SecretString}}" };
    expect(Origins[1].OriginCustomHeaders).toEqual([
      { HeaderName: "flashwire-origin", HeaderValue: reference },
    ]);
    expect(IngestLambdaFunction?.Properties.Environment.Variables.FLASHWIRE_ORIGIN_SECRETS).toEqual(
      reference,
    );
    const holders = Object.entries(template.Resources).filter(
      ([, one]) => one !== IngestLambdaFunction && JSON.stringify(one).includes("FLASHWIRE_ORIGIN_SECRETS"),
    );
    expect(holders).toEqual([]);
    expect(template.Resources.FlashwireOriginSecret1?.Properties).not.toHaveProperty("SecretString");
  });

  test("it tells the queue of the inbox of every file in it, in any case of its name, and no other queue", () => {
    const names = [
      "STORY.JSON",
      "archive.ndjson.GZ",
      "a.jsonl",
      "2026/a.json",
      "a.json.progress",
      "notes.csv",
    ];
    for (const name of names) expect(toldOf(template, `inbox/${name}`), name).toEqual(["DropQueue"]);
    expect(toldOf(template, "articles/a.json")).toEqual(["PublishQueue"]);
    expect(toldOf(template, "windows/a.json")).toEqual([]);
  });

  test("when a deploy makes what writes into buckets, all else stands, and the schedule comes last of all", () => {
    const missing = (type: string) =>
      ofType(type).map(([name]) => {
        const stands = standingBefore(name);
        return Object.entries(template.Resources).filter(
          ([other]) => other !== name && !stands.includes(other),
        );
      });
    const rules = missing("AWS::Events::Rule");
    expect(rules.flat().map(([, { Type }]) => Type)).toEqual(["AWS::Lambda::Permission"]);
    const writers = /^AWS::(Events::Rule|Lambda::EventSourceMapping|Logs::Delivery|Lambda::Permission)$/;
    const mappings = missing("AWS::Lambda::EventSourceMapping");
    expect([rules.length, mappings.length]).toEqual([1, 2]);
    for (const later of [...mappings, ...missing("AWS::Logs::Delivery")]) {
      expect(later.filter(([, { Type }]) => !writers.test(Type)).map(([name]) => name)).toEqual([]);
    }
  });

  test("when a first deploy fails, no bucket stays, and when the stack is removed, every one does", () => {
    const buckets = ofType("AWS::S3::Bucket").filter(([name]) => name !== "ServerlessDeploymentBucket");
    expect(new Set(buckets.map(([, { DeletionPolicy }]) => DeletionPolicy))).toEqual(
      new Set(["RetainExceptOnCreate"]),
    );
    expect(buckets.length).toBeGreaterThanOrEqual(2);
  });

  test("when somebody has the rights of docs/deployer-policy.json, they suffice for every type of resource", () => {
    expect(missingRights(Object.values(template.Resources).map(({ Type }) => Type))).toEqual([]);
    expect(missingRights(["AWS::DynamoDB::Table"])).toHaveLength(1);
  });

  test("it grants no wildcard action, no whole bucket, and the newsroom to the functions alone", () => {
    expect(excesses(template)).toEqual([]);
  });

  test("each function may do in S3 what its code does, on its own prefixes alone", () => {
    expect(s3GrantsOf(template, "IngestRole")).toEqual([
      "Get .well-known/tdmrep.json",
      "Get Put Delete feeds/*",
      "Get Put Delete handover/*",
      "Get Put Delete windows/*",
      "Get Put articles/*",
      "Get Put assets/*",
      "Get Put changes/*",
      "Get Put guids/*",
      "Get Put index.html",
      "Get Put logged/*",
      "Get Put news-sitemap.xml",
      "Get Put news/*",
      "Get Put schedule/*",
      "Get Put stories/*",
      "Get license.rsl",
      "Get opml.xml",
      "Get robots.txt",
      "Get search.json",
      "Get snapshots/*",
      "Get tokens/tokens.json",
      "List newsroom",
      "List site",
    ]);
    expect(s3GrantsOf(template, "DropRole")).toEqual([
      "Get Put Delete inbox/*",
      "Get Put articles/*",
      "Get Put guids/*",
      "Get Put schedule/*",
      "Get windows/*",
      "List newsroom",
    ]);
    expect(s3GrantsOf(template, "PublishRole")).toEqual([
      "Get Put Delete feeds/*",
      "Get Put Delete handover/*",
      "Get Put Delete windows/*",
      "Get Put assets/*",
      "Get Put changes/*",
      "Get Put index.html",
      "Get Put logged/*",
      "Get Put news-sitemap.xml",
      "Get Put news/*",
      "Get Put stories/*",
      "Get articles/*",
      "List newsroom",
      "List site",
      "Put schedule/*",
    ]);
    expect(s3GrantsOf(template, "SweepRole")).toEqual([
      "Delete repairs/*",
      "Get Put Delete .well-known/tdmrep.json",
      "Get Put Delete feeds/*",
      "Get Put Delete handover/*",
      "Get Put Delete license.rsl",
      "Get Put Delete opml.xml",
      "Get Put Delete robots.txt",
      "Get Put Delete schedule/*",
      "Get Put Delete search.json",
      "Get Put Delete windows/*",
      "Get Put articles/*",
      "Get Put assets/*",
      "Get Put changes/*",
      "Get Put index.html",
      "Get Put logged/*",
      "Get Put news-sitemap.xml",
      "Get Put news/*",
      "Get Put site.json",
      "Get Put snapshots/*",
      "Get Put stories/*",
      "Get Put upkeep/clock.json",
      "Get Put upkeep/readers.json",
      "Get Put upkeep/state.json",
      "List newsroom",
      "List site",
    ]);
  });

  test("when a function writes an object of the private bucket again, the version before it goes after a time", () => {
    const source = {
      name: "cms",
      kind: "feed" as const,
      url: "https://old.example.org/",
      every: 300,
      private: false,
    };
    const { sources } = fromSite({ hubs: [], sources: [source] });
    const Resources = { ...template.Resources, ...(sources as Partial<Template>).Resources };
    const roles = Object.keys(Resources).filter((name) =>
      /^(Ingest|Drop|Publish|Sweep|Follow)Role$/.test(name),
    );
    expect(roles).toHaveLength(5);
    const written = roles
      .flatMap((role) => s3GrantsOf({ Resources }, role))
      .flatMap((grant) => /Put.* (\S+)$/.exec(grant)?.[1] ?? [])
      .filter(
        (keys) => !/^(feeds|assets|stories|changes|snapshots)\//.test(keys) && !ROOT_KEYS.includes(keys),
      );
    const { Rules } = Resources.NewsroomBucket?.Properties.LifecycleConfiguration ?? {};
    const prefixes = Rules.flatMap(({ Prefix, NoncurrentVersionExpiration }: Record<string, unknown>) =>
      NoncurrentVersionExpiration === undefined ? [] : Prefix,
    );
    const kept = written.filter((keys) => !prefixes.some((prefix: string) => keys.startsWith(prefix)));
    expect(kept).toEqual([]);
  });

  test("S3 takes a put or a delete of what the wire's writers race for on its condition alone, and deletes by the wire alone", () => {
    expect(protocolFaults(template)).toEqual([]);
  });

  test.each<[string, (statement: { [sid: string]: Statement }) => void]>([
    ["parts of uploads are not exempt", ({ WritesOnCondition }) => delete WritesOnCondition?.Condition.Bool],
    ["a prefix is wrong", ({ WritesOnCondition }) => void WritesOnCondition?.Resource.splice(1, 1)],
    [
      "one condition is to stand beside the other",
      ({ WritesOnCondition: put }) => {
        if (put) put.Condition = { ...put.Condition, Null: { "s3:if-match": "true" } };
      },
    ],
    ["nobody may do maintenance", ({ WritesOnCondition: put }) => delete put?.Condition.ArnNotEquals],
    ["anybody may delete", ({ DeletesByTheWire }) => void DeletesByTheWire?.Resource.splice(0, 3)],
    [
      "a function may delete without a condition",
      ({ DeletesOnCondition: one }) => void one?.Resource.splice(0, 3),
    ],
    ["anybody may delete versions", ({ VersionsByMaintenance: one }) => void one?.Resource.splice(0, 1)],
    ["a policy is too large", ({ TlsOnly }) => void TlsOnly?.Resource.push("x".repeat(20_480))],
  ])("the check of the protocol finds when %s", (_fault, plant) => {
    const faulty = structuredClone(template);
    const { Statement } = faulty.Resources.NewsroomBucketPolicy?.Properties.PolicyDocument ?? {};
    plant(Object.fromEntries(Statement.map((one: Statement & { Sid: string }) => [one.Sid, one])));
    expect(protocolFaults(faulty)).not.toEqual([]);
  });

  test("no function may assume the maintenance role", () => {
    const { Statement } = template.Resources.MaintenanceRole?.Properties.AssumeRolePolicyDocument ?? {};
    const roles = ofType("AWS::Lambda::Function").map(([, { Properties }]) => Properties.Role);
    expect(Statement).toHaveLength(1);
    expect(Statement[0].Condition.ArnNotEquals["aws:PrincipalArn"]).toEqual(expect.arrayContaining(roles));
    expect(JSON.stringify(Statement[0].Condition.ArnNotLike)).toContain("AWS::StackName}-*");
    for (const [name] of ofType("AWS::Lambda::Function")) {
      const role = template.Resources[name]?.Properties.Role["Fn::GetAtt"][0];
      expect(JSON.stringify(template.Resources[role]?.Properties.Policies)).not.toContain("sts:");
    }
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
    expect(template.Resources.NewsroomBucket?.DeletionPolicy).toBe("RetainExceptOnCreate");
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

  test("the edge keeps no document longer than a flash may be on its way, and compressed documents at all", () => {
    const policies = ofType("AWS::CloudFront::CachePolicy").map(
      ([, { Properties }]) => Properties.CachePolicyConfig as { MinTTL: number },
    );
    expect(policies.length).toBeGreaterThan(0);
    for (const { MinTTL } of policies) expect(MinTTL).toBe(1);
  });

  test("stories and the change log need no path of their own: the edge keeps them as they say, whatever the query, and runs no function", () => {
    const { DefaultCacheBehavior, CacheBehaviors } =
      template.Resources.Distribution?.Properties.DistributionConfig ?? {};
    const paths = ["/stories/_a~2Fb.json", "/changes/open.json", "/changes/00mwykt4z00gna/0.json"];
    for (const path of [...paths, "/snapshots/00mwykt4z00gna/0.json"])
      expect(
        CacheBehaviors.filter(({ PathPattern }: { PathPattern: string }) =>
          matchesPattern(PathPattern, path),
        ),
      ).toEqual([]);
    expect(DefaultCacheBehavior).not.toHaveProperty("FunctionAssociations");
    const policy = template.Resources[DefaultCacheBehavior.CachePolicyId.Ref]?.Properties.CachePolicyConfig;
    const { QueryStringsConfig } = policy.ParametersInCacheKeyAndForwardedToOrigin;
    expect(QueryStringsConfig).toEqual({ QueryStringBehavior: "none" });
    const [, age] = /max-age=(\d+)/.exec(logPageOutput("00mwykt4z00gna", 0).cacheControl) ?? [];
    expect([policy.MinTTL, policy.MaxTTL]).toEqual([1, Number(age)]);
  });

  test("/articles goes to the API uncached, documents come from the site bucket", () => {
    const { DefaultCacheBehavior, CacheBehaviors, Origins, OriginGroups } =
      template.Resources.Distribution?.Properties.DistributionConfig ?? {};
    const [group, ...others] = OriginGroups.Items;
    expect([DefaultCacheBehavior.TargetOriginId, others]).toEqual([SITE_OR_PAGE, []]);
    expect(group).toMatchObject({
      Id: SITE_OR_PAGE,
      FailoverCriteria: { StatusCodes: { Quantity: 2, Items: [403, 404] } },
      Members: { Quantity: 2, Items: [{ OriginId: "site" }, { OriginId: "missing" }] },
    });
    const { OriginPath } = Origins.find(({ Id }: { Id: string }) => Id === "missing");
    expect(OriginPath).toBe(MISSING);
    const api = CacheBehaviors.find(
      ({ PathPattern }: { PathPattern: string }) => PathPattern === "/articles*",
    );
    expect(api).toMatchObject({
      TargetOriginId: "api",
      CachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    });
    expect(JSON.stringify(Origins)).not.toContain("Newsroom");
  });

  test("when S3 has nothing, no document of a feed is asked for at the API, and nothing that can be written goes to two origins", () => {
    const { DefaultCacheBehavior, CacheBehaviors } =
      template.Resources.Distribution?.Properties.DistributionConfig ?? {};
    const behaviorOf = (path: string) =>
      CacheBehaviors.find(({ PathPattern }: { PathPattern: string }) => matchesPattern(PathPattern, path)) ??
      DefaultCacheBehavior;
    for (const { file, forPeople } of FORMATS)
      expect(behaviorOf(`/feeds/tag/x/${forPeople ? "" : file}`).TargetOriginId).toBe(
        forPeople ? SITE_OR_PAGE : "site",
      );
    for (const { TargetOriginId, AllowedMethods } of [DefaultCacheBehavior, ...CacheBehaviors])
      if (TargetOriginId === SITE_OR_PAGE) expect(AllowedMethods).toEqual(["GET", "HEAD", "OPTIONS"]);
  });

  test("readers come by TLS, HTTP/3 and IPv6, and get headers for safety and for pages", () => {
    const { DistributionConfig } = template.Resources.Distribution?.Properties ?? {};
    expect(DistributionConfig).toMatchObject({ HttpVersion: "http2and3", IPV6Enabled: true });
    // Logs are a setting of the stage, and what an earlier version wrote goes by itself.
    expect(DistributionConfig.Logging).toBeUndefined();
    const [expiry] = template.Resources.LogsBucket?.Properties.LifecycleConfiguration.Rules ?? [];
    expect(expiry).toMatchObject({ Status: "Enabled", ExpirationInDays: 30 });
    for (const behavior of [DistributionConfig.DefaultCacheBehavior, ...DistributionConfig.CacheBehaviors]) {
      // A token that was sent in the clear must not work; a reader of http:// is led to https://.
      const viewers = behavior.TargetOriginId === "api" ? "https-only" : "redirect-to-https";
      expect(behavior.ViewerProtocolPolicy).toBe(viewers);
      expect(behavior.Compress).toBe(true);
      const policy = template.Resources[behavior.ResponseHeadersPolicyId.Ref]?.Properties;
      const { SecurityHeadersConfig, CorsConfig } = policy.ResponseHeadersPolicyConfig;
      expect(SecurityHeadersConfig.StrictTransportSecurity.AccessControlMaxAgeSec).toBe(31_536_000);
      expect(SecurityHeadersConfig.ContentTypeOptions.Override).toBe(true);
      if (behavior.TargetOriginId !== "api")
        expect(CorsConfig.AccessControlAllowOrigins.Items).toEqual(["*"]);
    }
  });

  test("a page of another origin may send the edge what it may send a local wire, and read as much", async () => {
    const { services } = memoryWire();
    const app = createApp({ services, tokens: async () => undefined, publish: async () => new Map() });
    const local = async (method: string, name: string) =>
      listed((await app.request("/feeds/all/rss.xml", { method })).headers.get(name) ?? "");
    await services.publisher.startFeeds();
    const { CorsConfig } = template.Resources.DocumentHeaders?.Properties.ResponseHeadersPolicyConfig ?? {};
    const { AccessControlAllowOrigins, AccessControlMaxAgeSec, ...allowed } = CorsConfig;
    const { AccessControlAllowHeaders, AccessControlAllowMethods, AccessControlExposeHeaders } = allowed;
    // S3 answers the preflight, by rules of its own.
    const { CorsRules } = template.Resources.SiteBucket?.Properties.CorsConfiguration ?? {};
    expect(CorsRules).toEqual([
      {
        AllowedOrigins: AccessControlAllowOrigins.Items,
        AllowedMethods: AccessControlAllowMethods.Items.filter((method: string) => method !== "OPTIONS"),
        AllowedHeaders: AccessControlAllowHeaders.Items,
        MaxAge: AccessControlMaxAgeSec,
      },
    ]);
    expect(AccessControlAllowHeaders.Items.toSorted()).toEqual(
      await local("OPTIONS", "access-control-allow-headers"),
    );
    expect(AccessControlAllowMethods.Items.toSorted()).toEqual(
      await local("OPTIONS", "access-control-allow-methods"),
    );
    expect(AccessControlExposeHeaders.Items.toSorted()).toEqual(
      await local("GET", "access-control-expose-headers"),
    );
  });

  test("only the distribution reads the site, and is told when something is not there", () => {
    const { Statement } = template.Resources.SiteBucketPolicy?.Properties.PolicyDocument ?? {};
    const allowed = Statement.filter(({ Effect }: { Effect: string }) => Effect === "Allow");
    expect(allowed.map(({ Action }: { Action: string }) => Action)).toEqual([
      "s3:GetObject",
      "s3:ListBucket",
    ]);
    const readable = allowed[0].Resource.map(
      (one: { "Fn::Sub": string }) => one["Fn::Sub"].split(/\/(.*)/s)[1],
    );
    expect(readable).toEqual([...DOCUMENT_PREFIXES.map((prefix) => `${prefix}*`), ...ROOT_KEYS]);
    for (const { Principal, Condition } of allowed) {
      expect(Principal).toEqual({ Service: "cloudfront.amazonaws.com" });
      expect(JSON.stringify(Condition.StringEquals["aws:SourceArn"])).toMatch(
        /distribution\/\$\{Distribution\}/,
      );
    }
    expect(template.Resources.SiteAccess?.Properties.OriginAccessControlConfig).toMatchObject({
      SigningBehavior: "always",
      SigningProtocol: "sigv4",
    });
  });
});

describe("when a statement allows too much, the check itself finds", () => {
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

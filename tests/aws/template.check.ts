import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageInto, type Template } from "./deployment.ts";
import { tools } from "./tools.ts";

/** AWS's own offline validator, on the template as it is and with faults planted. */

const folder = mkdtempSync(join(tmpdir(), "flashwire-template-"));
let template: Template;
let errorsOf: (template: Template) => string[];

beforeAll(async () => {
  const path = "aws-cdk-lib/node_modules/@aws/cloudformation-validate/index.js";
  const { CompositeEngine, TemplateContent } = await import(pathToFileURL(join(tools(), path)).href);
  const engine = new CompositeEngine();
  errorsOf = (template) =>
    engine
      .validateTemplate(new TemplateContent(JSON.stringify(template)))
      .diagnostics.filter(({ severity }: { severity: string }) => /^(ERROR|FATAL)$/.test(severity))
      .map(({ ruleId, message }: { ruleId: string; message: string }) => `${ruleId}: ${message}`);
  template = packageInto(folder, { accessLogs: true, cacheSeconds: { "/feeds/breaking/*": 5 } });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the template has no error", () => {
  expect(errorsOf(template)).toEqual([]);
});

test("the template of a wire with hubs, and without a secret between CDN and API, has no error", () => {
  const withHubs = packageInto(
    join(folder, "hubs"),
    { documentEvents: true, originSecrets: [] },
    { hubs: ["https://hub.example.org/"] },
  );
  expect(withHubs.Resources).toHaveProperty("HubsQueue");
  expect(errorsOf(withHubs)).toEqual([]);
});

test("the template of a wire that follows sources has no error", () => {
  const source = { name: "old-site", kind: "wordpress", url: "https://old.example.org/" };
  const withSources = packageInto(
    join(folder, "sources"),
    { alarmEmail: "x@example.org" },
    { sources: [source] },
  );
  expect(withSources.Resources).toHaveProperty("FollowLambdaFunction");
  expect(errorsOf(withSources)).toEqual([]);
});

test.each<[string, (resources: Template["Resources"]) => void]>([
  [
    "a reference to nothing",
    ({ PublishQueue }) => {
      PublishQueue.Properties.RedrivePolicy.deadLetterTargetArn = { "Fn::GetAtt": ["Nowhere", "Arn"] };
    },
  ],
  [
    "a property that is none",
    ({ SiteBucket }) => {
      SiteBucket.Properties.BucketNmae = "x";
    },
  ],
  [
    "a number out of its range",
    ({ IngestLambdaFunction }) => {
      IngestLambdaFunction.Properties.MemorySize = 1;
    },
  ],
  [
    "a circle",
    ({ PublishQueue }) => {
      PublishQueue.DependsOn = ["NewsroomBucket"];
    },
  ],
  [
    "a required property left out",
    ({ Distribution }) => {
      delete Distribution.Properties.DistributionConfig.DefaultCacheBehavior;
    },
  ],
])("the validator finds %s", (_fault, plant) => {
  const faulty = structuredClone(template);
  plant(faulty.Resources);
  expect(errorsOf(faulty)).not.toEqual([]);
});

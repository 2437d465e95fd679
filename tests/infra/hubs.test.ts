import { build } from "esbuild";
import { expect, test } from "vitest";
import { fromSite } from "../../infra/from-site.ts";
import { HUBS, options } from "../../scripts/bundle.ts";
import { FORMATS } from "../../src/render/formats.ts";
import { excesses, s3GrantsOf, type Template } from "./privileges.ts";

const hubs = ["https://hub.example.org/"];

test("when the site file names no hubs, the template has nothing for hubs", () => {
  const { hubs: resources, hubsFunction, documentNotifications } = fromSite({ hubs: [] });
  expect([resources, hubsFunction, documentNotifications]).toEqual([{}, null, { Ref: "AWS::NoValue" }]);
});

test("when the site file names hubs, S3 tells their queue of each format, and EventBridge too where it is asked for", () => {
  const { documentNotifications: plain } = fromSite({ hubs });
  const { documentNotifications: both } = fromSite({ hubs, aws: { documentEvents: true } });
  const suffixes = (found: object) =>
    (
      found as { QueueConfigurations: { Filter: { S3Key: { Rules: { Value: string }[] } } }[] }
    ).QueueConfigurations.map(({ Filter }) => Filter.S3Key.Rules.map(({ Value }) => Value));
  expect(suffixes(plain)).toEqual(
    FORMATS.filter(({ forPeople }) => !forPeople).map(({ file }) => ["feeds/", `/${file}`]),
  );
  expect(both).toEqual({ ...plain, EventBridgeConfiguration: { EventBridgeEnabled: true } });
  expect(Object.keys(plain)).toEqual(["QueueConfigurations"]);
});

test("when there are hubs, their function may do nothing in S3, and use its own queue alone", () => {
  const { Resources } = fromSite({ hubs }).hubs as unknown as Template;
  expect(excesses({ Resources })).toEqual([]);
  expect(s3GrantsOf({ Resources }, "HubsRole")).toEqual([]);
  const statements = Resources.HubsRole?.Properties.Policies[0].PolicyDocument.Statement;
  expect(statements.map(({ Resource }: { Resource: object }) => Resource)).toEqual([
    { "Fn::GetAtt": ["HubsLogGroup", "Arn"] },
    { "Fn::GetAtt": ["HubsQueue", "Arn"] },
  ]);
});

test("when there are hubs, messages that fail again and again lie in a queue that has an alarm", () => {
  const { Resources } = fromSite({ hubs }).hubs as unknown as Template;
  expect(Resources.HubsQueue?.Properties).toMatchObject({
    DelaySeconds: 20,
    VisibilityTimeout: 6 * (fromSite({ hubs }).hubsFunction?.timeout ?? 0),
    RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": ["HubsDeadLetters", "Arn"] } },
  });
  const alarm = Resources.HubsDeadLettersAlarm?.Properties;
  expect(alarm.Dimensions).toEqual([
    { Name: "QueueName", Value: { "Fn::GetAtt": ["HubsDeadLetters", "QueueName"] } },
  ]);
  expect(alarm.AlarmDescription["Fn::Sub"]).toContain("--function hubs");
});

test("when the function of hubs is bundled, it holds the fetch and no renderer, store or validator", async () => {
  const { metafile, outputFiles } = await build({
    ...options(HUBS, "/nowhere"),
    sourcemap: false,
    write: false,
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs).toContain("src/fetch/fetch.ts");
  expect(
    inputs.filter((path) =>
      /src\/(validate|repository|publish|store\/(?:s3|file)|http)\/|client-s3|src\/render\/(?!format\.ts)/.test(
        path,
      ),
    ),
  ).toEqual([]);
  expect(outputFiles[0]?.contents.byteLength).toBeLessThan(300 * 1_024);
});

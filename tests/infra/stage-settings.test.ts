import { expect, test } from "vitest";
import { fromSite } from "../../infra/from-site.ts";

const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b";
const of = (aws: object, stage: string) => fromSite({ hubs: [], aws }, stage);

test("when a stage has settings of its own, its template has them, and that of another stage has those for every stage", () => {
  const aws = {
    logDays: 7 as const,
    memory: { publish: 2048 },
    stages: { prod: { domain: "wire.example.org", certificate: CERTIFICATE, logDays: 365 as const } },
  };
  expect(of(aws, "prod")).toMatchObject({
    publicUrl: "https://wire.example.org",
    aliases: ["wire.example.org"],
    viewerCertificate: { AcmCertificateArn: CERTIFICATE },
    logDays: 365,
    memory: { ingest: 1024, drop: 512, publish: 2048, sweep: 512 },
  });
  expect(of(aws, "dev")).toMatchObject({
    aliases: { Ref: "AWS::NoValue" },
    viewerCertificate: { CloudFrontDefaultCertificate: true },
    logDays: 7,
  });
});

test("when addresses for alarms come, go or change places, none of the others gets another resource", () => {
  const names = (alarmEmail: string | string[]) =>
    Object.entries(of({ alarmEmail }, "dev").alarmAddresses.Resources).map(
      ([name, { Properties }]) => [Properties.Endpoint, name] as const,
    );
  const [first, second] = ["desk@example.org", "night@example.org"];
  const both = new Map(names([first, second]));
  expect(both.size).toBe(2);
  expect(new Map(names(["new@example.org", second, first]))).toEqual(
    new Map([...both, ...names(["new@example.org"])]),
  );
  expect(names(second)).toEqual([[second, both.get(second)]]);
});

test("when a stage has document events, S3 tells EventBridge of each write of a document, and else nobody", () => {
  const told = (documentEvents: boolean) => of({ documentEvents }, "dev").documentNotifications;
  expect(told(true)).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
  expect(told(false)).toEqual({ Ref: "AWS::NoValue" });
});

test("when the secret of the CDN is changed, both have the old one and the new one, and when it goes, the check goes first", () => {
  const both = of({ originSecrets: [1, 2] }, "prod");
  expect(Object.keys(both.originSecrets.Resources)).toEqual([
    "FlashwireOriginSecret1",
    "FlashwireOriginSecret2",
  ]);
  expect(both.originHeaders).toEqual([
    { HeaderName: "flashwire-origin", HeaderValue: both.originSecretValues },
  ]);
  expect(both.originSecretValues).toMatchObject({
    "Fn::Sub": expect.stringMatching(
      /^\{\{.*FlashwireOriginSecret1.*\}\},\{\{.*FlashwireOriginSecret2.*\}\}$/,
    ),
  });
  expect(of({ originSecrets: [] }, "prod")).toMatchObject({
    originSecrets: { Resources: {} },
    originSecretValues: { Ref: "AWS::NoValue" },
    originHeaders: { Ref: "AWS::NoValue" },
    originSwitch: { origin: "open" },
    originSwitchAfter: [],
    distributionAfter: ["HttpApiStage"],
  });
});

test("when a stage says nothing of it, the API is throttled, and no concurrency is reserved, which a new account could not do", () => {
  expect(of({}, "dev")).toMatchObject({
    throttle: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    concurrency: { Ref: "AWS::NoValue" },
  });
  const aws = { stages: { prod: { throttle: { rate: 20, burst: 40 }, concurrency: 30 } } };
  expect(of(aws, "prod")).toMatchObject({
    throttle: { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 },
    concurrency: 30,
  });
});

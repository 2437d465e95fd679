import { describe, expect, test } from "vitest";
import { resolveSite } from "../../src/config/site-file.ts";
import { settingsOf } from "../../src/core/site-aws.ts";
import { NEWSROOM } from "../support/site.ts";

const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b-2c3d";
const DOMAIN = { domain: "wire.example.org", certificate: CERTIFICATE };
const siteWith = (aws: unknown) =>
  resolveSite({ ...NEWSROOM, home: "https://news.example.org", language: "en", aws }, "https://x.example");

/** The lines that the error has below its first one. */
function problemsOf(aws: unknown): string[] {
  try {
    siteWith(aws);
  } catch (error) {
    return (error as Error).message.split("\n  ").slice(1);
  }
  return [];
}

describe("the settings of a stage", () => {
  test.each([
    ["no settings", {}],
    ["a domain and its certificate", DOMAIN],
    [
      "one alarm address, memory, days of logs and no stages",
      { alarmEmail: "desk@example.org", memory: { ingest: 2048 }, logDays: 400, stages: {} },
    ],
    [
      "two alarm addresses, a price class and a concurrency",
      {
        alarmEmail: ["desk@example.org", "night@example.org"],
        priceClass: "PriceClass_100",
        concurrency: 50,
      },
    ],
    [
      "a throttle, a dashboard and settings of the documents",
      {
        throttle: { rate: 100, burst: 200 },
        dashboard: true,
        documentEvents: false,
        documentTypes: "stored",
      },
    ],
    ["tags", { tags: { "cost-centre": "news" } }],
    [
      "secrets of the origin, and none in one stage",
      { originSecrets: [1, 2], stages: { dev: { originSecrets: [] } } },
    ],
    [
      "access logs, and two stages with fields of their own",
      { accessLogs: true, accessLogDays: 7, stages: { prod: DOMAIN, "eu-2": { accessLogs: false } } },
    ],
  ])("when the site file has %s, nothing is wrong with it", (_, aws) => {
    expect(problemsOf(aws)).toEqual([]);
  });

  test.each<[string, unknown, string[]]>([
    ["a misspelt field", { domian: "wire.example.org" }, ["aws.domian: is not a field of the site file"]],
    [
      "a misspelt field in a stage",
      { stages: { prod: { alarmMail: "x" } } },
      ["aws.stages.prod.alarmMail: is not a field of the site file"],
    ],
    [
      "a stage whose name has a capital",
      { stages: { Prod: {} } },
      ["aws.stages.Prod: must be a stage: 1 to 16 lower-case letters, digits and hyphens"],
    ],
    [
      "stages within a stage",
      { stages: { prod: { stages: {} } } },
      ["aws.stages.prod.stages: is not a field of the site file"],
    ],
    [
      "a domain that is an address",
      { ...DOMAIN, domain: "https://wire.example.org" },
      ["aws.domain: must be a lower-case domain name without https://, such as wire.example.org"],
    ],
    [
      "a certificate of another region",
      { ...DOMAIN, certificate: CERTIFICATE.replace("us-east-1", "eu-central-1") },
      [
        "aws.certificate: must be the ARN of a certificate of ACM in us-east-1: arn:aws:acm:us-east-1:ACCOUNT:certificate/ID",
      ],
    ],
    [
      "a stage with a domain and without a certificate",
      { stages: { prod: { domain: DOMAIN.domain } } },
      ["aws.stages.prod.certificate: is required, because there is a domain"],
    ],
    [
      "three secrets of the origin",
      { originSecrets: [1, 2, 3] },
      ["aws.originSecrets: must have at most 2 numbers"],
    ],
    [
      "one secret of the origin twice",
      { originSecrets: [7, 7] },
      ["aws.originSecrets: must name each number once"],
    ],
    [
      "a secret of the origin with the number 0",
      { originSecrets: [0] },
      ["aws.originSecrets[0]: must be at least 1"],
    ],
    [
      "a certificate without a domain",
      { certificate: CERTIFICATE },
      ["aws.domain: is required, because there is a certificate"],
    ],
    [
      "one domain for two stages",
      { stages: { prod: DOMAIN, test: DOMAIN } },
      ['aws.stages.test.domain: "wire.example.org" is the domain of prod too; a domain has one stage'],
    ],
    [
      "one domain for every stage",
      { ...DOMAIN, stages: { prod: { logDays: 7 } } },
      ['aws.stages.prod.domain: "wire.example.org" is the domain of every stage too; a domain has one stage'],
    ],
    [
      "an alarm address that is no e-mail address",
      { alarmEmail: ["desk"] },
      ["aws.alarmEmail[0]: must be an e-mail address"],
    ],
    [
      "one alarm address twice",
      { alarmEmail: ["a@example.org", "a@example.org"] },
      ["aws.alarmEmail: must name each address once"],
    ],
    [
      "a tag with a name that the wire uses",
      { tags: { stage: "x" } },
      [
        "aws.tags.stage: must be the name of a tag, other than app and stage: 1 to 128 letters, digits, spaces and _ . : / = + - @",
      ],
    ],
    [
      "a function with too little memory",
      { memory: { ingest: 64 } },
      ["aws.memory.ingest: must be at least 128"],
    ],
    [
      "memory for an unknown function",
      { memory: { api: 512 } },
      ["aws.memory.api: is not a field of the site file"],
    ],
    ["a throttle without a burst", { throttle: { rate: 100 } }, ["aws.throttle.burst: is required"]],
    [
      "an unknown way to store media types",
      { documentTypes: "xml" },
      ['aws.documentTypes: must be "true" or "stored"'],
    ],
    [
      "a dashboard that is neither on nor off",
      { dashboard: "yes" },
      ["aws.dashboard: must be true or false"],
    ],
    [
      "an unknown price class",
      { priceClass: "100" },
      ["aws.priceClass: must be PriceClass_100, PriceClass_200 or PriceClass_All"],
    ],
  ])("when the site file has %s, the error names the field and says what it must be", (_, aws, problems) => {
    expect(problemsOf(aws)).toEqual(problems);
  });

  test("when CloudWatch has no such number of days, the error lists those that it has", () => {
    expect(problemsOf({ logDays: 10 })).toEqual([
      expect.stringMatching(
        /^aws\.logDays: must be a number of days that CloudWatch has: 1, 3, 5, .* or 3653$/,
      ),
    ]);
  });

  test("when a stage has a field of its own, the field stands in the place of the one for every stage", () => {
    const site = siteWith({ logDays: 7, accessLogs: true, stages: { prod: { ...DOMAIN, logDays: 365 } } });
    expect(settingsOf(site, "prod")).toEqual({ ...DOMAIN, logDays: 365, accessLogs: true });
    expect(settingsOf(site, "dev")).toEqual({ logDays: 7, accessLogs: true });
    expect(settingsOf(site, "constructor")).toEqual({ logDays: 7, accessLogs: true });
  });
});

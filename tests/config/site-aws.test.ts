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
    {},
    DOMAIN,
    { alarmEmail: "desk@example.org", memory: { ingest: 2048 }, logDays: 400, stages: {} },
    { alarmEmail: ["desk@example.org", "night@example.org"], priceClass: "PriceClass_100", concurrency: 50 },
    { throttle: { rate: 100, burst: 200 }, dashboard: true, documentEvents: false, documentTypes: "stored" },
    { tags: { "cost-centre": "news" } },
    { originSecrets: [1, 2], stages: { dev: { originSecrets: [] } } },
    { accessLogs: true, accessLogDays: 7, stages: { prod: DOMAIN, "eu-2": { accessLogs: false } } },
  ])("when all fields are right, nothing is said, case %#", (aws) => {
    expect(problemsOf(aws)).toEqual([]);
  });

  test.each<[unknown, string[]]>([
    [{ domian: "wire.example.org" }, ["aws.domian: is not a field of the site file"]],
    [
      { stages: { prod: { alarmMail: "x" } } },
      ["aws.stages.prod.alarmMail: is not a field of the site file"],
    ],
    [
      { stages: { Prod: {} } },
      ["aws.stages.Prod: must be a stage: 1 to 16 lower-case letters, digits and hyphens"],
    ],
    [{ stages: { prod: { stages: {} } } }, ["aws.stages.prod.stages: is not a field of the site file"]],
    [
      { ...DOMAIN, domain: "https://wire.example.org" },
      ["aws.domain: must be a lower-case domain name without https://, such as wire.example.org"],
    ],
    [
      { ...DOMAIN, certificate: CERTIFICATE.replace("us-east-1", "eu-central-1") },
      [
        "aws.certificate: must be the ARN of a certificate of ACM in us-east-1: arn:aws:acm:us-east-1:ACCOUNT:certificate/ID",
      ],
    ],
    [
      { stages: { prod: { domain: DOMAIN.domain } } },
      ["aws.stages.prod.certificate: is required, because there is a domain"],
    ],
    [{ originSecrets: [1, 2, 3] }, ["aws.originSecrets: must have at most 2 numbers"]],
    [{ originSecrets: [7, 7] }, ["aws.originSecrets: must name each number once"]],
    [{ originSecrets: [0] }, ["aws.originSecrets[0]: must be at least 1"]],
    [{ certificate: CERTIFICATE }, ["aws.domain: is required, because there is a certificate"]],
    [
      { stages: { prod: DOMAIN, test: DOMAIN } },
      ['aws.stages.test.domain: "wire.example.org" is the domain of prod too; a domain has one stage'],
    ],
    [
      { ...DOMAIN, stages: { prod: { logDays: 7 } } },
      ['aws.stages.prod.domain: "wire.example.org" is the domain of every stage too; a domain has one stage'],
    ],
    [{ alarmEmail: ["desk"] }, ["aws.alarmEmail[0]: must be an e-mail address"]],
    [{ alarmEmail: ["a@example.org", "a@example.org"] }, ["aws.alarmEmail: must name each address once"]],
    [
      { tags: { stage: "x" } },
      [
        "aws.tags.stage: must be the name of a tag, other than app and stage: 1 to 128 letters, digits, spaces and _ . : / = + - @",
      ],
    ],
    [{ memory: { ingest: 64 } }, ["aws.memory.ingest: must be at least 128"]],
    [{ memory: { api: 512 } }, ["aws.memory.api: is not a field of the site file"]],
    [{ throttle: { rate: 100 } }, ["aws.throttle.burst: is required"]],
    [{ documentTypes: "xml" }, ['aws.documentTypes: must be "true" or "stored"']],
    [{ dashboard: "yes" }, ["aws.dashboard: must be true or false"]],
    [{ priceClass: "100" }, ["aws.priceClass: must be PriceClass_100, PriceClass_200 or PriceClass_All"]],
  ])("when a field is wrong, the error names it and says what it must be, case %#", (aws, problems) => {
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

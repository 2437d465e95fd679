import { createHash } from "node:crypto";
import type { StageSettings } from "../src/core/site-aws.ts";
import { alarms } from "./alarms.ts";
import { dashboard } from "./dashboard.ts";

const NOTHING = { Ref: "AWS::NoValue" };

/** What the template takes from the settings of the stage that is deployed, with the default of each setting that it lacks. */
export function stageSettings(settings: StageSettings, stage: string) {
  const { domain, certificate, memory = {}, detailedMetrics = false } = settings;
  return {
    stackTags: { app: "flashwire", stage, ...settings.tags },
    batchSeconds: settings.batchSeconds ?? 1,
    publicUrl:
      domain === undefined ? { "Fn::Sub": `https://\${Distribution.DomainName}` } : `https://${domain}`,
    aliases: domain === undefined ? NOTHING : [domain],
    viewerCertificate:
      certificate === undefined
        ? { CloudFrontDefaultCertificate: true }
        : {
            AcmCertificateArn: certificate,
            SslSupportMethod: "sni-only",
            MinimumProtocolVersion: "TLSv1.2_2021",
          },
    priceClass: settings.priceClass ?? "PriceClass_All",
    memory: { ingest: 1024, drop: 512, publish: 1024, sweep: 512, ...memory },
    /** Without a setting none: an account with the quota of a new one, 10, can reserve nothing. */
    concurrency: settings.concurrency ?? NOTHING,
    throttle: throttleOf(settings.throttle),
    logDays: settings.logDays ?? 30,
    accessLogDays: settings.accessLogDays ?? 30,
    /** EventBridge is told of each write of a document. AWS bills each event. */
    documentNotifications:
      settings.documentEvents === true ? { EventBridgeConfiguration: { EventBridgeEnabled: true } } : NOTHING,
    /** The value of an environment variable of the functions. */
    detailedMetrics: String(detailedMetrics),
    alarms: { Resources: alarms(stage, detailedMetrics) },
    dashboard: { Resources: settings.dashboard === true ? dashboard(stage, detailedMetrics) : {} },
    alarmAddresses: { Resources: subscriptions([settings.alarmEmail ?? []].flat()) },
  };
}

/** Requests a second, and at once: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html */
function throttleOf({ rate, burst } = { rate: 50, burst: 100 }) {
  return { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst, DetailedMetricsEnabled: false };
}

/**
 * A subscription for each address, named after the address: under another name CloudFormation would subscribe the address,
 * be answered with the subscription that it has, and then end that as the old one.
 */
function subscriptions(addresses: string[]) {
  const resource = (Endpoint: string) => ({
    Type: "AWS::SNS::Subscription",
    Properties: { TopicArn: { Ref: "AlarmTopic" }, Protocol: "email", Endpoint },
  });
  return Object.fromEntries(addresses.map((address) => [`AlarmEmail${digest(address)}`, resource(address)]));
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 8);

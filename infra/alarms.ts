import { capital, type Metric, type Metrics, metricsOf } from "./metrics.ts";

/** Where an operator finds what an alarm means: a row with the name of the alarm. */
const RUNBOOK = 'docs/operations.md, "A bad night"';

type Alarm = {
  says: string;
  /** What to type first. */
  type: string;
  watches: object;
  periods: number;
  /** How many of the periods have to be bad; all of them by default. */
  of?: number;
  isBadWithoutData?: boolean;
  isBadBelowOne?: boolean;
};

/**
 * The alarms that tell the operator when the wire does not keep its word. AWS bills each metric that an alarm looks at, so an alarm that says a
 * minute earlier what another one says, or why, is there only with `isDetailed`. docs/scale.md has the prices.
 */
export function alarms(stage: string, isDetailed: boolean) {
  const metrics = metricsOf(stage);
  return resources(stage, { ...usual(metrics), ...(isDetailed ? detailed(metrics) : {}) });
}

/** Those of a stage whose site file names hubs. */
export function hubAlarms(stage: string) {
  const dead = metricsOf(stage).ofQueue("ApproximateNumberOfMessagesVisible", "HubsDeadLetters");
  return resources(stage, {
    HubsDeadLetters: {
      says: "A hub has not taken its pings for the better part of an hour, and they lie in the dead-letter queue.",
      type: logOf("hubs"),
      watches: watch(dead, "Maximum", 300),
      periods: 1,
    },
  });
}

/** Those of a stage whose site file names sources. */
export function sourceAlarms(stage: string) {
  const faults = metricsOf(stage).own("SourceFaults", "follow");
  return resources(stage, {
    Sources: {
      says: "A source does not answer, or calls more articles gone at once than the wire withdraws by itself.",
      type: STATUS,
      watches: watch(faults, "Maximum", 300),
      periods: 2,
    },
  });
}

function resources(stage: string, all: Record<string, Alarm>) {
  return Object.fromEntries(
    Object.entries(all).map(([name, alarm]) => [`${name}Alarm`, resource(stage, name, alarm)]),
  );
}

function usual(metrics: Metrics): Record<string, Alarm> {
  const dead = (queue: "PublishDeadLetters" | "DropDeadLetters") =>
    watch(metrics.ofQueue("ApproximateNumberOfMessagesVisible", queue), "Maximum", 60);
  const age = (queue: "Publish" | "Drop", period: number) =>
    watch(metrics.ofQueue("ApproximateAgeOfOldestMessage", queue), "Maximum", period);
  const faults = metrics.own("ReaderFaults", "sweep");
  return {
    Readers: {
      says: "Readers do not get a document at the public address, or get one that is older than the CDN may keep it.",
      type: STATUS,
      watches: watch(faults, "Maximum", 300),
      periods: 2,
    },
    Unpublished: {
      says: "Records are accepted and none is published.",
      type: STATUS,
      watches: unpublished(metrics),
      periods: 12,
      of: 2,
    },
    PublishAge: {
      says: "A written record has waited for more than two minutes to be published.",
      type: STATUS,
      watches: { ...age("Publish", 60), Threshold: 120 },
      periods: 2,
    },
    PublishDeadLetters: {
      says: "Messages of publish failed five times and lie in the dead-letter queue.",
      type: logOf("publish"),
      watches: dead("PublishDeadLetters"),
      periods: 1,
    },
    DropAge: {
      says: "A file in the inbox has waited for more than an hour.",
      type: logOf("drop"),
      watches: { ...age("Drop", 300), Threshold: 3600 },
      periods: 1,
    },
    DropDeadLetters: {
      says: "A file in the inbox failed five times and its message lies in the dead-letter queue.",
      type: logOf("drop"),
      watches: dead("DropDeadLetters"),
      periods: 1,
    },
    ...errors(metrics, ["drop", "publish", "sweep"]),
    ApiErrors: {
      says: "Requests to the API were answered with 5xx.",
      type: logOf("ingest"),
      watches: watch(metrics.ofApi("5xx"), "Sum", 60),
      periods: 2,
    },
    SweepMissing: {
      says: "Upkeep has not come to its end for ten minutes.",
      type: logOf("sweep"),
      // A tick sends this metric at its end, once in five minutes.
      watches: watch(faults, "SampleCount", 300),
      periods: 2,
      isBadBelowOne: true,
      isBadWithoutData: true,
    },
    Repairs: {
      says: "Upkeep found documents behind their records and repaired them. It should find none.",
      type: "npx osls logs --function sweep --startTime 1h --filter audit.behind",
      watches: watch(metrics.own("Repairs", "sweep"), "Sum", 300),
      periods: 1,
    },
  };
}

/** What the usual alarms say, by function and cause: an error of `ingest` is a 5xx, what is throttled waits or is a 5xx. */
function detailed(metrics: Metrics): Record<string, Alarm> {
  const throttles = (["ingest", "drop", "publish", "sweep"] as const).map((name): [string, Alarm] => [
    `${capital(name)}Throttles`,
    {
      says: `Lambda had no room for the function ${name}.`,
      type: "aws lambda get-account-settings --query AccountLimit",
      watches: watch(metrics.ofFunction("Throttles", name), "Sum", 60),
      periods: 3,
    },
  ]);
  return { ...errors(metrics, ["ingest"]), ...Object.fromEntries(throttles) };
}

function errors(metrics: Metrics, functions: ("ingest" | "drop" | "publish" | "sweep")[]) {
  return Object.fromEntries(
    functions.map((name): [string, Alarm] => [
      `${capital(name)}Errors`,
      {
        says: `The function ${name} failed.`,
        type: logOf(name),
        watches: watch(metrics.ofFunction("Errors", name), "Sum", 60),
        periods: 2,
      },
    ]),
  );
}

/**
 * Five minutes in which records were accepted and none was published. One such five minutes may have ended between the two,
 * so an alarm needs a second one within the hour. An accepted record that nobody shows (embargoed, in no feed) counts as
 * published too: its event was worked on.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
function unpublished({ own }: Metrics) {
  const part = (Id: string, Metric: Metric, Stat: string) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric, Period: 300, Stat },
  });
  const Expression = "IF(FILL(sent, 0) + FILL(dropped, 0) > 0 AND FILL(published, 0) == 0, 1, 0)";
  return {
    Metrics: [
      { Id: "unpublished", Label: "accepted and not published", Expression, ReturnData: true },
      part("sent", own("Accepted", "ingest"), "Sum"),
      part("dropped", own("Accepted", "drop"), "Sum"),
      part("published", own("PublishLatency", "publish"), "SampleCount"),
    ],
  };
}

const STATUS = `npx flashwire status --stack \${AWS::StackName}`;

/** What the wire logs, what Node says of an error, and what Lambda says of a function that ran out of time. */
const logOf = (name: string) =>
  `npx osls logs --function ${name} --startTime 1h --filter '?failed ?Error ?timed'`;

const watch = (metric: Metric, Statistic: string, Period: number) => ({ ...metric, Statistic, Period });

function resource(stage: string, name: string, { says, type, watches, periods, of, ...alarm }: Alarm) {
  const where = type.startsWith("npx osls") ? ` --stage ${stage} --region \${AWS::Region}` : "";
  const command = `AWS_REGION=\${AWS::Region} ${type}${where}`;
  return {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      AlarmDescription: { "Fn::Sub": `${says} See ${name} in ${RUNBOOK}. Type: ${command}` },
      Threshold: alarm.isBadBelowOne === true ? 1 : 0,
      ...watches,
      ComparisonOperator: alarm.isBadBelowOne === true ? "LessThanThreshold" : "GreaterThanThreshold",
      EvaluationPeriods: periods,
      DatapointsToAlarm: of ?? periods,
      TreatMissingData: alarm.isBadWithoutData === true ? "breaching" : "notBreaching",
      AlarmActions: [{ Ref: "AlarmTopic" }],
      OKActions: [{ Ref: "AlarmTopic" }],
    },
  };
}

import { FEEDS } from "../src/core/keys.ts";
import { settlesMs } from "../src/hubs/topics.ts";
import { BREAKING_CACHE } from "../src/render/format.ts";
import { FORMATS } from "../src/render/formats.ts";
import { hubAlarms } from "./alarms.ts";
import { allow, functionRole } from "./function-role.ts";

/*
 * What tells WebSub hubs that documents have changed: S3's events of the site bucket go into a queue, which a function reads.
 * A wire whose site file names no hubs has none of these resources.
 */

/** Seconds. */
const TIMEOUT = 60;

/** SQS asks for it where a function takes more than ten messages at once. */
const BATCHING_SECONDS = 1;

const arnOf = (resource: string) => ({ "Fn::GetAtt": [resource, "Arn"] });

/** The function as serverless.yml has the others; null where there are no hubs. */
export function hubsFunction(hubs: string[]) {
  if (hubs.length === 0) return null;
  return {
    handler: "dist/hubs.handler",
    role: arnOf("HubsRole"),
    memorySize: 256,
    timeout: TIMEOUT,
    package: { patterns: ["dist/hubs.mjs"] },
    environment: { FLASHWIRE_HUBS_QUEUE: { Ref: "HubsQueue" } },
    events: [
      {
        sqs: {
          arn: arnOf("HubsQueue"),
          batchSize: 100,
          maximumBatchingWindow: BATCHING_SECONDS,
          // The least that Lambda takes. A hub is somebody else's machine.
          maximumConcurrency: 2,
          functionResponseType: "ReportBatchItemFailures",
        },
      },
    ],
  };
}

/** Resources and outputs. That of the site bucket is a part of it, which the CLI merges into the bucket. */
export function hubsResources(hubs: string[], stage: string) {
  if (hubs.length === 0) return {};
  return {
    Resources: {
      ...queues(),
      HubsRole: role(),
      SiteBucket: { DependsOn: ["HubsQueuePolicy"] },
      ...hubAlarms(stage),
    },
    Outputs: {
      HubsQueueUrl: { Value: { Ref: "HubsQueue" } },
      HubsDeadLettersUrl: { Value: { Ref: "HubsDeadLetters" } },
    },
  };
}

const KEPT = { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true };

function queues() {
  return {
    HubsQueue: {
      Type: "AWS::SQS::Queue",
      Properties: {
        ...KEPT,
        // A hub that fetched a document which the CDN still has as it was would find no change.
        DelaySeconds: settlesMs(BREAKING_CACHE) / 1_000,
        // Six times the timeout of the function, as AWS advises: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        VisibilityTimeout: 6 * TIMEOUT,
        // A hub that is down has some 48 minutes to come back.
        RedrivePolicy: { deadLetterTargetArn: arnOf("HubsDeadLetters"), maxReceiveCount: 8 },
      },
    },
    HubsDeadLetters: { Type: "AWS::SQS::Queue", Properties: KEPT },
    HubsQueuePolicy: {
      Type: "AWS::SQS::QueuePolicy",
      Properties: {
        Queues: [{ Ref: "HubsQueue" }],
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "s3.amazonaws.com" },
              Action: "sqs:SendMessage",
              Resource: arnOf("HubsQueue"),
              Condition: {
                ArnEquals: {
                  "aws:SourceArn": { "Fn::Sub": `arn:\${AWS::Partition}:s3:::\${self:custom.site}` },
                },
                StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } },
              },
            },
          ],
        },
      },
    },
  };
}

/** The function reads its queue, puts into it what a hub has to hear later, and writes its log. */
function role() {
  const queueActions = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "SendMessage"];
  return functionRole("hubs", [
    allow(["logs:CreateLogStream", "logs:PutLogEvents"], arnOf("HubsLogGroup")),
    allow(
      queueActions.map((action) => `sqs:${action}`),
      arnOf("HubsQueue"),
    ),
  ]);
}

/**
 * The notifications of the site bucket, with that for the queue of hubs added. Two notifications of one event may not overlap in
 * prefix and suffix; EventBridge (documentEvents) gets all events as well.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
 */
export function withHubs(hubs: string[], notifications: object): object {
  if (hubs.length === 0) return notifications;
  const QueueConfigurations = FORMATS.filter(({ forPeople }) => !forPeople).map(({ file }) => ({
    Event: "s3:ObjectCreated:*",
    Queue: arnOf("HubsQueue"),
    Filter: {
      S3Key: {
        Rules: [
          { Name: "prefix", Value: FEEDS },
          { Name: "suffix", Value: `/${file}` },
        ],
      },
    },
  }));
  return "Ref" in notifications ? { QueueConfigurations } : { ...notifications, QueueConfigurations };
}

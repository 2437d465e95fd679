import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { LambdaProcess } from "./runtime.ts";

export { S3Client, SQSClient };

export const makeBucket = (Bucket: string) => new S3Client({}).send(new CreateBucketCommand({ Bucket }));

/** What S3 sends to a queue when an object was written, in its own words. */
export function s3Event(bucket: string, key: string, etag = "d41d8cd98f00b204e9800998ecf8427e"): string {
  const encoded = encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+");
  const record = {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: "us-east-1",
    eventTime: new Date().toISOString(),
    eventName: "ObjectCreated:Put",
    userIdentity: { principalId: "AWS:AROAEXAMPLE:flashwire-dev-ingest" },
    requestParameters: { sourceIPAddress: "10.0.0.1" },
    responseElements: {
      "x-amz-request-id": "C3D13FE58DE4C810",
      "x-amz-id-2": "FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG",
    },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: "articles",
      bucket: {
        name: bucket,
        ownerIdentity: { principalId: "A3NL1KOZZKExample" },
        arn: `arn:aws:s3:::${bucket}`,
      },
      object: { key: encoded, size: 1024, eTag: etag, sequencer: "0055AED6DCD90281E5" },
    },
  };
  return JSON.stringify({ Records: [record] });
}

export const S3_TEST_EVENT = JSON.stringify({
  Service: "Amazon S3",
  Event: "s3:TestEvent",
  Time: "2026-01-01T00:00:00.000Z",
  Bucket: "newsroom",
  RequestId: "5582815E1AEA5ADF",
  HostId: "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR",
});

export const send = (sqs: SQSClient, QueueUrl: string, MessageBody: string) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

export async function depth(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const AttributeNames = [
    "ApproximateNumberOfMessages" as const,
    "ApproximateNumberOfMessagesNotVisible" as const,
  ];
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

/**
 * Plays the event source mapping: one batch from the queue through the function; what it does not report as failed is
 * deleted, the rest is at once visible again, as after the visibility timeout. Answers how many messages there were.
 */
export async function pollOnce(
  sqs: SQSClient,
  QueueUrl: string,
  worker: LambdaProcess,
  batchSize: number,
): Promise<{ messages: number; failed: number }> {
  const messages: Message[] = [];
  while (messages.length < batchSize) {
    const MaxNumberOfMessages = Math.min(10, batchSize - messages.length);
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages, AttributeNames: ["All"] }),
    );
    if (Messages.length === 0) break;
    messages.push(...Messages);
  }
  if (messages.length === 0) return { messages: 0, failed: 0 };
  const event: SQSEvent = { Records: messages.map(recordOf) };
  const answer = await worker.invoke(event);
  const failures = answer.ok ? (answer.result as SQSBatchResponse).batchItemFailures : undefined;
  const failed = new Set(
    failures?.map(({ itemIdentifier }) => itemIdentifier) ?? messages.map((m) => m.MessageId),
  );
  for (const { MessageId, ReceiptHandle } of messages) {
    const command = failed.has(MessageId)
      ? new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 })
      : new DeleteMessageCommand({ QueueUrl, ReceiptHandle });
    await sqs.send(command as DeleteMessageCommand);
  }
  return { messages: messages.length, failed: failed.size };
}

/** A message as Lambda hands it to a function. */
export function recordOf({ MessageId = "", ReceiptHandle = "", Body = "", Attributes }: Message): SQSRecord {
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: {
      ApproximateReceiveCount: Attributes?.ApproximateReceiveCount ?? "1",
      SentTimestamp: Attributes?.SentTimestamp ?? String(Date.now()),
      SenderId: "AIDAEXAMPLE",
      ApproximateFirstReceiveTimestamp: String(Date.now()),
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:123456789012:queue",
    awsRegion: "us-east-1",
  };
}

/** A request as an HTTP API passes it on (payload 2.0). */
export function httpRequest(
  method: string,
  path: string,
  token: string,
  body?: unknown,
  type = "application/json",
) {
  const [sent = path, rawQueryString = ""] = path.split("?");
  // An HTTP API decodes the path on the way, rawPath too.
  const rawPath = decodeURIComponent(sent);
  return {
    version: "2.0",
    routeKey: "ANY /articles/{proxy+}",
    rawPath,
    rawQueryString,
    headers: { authorization: `Bearer ${token}`, "content-type": type, host: "api.example.org" },
    requestContext: {
      accountId: "123456789012",
      apiId: "api",
      authentication: null,
      domainName: "api.example.org",
      domainPrefix: "api",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "check" },
      requestId: "JKJaXmPLvHcESHA=",
      routeKey: "ANY /articles/{proxy+}",
      stage: "$default",
      time: "01/Jan/2026:00:00:00 +0000",
      timeEpoch: 1767225600000,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}

import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { DROP_RESERVE_MS } from "../core/limits.ts";
import { CONTINUES, takeFile } from "../drop.ts";
import { writtenIn } from "./events.ts";
import type { AwsWire } from "./open.ts";

/** Takes in the dropped files that a batch of the queue is about. Answers the messages that must come again. */
export async function takeDropped(
  wire: AwsWire,
  event: SQSEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<SQSBatchResponse> {
  const { services, newsroom } = wire;
  const failed: string[] = [];
  for (const record of event.Records) {
    try {
      for (const { key } of writtenIn(record)) {
        const file = key.endsWith(CONTINUES) ? key.slice(0, -CONTINUES.length) : key;
        const open = () => chunksOf(newsroom, file);
        const until = services.now() + context.getRemainingTimeInMillis() - DROP_RESERVE_MS;
        await takeFile(services, file, open, until);
      }
    } catch (error) {
      services.log("drop.failed", { messageId: record.messageId, error: String(error) });
      failed.push(record.messageId);
    }
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** The bytes of a file that may be larger than memory. */
async function* chunksOf({ client, bucket }: AwsWire["newsroom"], key: string): AsyncIterable<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  if (Body === undefined) return;
  yield* Body as unknown as AsyncIterable<Uint8Array>;
}

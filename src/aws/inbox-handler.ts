import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { takeFile } from "../ingest/inbox.ts";
import { S3_ATTEMPTS } from "../store/limits.ts";
import type { ObjectHead } from "../store/port.ts";
import { INBOX_CHUNK_BYTES, INBOX_PART_BYTES, INBOX_RESERVE_MS } from "./limits.ts";
import { writtenIn } from "./s3-event.ts";
import type { AwsParts } from "./services.ts";

/** Takes in the files of the inbox that a batch of the queue is about. Answers the messages that must come again. */
export async function takeInboxFiles(
  wire: Omit<AwsParts, "originSecrets">,
  event: SQSEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<SQSBatchResponse> {
  const { parts, newsroom } = wire;
  const open = (file: string, { etag, size }: ObjectHead, start: number) =>
    partsOf(start, size, (from, to) => readPart(newsroom, file, etag, from, to));
  const failed: string[] = [];
  for (const record of event.Records) {
    let file: string | undefined;
    try {
      for (const { key } of writtenIn(record)) {
        file = key;
        const until = parts.now() + context.getRemainingTimeInMillis() - INBOX_RESERVE_MS;
        await takeFile(parts, parts.stores.newsroom, key, { open, until });
      }
    } catch (error) {
      parts.log("inbox.failed", { messageId: record.messageId, file, error: String(error) });
      failed.push(record.messageId);
    }
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** The bytes from `start` of a file that may be larger than memory. A part that breaks off is read once more. */
export async function* partsOf(
  start: number,
  size: number,
  read: (from: number, to: number) => Promise<Uint8Array>,
): AsyncIterable<Uint8Array> {
  for (let from = start; from < size; from += INBOX_PART_BYTES) {
    const part = await tryAgain(() => read(from, Math.min(from + INBOX_PART_BYTES, size)));
    for (let at = 0; at < part.byteLength; at += INBOX_CHUNK_BYTES)
      yield part.subarray(at, at + INBOX_CHUNK_BYTES);
  }
}

/** The SDK itself tries again only until the first byte of the body is there. */
async function tryAgain<T>(run: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await run();
    } catch (error) {
      if (tried === S3_ATTEMPTS) throw error;
    }
  }
}

/** Rejects when the file is no longer the one with this ETag. */
function readPart(
  { s3, bucket }: AwsParts["newsroom"],
  key: string,
  etag: string,
  from: number,
  to: number,
): Promise<Uint8Array> {
  const range = { IfMatch: etag, Range: `bytes=${from}-${to - 1}` };
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...range });
  return s3.ask(bucket, async (client, options) => {
    const { Body } = await client.send(command, options);
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  });
}

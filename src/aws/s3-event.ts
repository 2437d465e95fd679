import type { S3Event, SQSRecord } from "aws-lambda";

/** One object that S3 says was written. */
export type Written = { key: string; etag: string; at: number };

/**
 * What an S3 notification in a queue says. Keys come URL-encoded, with + for a blank
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html). The `s3:TestEvent`
 * that S3 sends when notifications are set up names no object. Throws an Error for anything else.
 */
export function writtenIn({ body }: Pick<SQSRecord, "body">): Written[] {
  const event: Partial<S3Event> & { Event?: string } = JSON.parse(body);
  if (event.Event === "s3:TestEvent") return [];
  if (!Array.isArray(event.Records)) throw new Error("not an S3 notification");
  return event.Records.map(({ eventTime, s3: { object } }) => ({
    key: decodeURIComponent(object.key.replaceAll("+", " ")),
    etag: object.eTag ?? "",
    at: Date.parse(eventTime),
  }));
}

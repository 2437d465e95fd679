import type { SQSEvent } from "aws-lambda";
import { recordOf, s3Event } from "../tests/aws/account.ts";
import { benchArticle } from "./articles.ts";

/** An article in Latin script, in six feeds. */
export const story = (n: number) => ({
  ...benchArticle(n, "latin"),
  section: "World",
  tags: ["A", "B", "C"],
  breaking: false,
});

/** A message of the queue for each of these articles. */
export function queueEvent(bucket: string, ns: number[]): SQSEvent {
  const Records = ns.map((n) =>
    recordOf({
      MessageId: `message-${n}`,
      ReceiptHandle: `receipt-${n}`,
      Body: s3Event(bucket, `articles/story-${n}.json`),
    }),
  );
  return { Records };
}

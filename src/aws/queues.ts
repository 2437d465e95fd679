import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";

export type Depth = { waiting: number; inWork: number };

/** Messages of a queue; SQS says approximately. */
export async function depthOf(sqs: SQSClient, queue: string): Promise<Depth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queue,
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inWork: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
  };
}

/**
 * Moves what lies in `dead` back into `queue`; answers how many. A message is in the queue before it is taken from
 * the dead letters: after a cut in between it is there twice, and publishing twice changes nothing.
 */
export async function replayDeadLetters(sqs: SQSClient, dead: string, queue: string): Promise<number> {
  let moved = 0;
  for (;;) {
    const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl: dead, MaxNumberOfMessages: 10 }));
    const messages = received.Messages ?? [];
    if (messages.length === 0) return moved;
    const entries = messages.map(({ Body }, i) => ({ Id: String(i), MessageBody: Body ?? "" }));
    const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queue, Entries: entries }));
    const done = (sent.Successful ?? []).flatMap(({ Id }) => messages[Number(Id)] ?? []);
    if (done.length === 0) throw new Error(`SQS took none of ${messages.length} messages back.`);
    await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: dead,
        Entries: done.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle })),
      }),
    );
    moved += done.length;
  }
}

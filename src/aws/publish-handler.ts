import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { FlashwireError } from "../core/errors.ts";
import { MAX_BATCH } from "../core/limits.ts";
import type { ArticlesReport } from "../publish/report.ts";
import { FORMATS } from "../render/formats.ts";
import { articleIdOf, articleKey } from "../repository/records.ts";
import { askForRepair } from "../upkeep/rebuild-job.ts";
import { writtenIn } from "./s3-event.ts";
import type { AwsWire } from "./services.ts";
import type { Watch } from "./telemetry.ts";

type Wire = Pick<AwsWire, "services"> & { watch: Pick<Watch, "count" | "time"> };
/** A message of the queue with the articles that it is about. */
type Message = { messageId: string; ids: string[]; at: number; etags: string[] };

/** Publishes what a batch of the queue is about. Answers the messages that must come again. */
export async function publishBatch(wire: Wire, event: SQSEvent): Promise<SQSBatchResponse> {
  const { messages, unreadable } = readMessages(wire, event);
  const left = new Set<string>();
  const ids = [...new Set(messages.flatMap((message) => message.ids))];
  for (let i = 0; i < ids.length; i += MAX_BATCH) {
    const part = await publishPart(wire, ids.slice(i, i + MAX_BATCH));
    // A record that cannot be read becomes a dead letter: somebody has to mend it.
    for (const id of [...part.left.keys(), ...part.unreadable]) left.add(id);
  }
  const again = messages.filter((message) => message.ids.some((id) => left.has(id)));
  for (const message of messages) if (!again.includes(message)) noteDone(wire, message);
  const failures = [...unreadable, ...again.map(({ messageId }) => messageId)];
  return { batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** Publishes inside a request. Answers the articles that are not published everywhere, with what went wrong. */
export async function publishInRequest(wire: Wire, ids: string[]): Promise<Map<string, unknown>> {
  const all = new Map<string, unknown>();
  for (let i = 0; i < ids.length; i += MAX_BATCH) {
    const { left, unreadable } = await publishPart(wire, ids.slice(i, i + MAX_BATCH));
    for (const id of unreadable)
      all.set(id, new FlashwireError("unreadable", `What is stored under ${articleKey(id)} cannot be read.`));
    for (const [id, error] of left) all.set(id, error);
  }
  return all;
}

async function publishPart({ services, watch }: Wire, ids: string[]): Promise<ArticlesReport> {
  const report = await services.publisher.publish(ids);
  watch.count("DocumentsChecked", report.feeds.length * FORMATS.length);
  await askForRepair(services, report.underfilled);
  return report;
}

function readMessages({ services, watch }: Wire, { Records }: SQSEvent) {
  const messages: Message[] = [];
  const unreadable: string[] = [];
  for (const record of Records) {
    watch.time("QueueAge", services.now() - Number(record.attributes.SentTimestamp));
    try {
      const written = writtenIn(record);
      const ids = written.flatMap(({ key }) => articleIdOf(key) ?? []);
      const at = Math.min(...written.map((object) => object.at));
      messages.push({ messageId: record.messageId, ids, at, etags: written.map(({ etag }) => etag) });
    } catch (error) {
      services.log("message.failed", { messageId: record.messageId, error: String(error) });
      unreadable.push(record.messageId);
    }
  }
  return { messages, unreadable };
}

/** `etag` is what the log of the request names too: it leads from the request to its documents. */
function noteDone({ services, watch }: Wire, { ids, etags, at }: Message): void {
  if (ids.length === 0) return;
  const latency = services.now() - at;
  watch.time("PublishLatency", latency);
  ids.forEach((id, i) => {
    services.log("article.published", { id, etag: etags[i], latency });
  });
}

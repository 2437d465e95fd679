import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { type PingDeps, type Pinged, pingHub } from "../hubs/ping.ts";
import { type Topic, topicOf } from "../hubs/topics.ts";
import type { Parts } from "../services.ts";
import { type HubMessage, type OwnMessage, readHubMessage } from "./hub-message.ts";
import { HUB_RETRY_MS, MAX_DELAY_SECONDS, MAX_HUB_KEYS } from "./limits.ts";

export type HubsWire = Pick<Parts, "site" | "now" | "log"> &
  Pick<PingDeps, "fetch"> & {
    /** Puts a message into the queue that this function reads. */
    send(message: OwnMessage, delaySeconds: number): Promise<void>;
  };

/**
 * Tells the hubs of the documents in a batch of the queue. Answers the messages that must come again. A document that
 * caches may still have as it was goes back into the queue. What a hub could not be told becomes a message for that hub alone, so
 * that no other hub hears of it again; that message is what comes again, and in the end is a dead letter.
 */
export async function tellHubs(
  wire: HubsWire,
  event: SQSEvent,
  isOver: () => boolean,
): Promise<SQSBatchResponse> {
  const { messages, unreadable } = readAll(wire, event);
  const toAll = messages.filter(({ hub }) => hub === undefined);
  const toOne = messages.filter(({ hub }) => hub !== undefined);
  const { due, early } = byTime(wire, toAll);
  const failed = new Set(unreadable);
  const sendAll = async (own: OwnMessage[], delayMs: number) => {
    try {
      for (const message of own) await wire.send(message, secondsOf(delayMs));
    } catch (error) {
      wire.log("message.failed", { error: String(error) });
      for (const { messageId } of toAll) failed.add(messageId);
    }
  };
  await Promise.all(
    wire.site.hubs.map(async (hub) => {
      const own = toOne.filter((message) => message.hub === hub);
      const topics = new Map(
        [...due, ...own.flatMap(({ keys }) => topicsOf(wire, keys))].map((one) => [one.url, one]),
      );
      const { left, retryAfterMs } = await tell(wire, hub, [...topics.keys()], isOver);
      const keysLeft = new Set(left.flatMap((url) => topics.get(url)?.key ?? []));
      for (const { messageId, keys } of own) if (keys.some((key) => keysLeft.has(key))) failed.add(messageId);
      const again = due.map(({ key }) => key).filter((key) => keysLeft.has(key));
      await sendAll(
        inParts(again).map((keys) => ({ hub, keys })),
        retryAfterMs ?? HUB_RETRY_MS,
      );
    }),
  );
  const wait = Math.max(0, ...early.map(({ at }) => at - wire.now()));
  await sendAll(
    inParts(early.map(({ topic }) => topic.key)).map((keys) => ({ keys })),
    wait,
  );
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
}

function readAll({ log }: HubsWire, { Records }: SQSEvent) {
  const messages: HubMessage[] = [];
  const unreadable: string[] = [];
  for (const record of Records) {
    try {
      messages.push(readHubMessage(record));
    } catch (error) {
      log("message.failed", { messageId: record.messageId, error: String(error) });
      unreadable.push(record.messageId);
    }
  }
  return { messages, unreadable };
}

/**
 * Each document once. `early`: caches may still have it as it was, and until when. One that changes all the time is in both:
 * its hub hears of the changes that caches have, and once more of the others.
 */
function byTime(wire: HubsWire, messages: HubMessage[]) {
  const now = wire.now();
  const due = new Map<string, Topic>();
  const early = new Map<string, { topic: Topic; at: number }>();
  for (const { keys, writtenAt } of messages)
    for (const topic of topicsOf(wire, keys)) {
      const at = writtenAt === undefined ? 0 : writtenAt + topic.settlesMs;
      if (at <= now) due.set(topic.key, topic);
      else early.set(topic.key, { topic, at: Math.max(at, early.get(topic.key)?.at ?? 0) });
    }
  return { due: [...due.values()], early: [...early.values()] };
}

const topicsOf = ({ site }: HubsWire, keys: string[]): Topic[] =>
  keys.flatMap((key) => topicOf(site, key) ?? []);

async function tell(wire: HubsWire, hub: string, topics: string[], isOver: () => boolean): Promise<Pinged> {
  if (topics.length === 0) return { left: [] };
  const pinged = await pingHub({ ...wire, isOver }, hub, topics);
  const { left, error } = pinged;
  if (error !== undefined) wire.log("hub.failed", { hub, topics: left.length, error });
  return pinged;
}

const inParts = (keys: string[]): string[][] =>
  Array.from({ length: Math.ceil(keys.length / MAX_HUB_KEYS) }, (_, i) =>
    keys.slice(i * MAX_HUB_KEYS, (i + 1) * MAX_HUB_KEYS),
  );

const secondsOf = (milliseconds: number) => Math.min(MAX_DELAY_SECONDS, Math.ceil(milliseconds / 1_000));

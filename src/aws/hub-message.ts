import type { SQSRecord } from "aws-lambda";
import { writtenIn } from "./s3-event.ts";

/** What a message of the queue of hubs is about. */
export type HubMessage = {
  messageId: string;
  /** The documents, by their keys in the public bucket. */
  keys: string[];
  /** The one hub that has to be told; all of them where there is none. */
  hub?: string;
  /** When S3 wrote the documents, milliseconds since 1970; undefined where caches have had their time. */
  writtenAt?: number;
};

/** A message of the function to itself: to all hubs when caches have had their time, or to one that failed. */
export type OwnMessage = Pick<HubMessage, "keys" | "hub">;

/** Reads a notification of S3, or a message of the function to itself. Throws an Error for anything else. */
export function readHubMessage(record: SQSRecord): HubMessage {
  const { messageId, body } = record;
  const own: Partial<OwnMessage> | null = JSON.parse(body);
  if (own !== null && Array.isArray(own.keys)) {
    const hub = typeof own.hub === "string" ? { hub: own.hub } : {};
    return { messageId, keys: own.keys.filter((key) => typeof key === "string"), ...hub };
  }
  const written = writtenIn(record);
  return {
    messageId,
    keys: written.map(({ key }) => key),
    writtenAt: Math.max(...written.map(({ at }) => at)),
  };
}

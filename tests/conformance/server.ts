import { randomUUID } from "node:crypto";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { Store } from "../../src/store/port.ts";
import { s3Client } from "../../src/store/s3/client.ts";
import { connect, type S3Connection } from "../../src/store/s3/connection.ts";
import { decodeKey, s3Store } from "../../src/store/s3/store.ts";
import type { World } from "../contract/facts/fact.ts";
import type { S3World } from "./s3-facts.ts";

/** What S3 takes as a key, bytes. */
const MAX_KEY_BYTES = 1_024;

/** The clock of a server may be wrong by so much before it refuses signatures, RequestTimeTooSkewed. */
const SKEW_MS = 900_000;

/** A server whose condition and write are two steps lost one race in three with twenty writers when it was busy. */
const RACES = 5;

export type Tested = S3World & World & { close(): Promise<void> };

/**
 * A place in the server for the checks: a bucket of their own, else a prefix in `bucket`. Throws `unavailable` or
 * `storage` with what to set. `close` leaves nothing behind.
 */
export async function openServer(endpoint: string | undefined, bucket: string | undefined): Promise<Tested> {
  const client = s3Client(endpoint);
  const connection = connect(client);
  const own = `flashwire-conformance-${randomUUID().slice(0, 13)}`;
  const name = bucket ?? own;
  const prefix = bucket === undefined ? "" : `${own}/`;
  if (bucket === undefined) await make(connection, own);
  else await connection.ask(name, (client) => client.send(new HeadBucketCommand({ Bucket: name })));
  const versioned = bucket === undefined ? await makeVersioned(connection, `${own}-v`) : undefined;
  const { loseAnswers } = losing(client);
  return {
    client,
    bucket: name,
    prefix,
    versioned,
    store: below(s3Store(connection, name), prefix),
    keeps: (key) => Buffer.byteLength(prefix + key) <= MAX_KEY_BYTES,
    skew: SKEW_MS,
    races: RACES,
    loseAnswers,
    async close() {
      loseAnswers(0);
      await empty(connection, name, prefix);
      if (bucket === undefined) await remove(connection, name);
      if (versioned !== undefined) {
        await empty(connection, versioned, "");
        await remove(connection, versioned);
      }
      client.destroy();
    },
  };
}

const make = (connection: S3Connection, Bucket: string) =>
  connection.ask(Bucket, (client) => client.send(new CreateBucketCommand({ Bucket })));

const remove = (connection: S3Connection, Bucket: string) =>
  connection.ask(Bucket, (client) => client.send(new DeleteBucketCommand({ Bucket })));

/** The name of the bucket; it keeps no versions where the server cannot. */
async function makeVersioned(connection: S3Connection, Bucket: string): Promise<string> {
  await make(connection, Bucket);
  const VersioningConfiguration = { Status: "Enabled" } as const;
  await connection
    .ask(Bucket, (client) => client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration })))
    .catch(() => undefined);
  return Bucket;
}

/** The part of the store below a prefix, as a store. */
function below(store: Store, prefix: string): Store {
  // An empty key is none, whatever stands before it.
  const at = (key: string) => (key === "" ? "" : prefix + key);
  return {
    get: (key) => store.get(at(key)),
    head: (key) => store.head(at(key)),
    put: (key, body, options) => store.put(at(key), body, options),
    delete: (key, condition) => store.delete(at(key), condition),
    async *list(start, after) {
      for await (const key of store.list(prefix + start, after === undefined ? undefined : prefix + after))
        yield key.slice(prefix.length);
    },
    etagOf: (body) => store.etagOf(body),
  };
}

/** Answers that come are thrown away; the SDK takes that for a time-out, and sends the request again. */
function losing(client: S3Client) {
  let left = 0;
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = async (request, options) => {
    const answer = await handle(request, options);
    if (left === 0) return answer;
    left--;
    answer.response.body.resume();
    throw Object.assign(new Error("the answer was lost"), { name: "TimeoutError" });
  };
  return {
    loseAnswers(count: number) {
      left = count;
    },
  };
}

/** Removes every object and every version below the prefix. */
async function empty(connection: S3Connection, Bucket: string, Prefix: string): Promise<void> {
  const store = s3Store(connection, Bucket);
  for await (const key of store.list(Prefix)) await store.delete(key);
  const versions = await connection
    .ask(Bucket, (client) =>
      client.send(new ListObjectVersionsCommand({ Bucket, Prefix, EncodingType: "url" })),
    )
    .catch(() => ({ Versions: [], DeleteMarkers: [], IsTruncated: false }));
  const all = [...(versions.Versions ?? []), ...(versions.DeleteMarkers ?? [])];
  for (const { Key = "", VersionId } of all) {
    const command = new DeleteObjectCommand({ Bucket, Key: decodeKey(Key), VersionId });
    await connection.ask(Bucket, (client) => client.send(command));
  }
  if (versions.IsTruncated) await empty(connection, Bucket, Prefix);
}

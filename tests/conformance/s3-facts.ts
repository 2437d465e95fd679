import assert from "node:assert/strict";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { md5Etag } from "../../src/store/etag.ts";
import { CONFLICT, type Store } from "../../src/store/port.ts";
import { decodeKey } from "../../src/store/s3/store.ts";
import { bytes, putAll, textOf } from "../contract/facts/fact.ts";
import type { ServerFact } from "./facts.ts";

/** A server under test. */
export type S3World = {
  client: S3Client;
  bucket: string;
  /** What all keys in the bucket begin with. */
  prefix: string;
  /** Makes the next requests reach the server and lose their answers; the client tries them again. */
  loseAnswers(count: number): void;
  /** A bucket that keeps versions; undefined where the check may make none. */
  versioned: string | undefined;
  store: Store;
};

/** Says that a fact was not tried, and why. */
export class NotTried extends Error {}

export const S3_FACTS: ServerFact[] = [
  {
    name: "when an object is put, its ETag is the MD5 of its bytes",
    loses: "Each document is written again when a process starts, and its readers fetch it again.",
    isOptional: true,
    check: namesBytesByMd5,
  },
  {
    name: "when an object is put with a media type and a cache policy, it is served with them",
    loses: "Readers get documents of an unknown type, and caches keep them for as long as they like.",
    check: keepsHeaders,
  },
  {
    name: "when the answer to a conditional put is lost and the put is sent again, the object is there once",
    loses: "A record whose answer is lost counts as failed, though it is stored.",
    check: putsThroughLostAnswers,
  },
  {
    name: "when the answer to a delete is lost and the delete is sent again, it is no error",
    loses: "Ended turns and notes count as failed, and publishing waits.",
    check: deletesThroughLostAnswers,
  },
  {
    name: "when a range is read by an ETag, it has those bytes, and none of another object",
    loses: "The inbox on AWS: its files are read in parts. PUT and POST work without it.",
    isOptional: true,
    check: readsRanges,
  },
  {
    name: "when a listing has small pages, they join without a gap or a double",
    loses: "The schedule, rebuilds and the audit miss records, or do not end.",
    check: joinsPages,
  },
  {
    name: "when a bucket keeps versions, old ones are listed, and removed one by one",
    loses: "`flashwire purge` and `restore`: an old version can be neither removed nor brought back.",
    isOptional: true,
    check: keepsVersions,
  },
];

async function namesBytesByMd5({ store }: S3World): Promise<void> {
  assert.equal(await store.put("md5/x", bytes("one")), md5Etag(bytes("one")));
}

async function keepsHeaders({ store }: S3World): Promise<void> {
  const headers = { contentType: "application/atom+xml; charset=utf-8", cacheControl: "public, max-age=30" };
  await store.put("headers/x", bytes("one"), headers);
  const { contentType, cacheControl } = (await store.head("headers/x")) ?? {};
  assert.deepEqual({ contentType, cacheControl }, headers);
}

async function putsThroughLostAnswers({ store, loseAnswers }: S3World): Promise<void> {
  loseAnswers(1);
  const made = await store.put("lost/x", bytes("one"), { condition: { ifNoneMatch: "*" } });
  assert.ok(made === CONFLICT || typeof made === "string");
  assert.equal(await textOf(store, "lost/x"), "one");
  const ifMatch = (await store.head("lost/x"))?.etag ?? "";
  loseAnswers(2);
  await store.put("lost/x", bytes("two"), { condition: { ifMatch } });
  assert.equal(await textOf(store, "lost/x"), "two");
  assert.equal(await store.put("lost/x", bytes("three"), { condition: { ifMatch } }), CONFLICT);
}

async function deletesThroughLostAnswers({ store, loseAnswers }: S3World): Promise<void> {
  const etag = await store.put("lost/y", bytes("one"));
  loseAnswers(1);
  await store.delete("lost/y", { ifMatch: String(etag) });
  assert.equal(await store.get("lost/y"), undefined);
  await store.put("lost/z", bytes("one"));
  loseAnswers(1);
  await store.delete("lost/z");
  assert.equal(await store.get("lost/z"), undefined);
}

async function readsRanges({ client, bucket, prefix, store }: S3World): Promise<void> {
  const etag = String(await store.put("range/x", bytes("0123456789")));
  const asked = { Bucket: bucket, Key: `${prefix}range/x`, Range: "bytes=3-5", IfMatch: etag };
  const { Body } = await client.send(new GetObjectCommand(asked));
  assert.equal(await Body?.transformToString(), "345");
  await store.put("range/x", bytes("9876543210"));
  const statusOf = (error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode;
  await assert.rejects(client.send(new GetObjectCommand(asked)), (error: object) => statusOf(error) === 412);
}

async function joinsPages({ client, bucket, prefix, store }: S3World): Promise<void> {
  const keys = Array.from({ length: 25 }, (_, n) => `pages/${String.fromCharCode(97 + n)}/ä+%`);
  await putAll(store, keys);
  const found: string[] = [];
  let token: string | undefined;
  // Nine pages; a server that does not end is stopped.
  for (let pages = 0; pages < 20; pages++) {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: `${prefix}pages/`,
        MaxKeys: 3,
        EncodingType: "url",
        ContinuationToken: token,
      }),
    );
    found.push(...(page.Contents ?? []).map(({ Key = "" }) => decodeKey(Key).slice(prefix.length)));
    token = page.NextContinuationToken;
    if (!page.IsTruncated) break;
  }
  assert.deepEqual(found, keys);
}

async function keepsVersions({ client, versioned: Bucket }: S3World): Promise<void> {
  if (Bucket === undefined)
    throw new NotTried("the check makes no bucket with versions where --bucket is given");
  const Key = "versions/x";
  const put = async (Body: string) =>
    (await client.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;
  const [first, second] = [await put("one"), await put("two")];
  const list = async () =>
    (await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }))).Versions?.map(
      (one) => one.VersionId,
    );
  assert.deepEqual(await list(), [second, first]);
  const old = await client.send(new GetObjectCommand({ Bucket, Key, VersionId: first }));
  assert.equal(await old.Body?.transformToString(), "one");
  await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId: first }));
  assert.deepEqual(await list(), [second]);
}

import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { md5Etag } from "../etag.ts";
import { S3_ATTEMPTS } from "../limits.ts";
import {
  CONFLICT,
  checkKey,
  type DeleteCondition,
  type Deleted,
  type ObjectHead,
  type PutOptions,
  type Store,
  type StoredObject,
} from "../port.ts";
import type { S3Connection } from "./connection.ts";
import { describe, described, present } from "./describe.ts";
import { type FirstTry, firstTry } from "./first-try.ts";

type Bucket = { connection: S3Connection; bucket: string; tryFirst: FirstTry };

/**
 * Objects of one S3 bucket. The caller needs s3:ListBucket and the object actions: without it S3 answers 403
 * instead of 404 for what is not there. `etagOf` holds while the bucket has S3's own encryption (SSE-S3, the default);
 * with KMS keys an ETag is no MD5, and only savings are lost. What is written or removed by its ETag is read by S3: both need
 * s3:GetObject as well (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html).
 */
export function s3Store(connection: S3Connection, bucket: string): Store {
  const at: Bucket = { connection, bucket, tryFirst: firstTry(connection.client, bucket) };
  return {
    get: (key) => get(at, key),
    head: (key) => head(at, key),
    put: (key, body, options = {}) => put(at, key, body, options),
    delete: (key, condition) => remove(at, key, condition),
    list: (prefix, after) => list(at, prefix, after),
    etagOf: md5Etag,
  };
}

async function get({ connection, bucket, tryFirst }: Bucket, key: string): Promise<StoredObject | undefined> {
  checkKey(key);
  return connection.ask(bucket, async (client, options) => {
    const first = await tryFirst({ method: "GET", key }, options);
    if (first?.status === 200) return { body: first.body, ...described(first) };
    if (first?.status === 404 && first.body.includes("<Code>NoSuchKey</Code>")) return undefined;
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    for (let tried = 1; ; tried++) {
      const found = await unlessMissing(client.send(command, options), "NoSuchKey");
      if (found === undefined) return undefined;
      try {
        const body = (await found.Body?.transformToByteArray()) ?? new Uint8Array();
        return { body, ...describe(found) };
      } catch (error) {
        // The SDK tries again only until the first byte of the body is there.
        if (tried >= S3_ATTEMPTS) throw error;
      }
    }
  });
}

async function head({ connection, bucket, tryFirst }: Bucket, key: string): Promise<ObjectHead | undefined> {
  checkKey(key);
  return connection.ask(bucket, async (client, options) => {
    const first = await tryFirst({ method: "HEAD", key }, options);
    if (first?.status === 200) return described(first);
    if (first?.status === 404) return undefined;
    const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
    const found = await unlessMissing(client.send(command, options), "NotFound");
    return found && describe(found);
  });
}

async function put(
  { connection, bucket, tryFirst }: Bucket,
  key: string,
  body: Uint8Array,
  { condition, after, contentType, cacheControl }: PutOptions,
): Promise<string | typeof CONFLICT> {
  checkKey(key);
  if (after !== undefined) await after;
  const ifMatch = condition && "ifMatch" in condition ? condition.ifMatch : undefined;
  const ifNoneMatch = condition && "ifNoneMatch" in condition ? condition.ifNoneMatch : undefined;
  const headers = {
    "content-type": contentType,
    "cache-control": cacheControl,
    "if-match": ifMatch,
    "if-none-match": ifNoneMatch,
  };
  return connection.ask(bucket, async (client, options) => {
    const first = await tryFirst({ method: "PUT", key, headers, body }, options);
    if (first?.status === 200) return present(first.headers.etag, "ETag");
    if (first?.status === 412) return CONFLICT;
    // Nearly all puts are done by now, and need no command.
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body,
      ContentType: contentType,
      CacheControl: cacheControl,
      IfMatch: ifMatch,
      IfNoneMatch: ifNoneMatch,
    });
    const answered = await unlessConflict(client.send(command, options), condition);
    return answered === CONFLICT ? CONFLICT : present(answered.ETag, "ETag");
  });
}

async function remove(
  { connection, bucket }: Bucket,
  key: string,
  condition?: DeleteCondition,
): Promise<Deleted> {
  checkKey(key);
  const command = new DeleteObjectCommand({ Bucket: bucket, Key: key, IfMatch: condition?.ifMatch });
  return connection.ask(bucket, async (client, options) => {
    const answered = await unlessConflict(client.send(command, options), condition);
    return answered === CONFLICT ? CONFLICT : undefined;
  });
}

async function* list({ connection, bucket }: Bucket, prefix: string, after?: string): AsyncIterable<string> {
  let start: { StartAfter?: string; ContinuationToken?: string } | undefined = after
    ? { StartAfter: after }
    : {};
  while (start !== undefined) {
    // URL encoding: XML cannot carry every character that a key can have.
    const command: ListObjectsV2Command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      EncodingType: "url",
      ...start,
    });
    const page = await connection.ask(bucket, (client, options) => client.send(command, options));
    for (const { Key } of page.Contents ?? []) yield decodeKey(present(Key, "Key"));
    start = page.IsTruncated
      ? { ContinuationToken: present(page.NextContinuationToken, "NextContinuationToken") }
      : undefined;
  }
}

/** The three faces of a condition that does not hold: it did not; a write was under way; the object is gone. */
function isConflict(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  const status = error.$metadata.httpStatusCode;
  return status === 412 || status === 409 || (status === 404 && error.name === "NoSuchKey");
}

/** CONFLICT where there is a condition, and it does not hold. */
async function unlessConflict<T>(
  answer: Promise<T>,
  condition: object | undefined,
): Promise<T | typeof CONFLICT> {
  try {
    return await answer;
  } catch (error) {
    if (condition !== undefined && isConflict(error)) return CONFLICT;
    throw error;
  }
}

async function unlessMissing<T>(answer: Promise<T>, missing: string): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === missing) return undefined;
    throw error;
  }
}

/** As forms are encoded: S3 writes a space as a plus sign. */
export function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll("+", " "));
}

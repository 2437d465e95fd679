import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { S3_ATTEMPTS } from "../core/limits.ts";
import { md5Etag } from "./etag.ts";
import { CONFLICT, checkKey, type ObjectHead, type PutOptions, type Store } from "./port.ts";

/**
 * A client for where the environment says (AWS_REGION, AWS_ENDPOINT_URL, credentials). An endpoint other than AWS is
 * asked in path style: `http://host/bucket/key`.
 */
export function s3Client(endpoint?: string): S3Client {
  return new S3Client({
    maxAttempts: S3_ATTEMPTS,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  });
}

/** One general purpose bucket of S3 (https://docs.aws.amazon.com/AmazonS3/latest/API/). */
export function s3Store(client: S3Client, bucket: string): Store {
  return {
    async get(key) {
      const answer = await orUndefined(
        client.send(new GetObjectCommand({ Bucket: bucket, Key: checked(key) })),
      );
      if (answer === undefined) return undefined;
      const body = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      return { ...headOf(answer), body, size: body.byteLength };
    },

    async head(key) {
      const answer = await orUndefined(
        client.send(new HeadObjectCommand({ Bucket: bucket, Key: checked(key) })),
      );
      return answer && headOf(answer);
    },

    async put(key, body, options = {}) {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: checked(key),
        Body: body,
        ContentType: options.contentType,
        CacheControl: options.cacheControl,
        ...conditionOf(options),
      });
      try {
        return (await client.send(command)).ETag ?? md5Etag(body);
      } catch (error) {
        if (isConflict(error, options)) return CONFLICT;
        throw error;
      }
    },

    async delete(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: checked(key) }));
    },

    list: (prefix, after) => list(client, bucket, prefix, after),
    etagOf: md5Etag,
  };
}

async function* list(
  client: S3Client,
  bucket: string,
  prefix: string,
  after?: string,
): AsyncIterable<string> {
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        // Keys may hold what XML cannot.
        EncodingType: "url",
        ...(token === undefined ? {} : { ContinuationToken: token }),
        ...(token === undefined && after !== undefined ? { StartAfter: after } : {}),
      }),
    );
    for (const { Key } of page.Contents ?? []) {
      if (Key !== undefined) yield decodeURIComponent(Key.replaceAll("+", " "));
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

function checked(key: string): string {
  checkKey(key);
  return key;
}

function headOf(answer: HeadObjectCommandOutput | GetObjectCommandOutput): ObjectHead {
  if (answer.ETag === undefined || answer.LastModified === undefined)
    throw new Error("S3 answered without an ETag");
  return { etag: answer.ETag, modified: answer.LastModified, size: answer.ContentLength ?? 0 };
}

function conditionOf({ condition }: PutOptions): { IfMatch?: string; IfNoneMatch?: string } {
  if (condition === undefined) return {};
  return "ifMatch" in condition ? { IfMatch: condition.ifMatch } : { IfNoneMatch: condition.ifNoneMatch };
}

/**
 * The three faces of a lost race: 412 PreconditionFailed; 409 ConditionalRequestConflict, when another write was under
 * way; 404 for If-Match on a key that is gone.
 */
function isConflict(error: unknown, { condition }: PutOptions): boolean {
  if (condition === undefined || !(error instanceof S3ServiceException)) return false;
  const { httpStatusCode } = error.$metadata;
  if (httpStatusCode === 412 || error.name === "ConditionalRequestConflict") return true;
  return httpStatusCode === 404 && "ifMatch" in condition && error.name !== "NoSuchBucket";
}

/** What is not there, is undefined. A bucket that is not there is an error. */
async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const isMissing = error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;
    if (isMissing && error.name !== "NoSuchBucket") return undefined;
    throw error;
  }
}

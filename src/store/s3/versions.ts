import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { checkKey, type ObjectVersion, type StoredObject, type Versions } from "../port.ts";
import type { S3Connection } from "./connection.ts";
import { describe } from "./describe.ts";
import { decodeKey } from "./store.ts";

/**
 * The versions of a bucket that keeps them (https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html);
 * a bucket without versions has none to remove. The caller needs s3:ListBucketVersions, and s3:GetObjectVersion or
 * s3:DeleteObjectVersion.
 */
export function s3Versions(connection: S3Connection, bucket: string): Versions {
  const forget = async (prefix: string, isMeant: (key: string) => boolean) => {
    let forgotten = 0;
    for await (const { Key, VersionId, IsLatest } of allVersions(connection, bucket, prefix)) {
      if (!isMeant(Key)) break;
      if (IsLatest) continue;
      const command = new DeleteObjectCommand({ Bucket: bucket, Key, VersionId });
      await connection.ask(bucket, (client, options) => client.send(command, options));
      forgotten++;
    }
    return forgotten;
  };
  return {
    list: (key) => versionsOf(connection, bucket, key),
    get: (key, id) => getVersion(connection, bucket, key, id),
    // In the order of keys, those that only begin with this key come behind it.
    forgetOld: (key) => forget(key, (found) => found === key),
    forgetOldBelow: (prefix) => forget(prefix, () => true),
  };
}

async function* versionsOf(
  connection: S3Connection,
  bucket: string,
  key: string,
): AsyncIterable<ObjectVersion> {
  for await (const { Key, VersionId, IsLatest, LastModified, isRemoval } of allVersions(
    connection,
    bucket,
    key,
  )) {
    if (Key !== key) break;
    yield { id: VersionId, modified: LastModified ?? new Date(0), isNewest: IsLatest === true, isRemoval };
  }
}

/** What S3 answers for an id of another object, for what is no id of a version, and for the marker of a removal. */
const NO_VERSION = new Set(["NoSuchVersion", "InvalidArgument", "MethodNotAllowed"]);

async function getVersion(
  connection: S3Connection,
  Bucket: string,
  Key: string,
  VersionId: string,
): Promise<StoredObject | undefined> {
  checkKey(Key);
  const command = new GetObjectCommand({ Bucket, Key, VersionId });
  return connection.ask(Bucket, async (client, options) => {
    try {
      const found = await client.send(command, options);
      const body = (await found.Body?.transformToByteArray()) ?? new Uint8Array();
      return { body, ...describe(found) };
    } catch (error) {
      if (error instanceof S3ServiceException && NO_VERSION.has(error.name)) return undefined;
      throw error;
    }
  });
}

type Version = {
  Key: string;
  VersionId: string;
  IsLatest?: boolean | undefined;
  LastModified?: Date | undefined;
  isRemoval: boolean;
};

/** All versions, in the order of keys, the newest of each object first. A marker of a removal is a version too. */
async function* allVersions(
  connection: S3Connection,
  Bucket: string,
  Prefix: string,
): AsyncIterable<Version> {
  let start: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (start !== undefined) {
    const command = new ListObjectVersionsCommand({ Bucket, Prefix, EncodingType: "url", ...start });
    const page: ListObjectVersionsCommandOutput = await connection.ask(Bucket, (client, options) =>
      client.send(command, options),
    );
    const removals = (page.DeleteMarkers ?? []).map((marker) => ({ ...marker, isRemoval: true }));
    const all = [...(page.Versions ?? []).map((one) => ({ ...one, isRemoval: false })), ...removals];
    const keyed = all.flatMap(({ Key = "", VersionId, ...rest }) =>
      VersionId === undefined ? [] : [{ ...rest, VersionId, Key: decodeKey(Key) }],
    );
    yield* keyed.sort(byKeyAndAge);
    const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = page;
    const next = NextVersionIdMarker === undefined ? {} : { VersionIdMarker: NextVersionIdMarker };
    start = IsTruncated && NextKeyMarker ? { KeyMarker: decodeKey(NextKeyMarker), ...next } : undefined;
  }
}

/** S3 lists versions and markers apart, each the newest first. */
function byKeyAndAge(a: Version, b: Version): number {
  return (
    Buffer.compare(Buffer.from(a.Key), Buffer.from(b.Key)) ||
    Number(b.IsLatest ?? false) - Number(a.IsLatest ?? false) ||
    (b.LastModified?.getTime() ?? 0) - (a.LastModified?.getTime() ?? 0)
  );
}

import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
} from "@aws-sdk/client-s3";
import type { Versions } from "../port.ts";
import type { S3Connection } from "./connection.ts";
import { decodeKey } from "./store.ts";

/**
 * The versions of a bucket that keeps them (https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html);
 * in a bucket without there are none to forget. The caller needs s3:ListBucketVersions and s3:DeleteObjectVersion.
 */
export function s3Versions(connection: S3Connection, bucket: string): Versions {
  const forget = async (prefix: string, isMeant: (key: string) => boolean) => {
    let forgotten = 0;
    for await (const { Key, VersionId } of oldVersions(connection, bucket, prefix)) {
      if (!isMeant(Key)) break;
      const command = new DeleteObjectCommand({ Bucket: bucket, Key, VersionId });
      await connection.ask(bucket, (client, options) => client.send(command, options));
      forgotten++;
    }
    return forgotten;
  };
  return {
    // In the order of keys, those that only begin with this key come behind it.
    forgetOld: (key) => forget(key, (found) => found === key),
    forgetOldBelow: (prefix) => forget(prefix, () => true),
  };
}

/** All versions that are not the newest of their object. A marker of a removal is a version too. */
async function* oldVersions(
  connection: S3Connection,
  Bucket: string,
  Prefix: string,
): AsyncIterable<{ Key: string; VersionId: string }> {
  let start: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (start !== undefined) {
    const command = new ListObjectVersionsCommand({ Bucket, Prefix, EncodingType: "url", ...start });
    const page: ListObjectVersionsCommandOutput = await connection.ask(Bucket, (client, options) =>
      client.send(command, options),
    );
    const all = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    const keyed = all.map(({ Key = "", ...rest }) => ({ ...rest, Key: decodeKey(Key) }));
    for (const { Key, IsLatest, VersionId } of keyed.sort((a, b) => compareKeys(a.Key, b.Key)))
      if (!IsLatest && VersionId !== undefined) yield { Key, VersionId };
    const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = page;
    const next = NextVersionIdMarker === undefined ? {} : { VersionIdMarker: NextVersionIdMarker };
    start = IsTruncated && NextKeyMarker ? { KeyMarker: decodeKey(NextKeyMarker), ...next } : undefined;
  }
}

const compareKeys = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

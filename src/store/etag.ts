import { hash } from "node:crypto";

/** The ETag that S3 gives to bytes put in one request: their MD5 in quotes. */
export function md5Etag(body: Uint8Array): string {
  return `"${hash("md5", body)}"`;
}

import { S3Client } from "@aws-sdk/client-s3";
import { CREDENTIALS } from "./s3-signature.ts";

/** A client of the tests' own server. */
export function clientOf(endpoint: string, credentials = CREDENTIALS): S3Client {
  return new S3Client({ endpoint, forcePathStyle: true, region: "us-east-1", credentials });
}

import { S3Client } from "@aws-sdk/client-s3";
import { S3_ATTEMPTS, S3_CONNECT_TIMEOUT_MS, S3_REQUEST_TIMEOUT_MS } from "../limits.ts";

/**
 * A client that gives up on what hangs and tries again. Region, credentials and endpoint come from where the SDK
 * always looks (environment, profile, role). An `endpoint` given here is another implementation of S3, which is asked
 * in path style: `http://host/bucket/key`.
 */
export function s3Client(endpoint?: string): S3Client {
  return new S3Client({
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    maxAttempts: S3_ATTEMPTS,
    requestHandler: {
      connectionTimeout: S3_CONNECT_TIMEOUT_MS,
      requestTimeout: S3_REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      // Ends a body that stops coming, which the time for a request does not.
      socketTimeout: S3_REQUEST_TIMEOUT_MS,
    },
  });
}

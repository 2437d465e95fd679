import { S3Client } from "@aws-sdk/client-s3";
import { S3_ATTEMPTS, S3_CONNECT_TIMEOUT_MS, S3_REQUEST_TIMEOUT_MS, S3_REQUESTS_AT_ONCE } from "../limits.ts";

/** Milliseconds; tests bring shorter ones. */
type TimeOuts = { connection?: number; request?: number };

/**
 * A client that gives up on what hangs and tries again. Region, credentials and endpoint come from where the SDK
 * always looks (environment, profile, role). An endpoint that is set there (AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL or
 * `endpoint_url` of the profile, https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html), or given
 * here, is another implementation of S3. It is asked in path style, `http://host/bucket/key`, because few of them have
 * a name for each bucket.
 */
export function s3Client(endpoint?: string, { connection, request }: TimeOuts = {}): S3Client {
  const client = new S3Client({
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    maxAttempts: S3_ATTEMPTS,
    // TLS, or else the signed hash of the body, proves what S3 takes in, and S3 makes a checksum of its own to keep with it
    // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html).
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: connection ?? S3_CONNECT_TIMEOUT_MS,
      requestTimeout: request ?? S3_REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      // Ends a body that stops coming, which the time for a request does not.
      socketTimeout: request ?? S3_REQUEST_TIMEOUT_MS,
      // The time for a connection counts the wait for a socket: nothing may wait for one here (see connection.ts).
      httpAgent: { maxSockets: 2 * S3_REQUESTS_AT_ONCE },
      httpsAgent: { maxSockets: 2 * S3_REQUESTS_AT_ONCE },
    },
  });
  asksInPathStyle(client);
  leavesBodiesToTls(client);
  return client;
}

function asksInPathStyle({ config, middlewareStack }: S3Client): void {
  middlewareStack.add(
    (next) => async (args) => {
      await findPathStyle(config);
      return next(args);
    },
    { step: "initialize", name: "pathStyle" },
  );
}

/** Where the SDK finds an endpoint is known at the first request only. */
export async function findPathStyle(config: S3Client["config"]): Promise<void> {
  const configured = await config.serviceConfiguredEndpoint?.();
  if (configured !== undefined) config.forcePathStyle = true;
}

/**
 * Over HTTPS the bytes of a body are not hashed a second time for the signature
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "unsigned payload option").
 */
function leavesBodiesToTls({ middlewareStack }: S3Client): void {
  middlewareStack.add(
    (next) => (args) => {
      const { protocol, headers } = args.request as { protocol: string; headers: Record<string, string> };
      if (protocol === "https:") headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
      return next(args);
    },
    { step: "build", name: "unsignedPayload" },
  );
}

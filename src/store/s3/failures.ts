import type { S3Client } from "@aws-sdk/client-s3";
import { FlashwireError } from "../../core/errors.ts";
import { TimeUpError } from "../budget.ts";

/** What S3 answers in addition to its status (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList). */
type Answered = { name: string; message: string; status: number };

const KEYS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE";

/** By S3's code, what somebody has to do. */
const ADVICE: Record<string, string> = {
  InvalidAccessKeyId: `This endpoint does not know the access key: set ${KEYS}, or AWS_ENDPOINT_URL_S3.`,
  SignatureDoesNotMatch: "The secret key does not belong to the access key: set AWS_SECRET_ACCESS_KEY.",
  ExpiredToken: `The credentials have expired: get new ones, and set ${KEYS}.`,
  InvalidToken: "The session token does not belong to the keys: set or unset AWS_SESSION_TOKEN.",
  AccessDenied:
    "The credentials may not do this: look at the policies of the user or role, and of the bucket. Where a wire is deployed, " +
    "only its maintenance role deletes and purges (docs/operations.md, Rights of operators).",
  NoSuchBucket:
    "There is no such bucket at this endpoint: look at the name, AWS_ENDPOINT_URL_S3 and AWS_REGION.",
  PermanentRedirect: "The bucket is in another region: set AWS_REGION.",
  AuthorizationHeaderMalformed: "The bucket is in another region: set AWS_REGION.",
  RequestTimeTooSkewed: "The clock of this machine or of the endpoint is wrong by more than 15 minutes.",
};

/** What somebody has to do, for refusals without a code: a HEAD has no body to hold one. */
const ADVICE_BY_STATUS: Record<number, string> = {
  301: "The bucket is in another region: set AWS_REGION.",
  403: `The credentials are wrong or may not do this: look at ${KEYS}, and at the policies of the bucket.`,
  404: "There is no such bucket at this endpoint: look at the name, AWS_ENDPOINT_URL_S3 and AWS_REGION.",
};

/** Failures below 500 that pass by themselves: a time-out (408, or 400 with this code), another write of the same object, too many requests. */
const PASSING = new Set<unknown>([408, 409, 429, "RequestTimeout"]);

/** What a client of the wire is told; it need not know the names of buckets. */
const TOLD = {
  unavailable: "The store of this wire does not answer just now. Send what has no other answer once more.",
  storage: "The store of this wire refuses. Its operator finds the reason in the log.",
};

/**
 * The error that a failed request to S3 is: `unavailable` for every 5xx and 429, for time-outs and for broken
 * connections; `storage` for refusals, missing credentials and a missing region. An error of another kind, which is a
 * mistake of the program, comes back as it is.
 */
export async function explain(error: unknown, client: S3Client, bucket: string): Promise<unknown> {
  const found = error instanceof FlashwireError ? undefined : kindOf(error);
  if (found === undefined) return error;
  const { code, what } = found;
  const message = `${await placeOf(client, bucket)} ${what}`;
  return new FlashwireError(code, message, [], { cause: error, told: TOLD[code] });
}

/** `S3 at http://127.0.0.1:9000 (bucket newsroom, region us-east-1)`. */
async function placeOf({ config }: S3Client, bucket: string): Promise<string> {
  const region = await config.region().catch(() => undefined);
  const endpoint = await endpointOf(config).catch(() => undefined);
  const at = endpoint === undefined ? "of AWS" : `at ${endpoint}`;
  return `S3 ${at} (bucket ${bucket}, ${region ? `region ${region}` : "no region"})`;
}

/** The one that was given to the client, else that of the environment or the profile. */
async function endpointOf({ endpoint, serviceConfiguredEndpoint }: S3Client["config"]) {
  if (endpoint === undefined) return serviceConfiguredEndpoint?.();
  const { protocol, hostname, port } = await endpoint();
  return `${protocol}//${hostname}${port ? `:${port}` : ""}`;
}

type Kind = { code: "unavailable" | "storage"; what: string };

function kindOf(error: unknown): Kind | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof TimeUpError)
    return { code: "unavailable", what: "did not answer in the time that this request has." };
  const answered = answerOf(error);
  return answered === undefined ? kindOfSilence(error) : kindOfAnswer(answered);
}

/** An answer that is no XML of S3, such as the page of a proxy, still has a status. */
function answerOf(error: Error): Answered | undefined {
  const { $metadata, $response } = error as {
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  return status === undefined ? undefined : { name: error.name, message: error.message, status };
}

function kindOfAnswer({ name, message, status }: Answered): Kind {
  // A success that the SDK cannot read was cut off or changed on its way.
  const isPassing = status >= 500 || status < 300 || PASSING.has(status) || PASSING.has(name);
  // The SDK advises how to see an answer that it cannot read, which nobody here can do.
  const text = message.replace(/\s*Deserialization error:.*/s, "").replace(/\s+/g, " ");
  const said = `${status} ${name}${text === name ? "" : `: ${text}`}`;
  const advice = ADVICE[name] ?? ADVICE_BY_STATUS[status] ?? "";
  if (isPassing) return { code: "unavailable", what: `does not serve the request now (${said}).` };
  return { code: "storage", what: `refuses the request (${said}). ${advice}`.trim() };
}

/** Nothing came back, or nothing was sent. */
function kindOfSilence(error: Error): Kind | undefined {
  const { name, message, code } = error as NodeJS.ErrnoException;
  if (name === "CredentialsProviderError")
    return { code: "storage", what: `was not asked: there are no credentials. Set ${KEYS}.` };
  if (/^Region is missing/.test(message)) {
    const advice = "Set AWS_REGION; a server that has no regions takes us-east-1.";
    return { code: "storage", what: `was not asked: no region is set. ${advice}` };
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return { code: "unavailable", what: `cannot be found (${message}). Look at AWS_ENDPOINT_URL_S3.` };
  const isBroken = code !== undefined || name === "TimeoutError" || name === "AbortError";
  return isBroken
    ? { code: "unavailable", what: `does not answer (${code ?? name}: ${message}).` }
    : undefined;
}

import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** The credentials that the server takes. */
export const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/((\d{8})\/([\w-]+)\/s3\/aws4_request), ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/;

/**
 * Whether the request is signed with these credentials: Signature Version 4 in the Authorization header
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html). Answers S3's error code, if not.
 */
export function signatureProblem(request: IncomingMessage): string | undefined {
  const [, accessKey, scope, date, region, signedHeaders, signature] =
    FORM.exec(request.headers.authorization ?? "") ?? [];
  if (scope === undefined || date === undefined || region === undefined || signedHeaders === undefined)
    return "AccessDenied";
  if (accessKey !== CREDENTIALS.accessKeyId) return "InvalidAccessKeyId";
  const names = signedHeaders.split(";");
  // Each header that says what the request means must be signed.
  const needed = Object.keys(request.headers).filter((name) =>
    /^(host|x-amz-.*|if-.*|content-type)$/.test(name),
  );
  if (needed.some((name) => !names.includes(name))) return "AccessDenied";

  const time = String(request.headers["x-amz-date"]);
  const canonical = canonicalRequest(request, names);
  const text = ["AWS4-HMAC-SHA256", time, scope, createHash("sha256").update(canonical).digest("hex")].join(
    "\n",
  );
  const key = [date, region, "s3", "aws4_request"].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${CREDENTIALS.secretAccessKey}`,
  );
  return hmac(key, text).toString("hex") === signature ? undefined : "SignatureDoesNotMatch";
}

function canonicalRequest({ method, url = "", headers }: IncomingMessage, names: string[]): string {
  const [path = "", query = ""] = url.split("?");
  const lines = names.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, " ")}\n`);
  const sorted = query
    .split("&")
    .map((part) => (part.includes("=") || part === "" ? part : `${part}=`))
    .sort();
  const payload = String(headers["x-amz-content-sha256"]);
  return [method, path, sorted.join("&"), lines.join(""), names.join(";"), payload].join("\n");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getEndpointFromInstructions } from "@smithy/core/endpoints";
import { HttpRequest } from "@smithy/core/protocols";
import { findPathStyle } from "./client.ts";
import type { RequestOptions } from "./connection.ts";
import { createSigner, type Signer } from "./signature.ts";

/** A request about one object. The names of headers in lower case. */
export type Asked = {
  method: "GET" | "HEAD" | "PUT";
  key: string;
  headers?: Record<string, string | undefined>;
  body?: Uint8Array;
};

/** The names of headers in lower case. */
export type Answered = { status: number; headers: Record<string, string>; body: Buffer };

/**
 * Asks S3 once. Answers undefined where no whole answer came, for any reason: the SDK then makes the request, tries it
 * again as it does, and says what is wrong.
 */
export type FirstTry = (asked: Asked, options: RequestOptions) => Promise<Answered | undefined>;

/** Where requests about a bucket go: the origin, and what stands before the key in the path. */
type Place = { url: URL; prefix: string; sign: Signer };

/**
 * The first try of the requests of which a publish makes dozens: a signature, and the SDK's own handler with its sockets and
 * time-outs. The SDK's way to that handler takes three times as much CPU (docs/decisions/0032-the-first-try-goes-past-the-sdk.md).
 * Endpoint, credentials and the error of the clock are those that the SDK has found.
 */
export function firstTry(client: S3Client, bucket: string): FirstTry {
  let place: Promise<Place | undefined> | undefined;
  return async (asked, options) => {
    try {
      place ??= placeOf(client, bucket);
      const found = await place;
      return found && (await ask(client, found, asked, options));
    } catch {
      return undefined;
    }
  };
}

/** Undefined for a bucket whose requests are signed in another way, such as a directory bucket. */
async function placeOf({ config }: S3Client, bucket: string): Promise<Place | undefined> {
  await findPathStyle(config);
  const input = { Bucket: bucket, Key: "any" };
  // A copy, as the SDK gives it: the function notes in it where an endpoint was found.
  const { url, properties } = await getEndpointFromInstructions(input, PutObjectCommand, { ...config });
  const [scheme] = (properties?.authSchemes ?? []) as { name: string; signingRegion?: string }[];
  if (scheme?.name !== "sigv4" || scheme.signingRegion === undefined) return undefined;
  return { url, prefix: url.pathname.replace(/\/$/, ""), sign: createSigner(scheme.signingRegion) };
}

async function ask(
  { config }: S3Client,
  { url, prefix, sign }: Place,
  { method, key, headers, body }: Asked,
  options: RequestOptions,
): Promise<Answered> {
  const { protocol, hostname, port, host } = url;
  const path = `${prefix}/${pathOf(key)}`;
  const unsigned = {
    ...definedOf(headers),
    host,
    "x-amz-content-sha256": protocol === "https:" ? "UNSIGNED-PAYLOAD" : hash("sha256", body ?? ""),
    ...(body && { "content-length": String(body.byteLength) }),
  };
  const now = new Date(Date.now() + config.systemClockOffset);
  const signed = sign({ method, path, headers: unsigned }, await config.credentials(), now);
  const place = { protocol, hostname, ...(port && { port: Number(port) }) };
  const request = new HttpRequest({ ...place, method, path, headers: signed, body });
  const { response } = await config.requestHandler.handle(request, options);
  return {
    status: response.statusCode,
    headers: response.headers,
    body: await bytesOf(response.body),
  };
}

function definedOf(headers: Record<string, string | undefined> = {}): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (value) defined[name] = value;
  return defined;
}

/** What `encodeURIComponent` leaves of RFC 3986's reserved characters is encoded too; slashes stay. */
function pathOf(key: string): string {
  const encode = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(key)
    .replace(/[!'()*]/g, encode)
    .replaceAll("%2F", "/");
}

/** Rejects where the body breaks off. A loop over the stream takes longer by a promise for each part. */
function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const parts: Buffer[] = [];
  stream.on("data", (part) => parts.push(part));
  stream.once("error", reject);
  stream.once("end", () => resolve(Buffer.concat(parts)));
  return promise;
}

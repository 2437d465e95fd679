import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { type Answer, type Asked, Bucket, checksum, type OldVersion, S3Error } from "./s3-objects.ts";
import { signatureProblem } from "./s3-signature.ts";

/*
 * As much of S3 as the store uses, and strict about it: signatures are checked, a body is signed unless it comes over
 * TLS, checksums are right, conditions hold, listings are in bytewise order. What it does not know it refuses. It loses answers,
 * breaks bodies off and refuses requests on demand, and counts.
 */

const MAX_PAGE = 1_000;
/** AWS answers up to 1,000; with so few, a listing of versions has several pages. */
const VERSIONS_PAGE = 3;

type Which = (method: string, key: string) => boolean;

export type S3Server = {
  url: string;
  /** Requests since the start or the last reset, by `PUT bucket/key`; `LIST bucket/prefix` for listings. */
  counts(): Map<string, number>;
  resetCounts(): void;
  /** The next puts and deletes are applied, and their connections closed without an answer. */
  loseAnswers(count: number, which?: Which): void;
  /** The next requests are answered with this status and code, and not looked at. */
  refuse(count: number, status: number, code: string, which?: Which): void;
  /** The bodies of the next objects break off in their middle. */
  breakBodies(count: number, which?: Which): void;
  /** The connections of the next requests are cut, and the requests not looked at. */
  reset(count: number, which?: Which): void;
  /** From now on requests are not answered before `release`. */
  hold(which?: Which): { held(): number; release(): void };
  /** Every version in a bucket that keeps them. */
  versions(bucket: string): (OldVersion & { isLatest: boolean })[];
  /** Puts an object without a request. */
  seed(bucket: string, key: string, body: string): void;
  close(): Promise<void>;
};

type Fault = { left: number; kind: "refuse" | "lose" | "break" | "reset"; error?: S3Error; which: Which };

const TLS = join(import.meta.dirname, "..", "fixtures", "tls");

/** The certificate of an S3 over TLS, for `localhost`; a process that is to trust it gets it by NODE_EXTRA_CA_CERTS. */
export const S3_CERTIFICATE = join(TLS, "s3.cert.pem");

const tls = () => ({
  cert: readFileSync(S3_CERTIFICATE),
  key: readFileSync(join(TLS, "s3.key.pem")),
});

/** With `buckets`, there are these and no others; without, there is any bucket that is asked for. */
export async function startS3Server(
  options: { buckets?: string[]; isVersioned?: boolean; isSecure?: boolean } = {},
): Promise<S3Server> {
  const buckets = new Map(options.buckets?.map((name) => [name, new Bucket(options)]));
  const bucketOf = (name: string) => {
    const found = buckets.get(name) ?? (options.buckets ? undefined : new Bucket(options));
    if (found === undefined) throw new S3Error(404, "NoSuchBucket");
    buckets.set(name, found);
    return found;
  };
  const counts = new Map<string, number>();
  let faults: Fault[] = [];
  const holds: { which: Which; held: number; released: Promise<void> }[] = [];
  const strikes = (kind: Fault["kind"], method: string, key: string) => {
    const fault = faults.find((one) => one.kind === kind && one.left > 0 && one.which(method, key));
    if (fault) fault.left--;
    return fault;
  };
  const addFault = (kind: Fault["kind"], left: number, which: Which = () => true, error?: S3Error) => {
    faults = faults.filter((one) => one.kind !== kind);
    faults.push({ left, kind, which, ...(error ? { error } : {}) });
  };

  const listen = async (request: IncomingMessage, response: ServerResponse) => {
    const method = request.method ?? "";
    try {
      const asked = await read(request);
      const isList = asked.key === "";
      const name = `${isList ? "LIST" : method} ${asked.bucket}/${isList ? (asked.query.get("prefix") ?? "") : asked.key}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      const holding = holds.find((one) => one.which(method, asked.key));
      if (holding) {
        holding.held++;
        await holding.released;
      }
      if (strikes("reset", method, asked.key)) return void request.socket.destroy();
      const refused = strikes("refuse", method, asked.key)?.error;
      if (refused) throw refused;
      check(request, asked);
      const answer = handle(bucketOf(asked.bucket), method, asked);
      if (/PUT|DELETE/.test(method) && strikes("lose", method, asked.key)) request.socket.destroy();
      else if (method === "GET" && !isList && strikes("break", method, asked.key)) breakOff(response, answer);
      else send(method, response, answer);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${error.code}</Message></Error>`;
      send(method, response, { status: error.status, headers: { "content-type": "application/xml" }, body });
    }
  };
  const server = options.isSecure ? createTlsServer(tls(), listen) : createServer(listen);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `${options.isSecure ? "https://localhost" : "http://127.0.0.1"}:${(server.address() as AddressInfo).port}`,
    counts: () => new Map(counts),
    resetCounts: () => counts.clear(),
    loseAnswers: (count, which) => addFault("lose", count, which),
    refuse: (count, status, code, which) => addFault("refuse", count, which, new S3Error(status, code)),
    breakBodies: (count, which) => addFault("break", count, which),
    reset: (count, which) => addFault("reset", count, which),
    hold(which = () => true) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const holding = { which, held: 0, released: promise };
      holds.push(holding);
      const release = () => {
        holds.splice(holds.indexOf(holding), 1);
        resolve();
      };
      return { held: () => holding.held, release };
    },
    versions: (bucket) => bucketOf(bucket).versions(""),
    seed: (bucket, key, body) => bucketOf(bucket).seed(key, Buffer.from(body)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Path style. The path as it was sent: a key may have dot segments, which URL would take out. */
async function read(request: IncomingMessage): Promise<Asked> {
  const { url = "/", headers } = request;
  const [path = "", query] = url.split("?");
  const [, bucket = "", key = ""] = /^\/([^/]+)\/?(.*)$/s.exec(path) ?? [];
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return {
    bucket,
    key: decodeURIComponent(key),
    query: new URLSearchParams(query),
    headers,
    body: Buffer.concat(chunks),
  };
}

function check(request: IncomingMessage, { headers, body }: Asked): void {
  const problem = signatureProblem(request);
  if (problem !== undefined) throw new S3Error(403, problem);
  // The SDK frames streams only; the store has whole bodies.
  if (headers["content-encoding"] !== undefined) throw new S3Error(501, "NotImplemented");
  const isUnsigned =
    headers["x-amz-content-sha256"] === "UNSIGNED-PAYLOAD" && request.socket instanceof TLSSocket;
  if (!isUnsigned && headers["x-amz-content-sha256"] !== createHash("sha256").update(body).digest("hex"))
    throw new S3Error(400, "XAmzContentSHA256Mismatch");
  if (request.method !== "PUT") return;
  const given = headers["x-amz-checksum-crc32"];
  if (given !== undefined && given !== checksum(body)) throw new S3Error(400, "BadDigest");
}

function handle(bucket: Bucket, method: string, asked: Asked): Answer {
  if (asked.key === "") {
    if (method === "GET" && asked.query.get("list-type") === "2") return list(bucket, asked.query);
    if (method === "GET" && asked.query.has("versions")) return listVersions(bucket, asked.query);
    throw new S3Error(501, "NotImplemented");
  }
  const version = asked.query.get("versionId");
  if (method === "DELETE" && version !== null) return bucket.deleteVersion(asked.key, version);
  if (method === "GET" && version !== null) return bucket.getVersion(asked.key, version);
  for (const name of asked.query.keys()) if (name !== "x-id") throw new S3Error(501, "NotImplemented");
  if (method === "PUT") return bucket.put(asked);
  if (method === "DELETE") return bucket.delete(asked);
  if (method === "GET" || method === "HEAD") return bucket.get(asked);
  throw new S3Error(405, "MethodNotAllowed");
}

function list(bucket: Bucket, query: URLSearchParams): Answer {
  const known = [
    "list-type",
    "prefix",
    "start-after",
    "continuation-token",
    "max-keys",
    "encoding-type",
    "x-id",
  ];
  if ([...query.keys()].some((name) => !known.includes(name))) throw new S3Error(501, "NotImplemented");
  const prefix = query.get("prefix") ?? "";
  const token = query.get("continuation-token");
  const after =
    token === null ? (query.get("start-after") ?? "") : Buffer.from(token, "base64url").toString();
  const size = Math.min(MAX_PAGE, Number(query.get("max-keys") ?? MAX_PAGE));
  const { keys, more } = bucket.page(prefix, after, size);
  const isUrl = query.get("encoding-type") === "url";
  const text = isUrl ? formEncode : escapeXml;
  const body = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    isUrl ? "<EncodingType>url</EncodingType>" : "",
    `<Prefix>${text(prefix)}</Prefix><KeyCount>${keys.length}</KeyCount><MaxKeys>${size}</MaxKeys>`,
    `<IsTruncated>${more}</IsTruncated>`,
    more
      ? `<NextContinuationToken>${Buffer.from(keys.at(-1) ?? "").toString("base64url")}</NextContinuationToken>`
      : "",
    ...keys.map((key) => `<Contents><Key>${text(key)}</Key></Contents>`),
    "</ListBucketResult>",
  ];
  return { status: 200, headers: { "content-type": "application/xml" }, body: body.join("") };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
function listVersions(bucket: Bucket, query: URLSearchParams): Answer {
  if (query.get("encoding-type") !== "url") throw new S3Error(501, "NotImplemented");
  const all = bucket.versions(query.get("prefix") ?? "");
  const [key, id] = [query.get("key-marker"), query.get("version-id-marker")];
  // The marker itself may be gone by now: what is behind it in the order of keys and ages goes on.
  const age = (text: string | null) => Number(text?.slice(1) ?? Number.POSITIVE_INFINITY);
  const isBehind = (one: { key: string; id: string }) =>
    key === null || latin1(one.key) > latin1(key) || (one.key === key && age(one.id) < age(id));
  const rest = all.filter(isBehind);
  const page = rest.slice(0, VERSIONS_PAGE);
  const last = page.at(-1);
  const items = page.map(({ key, id, body, modified, isLatest }) => {
    const name = body === undefined ? "DeleteMarker" : "Version";
    return `<${name}><Key>${formEncode(key)}</Key><VersionId>${id}</VersionId><IsLatest>${isLatest}</IsLatest><LastModified>${modified.toISOString()}</LastModified></${name}>`;
  });
  const isTruncated = page.length < rest.length;
  const next = `<NextKeyMarker>${formEncode(last?.key ?? "")}</NextKeyMarker><NextVersionIdMarker>${last?.id}</NextVersionIdMarker>`;
  const body = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${isTruncated ? next : ""}`,
    ...items,
    "</ListVersionsResult>",
  ];
  return { status: 200, headers: { "content-type": "application/xml" }, body: body.join("") };
}

const latin1 = (text: string) => Buffer.from(text).toString("latin1");

/**
 * The refusal of a HEAD says that it comes in chunks, as that of S3 does (https://github.com/aws/aws-cli/issues/666 shows one): without
 * that or a length, a client takes the end of the connection for the end of the answer, and makes a new one for its next request.
 */
function send(method: string, response: ServerResponse, { status, headers, body }: Answer): void {
  const framing = method === "HEAD" && status >= 400 ? { "transfer-encoding": "chunked" } : {};
  response.writeHead(status, { "x-amz-request-id": "0123456789ABCDEF", ...framing, ...headers });
  response.end(method === "HEAD" ? undefined : body);
}

function breakOff(response: ServerResponse, { status, headers, body = "" }: Answer): void {
  response.writeHead(status, headers);
  response.write(body.slice(0, body.length / 2), () => response.destroy());
}

/** As S3 does: slashes stay, a space is a plus sign. */
function formEncode(text: string): string {
  const strict = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, strict)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+");
}

/** What XML cannot carry stays as it is, as in S3. */
function escapeXml(text: string): string {
  return text.replace(/[&<>\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

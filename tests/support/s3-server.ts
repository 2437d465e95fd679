import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/*
 * As much of S3 as the store uses, strict about it: signatures must be there, checksums must be right, conditions are
 * looked at, listings are in bytewise order. It can lose answers and refuse requests on demand.
 */

const PAGE = 1_000;
const SIGNATURE =
  /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[\w-]+\/s3\/aws4_request, ?SignedHeaders=[\w;-]+, ?Signature=[0-9a-f]{64}$/;

type Stored = { body: Buffer; etag: string; modified: Date };

export type S3Server = {
  url: string;
  /** Requests by method since the start. */
  counts: Map<string, number>;
  /** The next puts are applied, and their connections closed without an answer. */
  loseAnswers(count: number): void;
  /** The next requests are answered with this status and code, and not looked at. */
  refuse(count: number, status: number, code: string): void;
  close(): Promise<void>;
};

export async function startS3Server(): Promise<S3Server> {
  const objects = new Map<string, Stored>();
  const counts = new Map<string, number>();
  let lose = 0;
  let refusals: { status: number; code: string }[] = [];

  const server = createServer(async (request, response) => {
    const method = request.method ?? "";
    counts.set(method, (counts.get(method) ?? 0) + 1);
    const body = await readBody(request);
    try {
      const refusal = refusals.shift();
      if (refusal) throw new S3Error(refusal.status, refusal.code);
      if (!SIGNATURE.test(request.headers.authorization ?? "")) throw new S3Error(403, "AccessDenied");
      const payload = verified(request, body);
      const answer = handle(objects, request, payload);
      if (method === "PUT" && lose > 0) {
        lose--;
        request.socket.destroy();
        return;
      }
      send(response, answer);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code></Error>`;
      send(response, { status: error.status, headers: { "content-type": "application/xml" }, body: text });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    loseAnswers: (count) => {
      lose = count;
    },
    refuse: (count, status, code) => {
      refusals = Array.from({ length: count }, () => ({ status, code }));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class S3Error extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

type Answer = { status: number; headers?: Record<string, string>; body?: string | Buffer };

function handle(objects: Map<string, Stored>, request: IncomingMessage, body: Buffer): Answer {
  const url = new URL(request.url ?? "/", "http://s3");
  const name = decodeURIComponent(url.pathname.slice(1));
  const isBucket = !name.includes("/") || name.endsWith("/") === (name.indexOf("/") === name.length - 1);
  if (request.method === "GET" && url.searchParams.get("list-type") === "2") {
    return list(objects, `${name.split("/")[0]}/`, url.searchParams);
  }
  if (isBucket && !name.includes("/")) throw new S3Error(405, "MethodNotAllowed");
  const stored = objects.get(name);
  if (request.method === "PUT") return put(objects, name, stored, request, body);
  if (request.method === "DELETE") {
    objects.delete(name);
    return { status: 204 };
  }
  if (stored === undefined) throw new S3Error(404, request.method === "HEAD" ? "NotFound" : "NoSuchKey");
  const headers = {
    etag: stored.etag,
    "last-modified": stored.modified.toUTCString(),
    "content-length": String(stored.body.length),
  };
  return { status: 200, headers, ...(request.method === "HEAD" ? {} : { body: stored.body }) };
}

function put(
  objects: Map<string, Stored>,
  name: string,
  stored: Stored | undefined,
  request: IncomingMessage,
  body: Buffer,
): Answer {
  const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = request.headers;
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") throw new S3Error(501, "NotImplemented");
  if (ifNoneMatch === "*" && stored) throw new S3Error(412, "PreconditionFailed");
  if (ifMatch !== undefined && !stored) throw new S3Error(404, "NoSuchKey");
  if (ifMatch !== undefined && ifMatch !== stored?.etag) throw new S3Error(412, "PreconditionFailed");
  const etag = `"${createHash("md5").update(body).digest("hex")}"`;
  objects.set(name, { body, etag, modified: new Date() });
  return { status: 200, headers: { etag } };
}

function list(objects: Map<string, Stored>, bucket: string, query: URLSearchParams): Answer {
  if (query.get("encoding-type") !== "url") throw new S3Error(400, "InvalidArgument");
  const after = query.get("continuation-token") ?? query.get("start-after");
  const prefix = query.get("prefix") ?? "";
  const keys = [...objects.keys()]
    .filter((name) => name.startsWith(bucket + prefix))
    .map((name) => Buffer.from(name.slice(bucket.length)))
    .sort(Buffer.compare)
    .filter((key) => after === null || Buffer.compare(key, Buffer.from(after)) > 0);
  const page = keys.slice(0, Math.min(PAGE, Number(query.get("max-keys") ?? PAGE)));
  const more = keys.length > page.length;
  const encode = (key: Buffer | string) => encodeURIComponent(key.toString()).replaceAll("%20", "+");
  const contents = page.map((key) => `<Contents><Key>${encode(key)}</Key></Contents>`).join("");
  // The token of this server is the last key, as base64 or plain is nobody's business.
  const next = more ? `<NextContinuationToken>${escapeXml(String(page.at(-1)))}</NextContinuationToken>` : "";
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType><IsTruncated>${more}</IsTruncated>${next}${contents}</ListBucketResult>`;
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}

/** The payload, out of its aws-chunked frame, and as its checksums say it must be. */
function verified(request: IncomingMessage, raw: Buffer): Buffer {
  const { headers } = request;
  const body = headers["content-encoding"]?.includes("aws-chunked") ? unchunk(raw) : raw;
  const length = headers["x-amz-decoded-content-length"];
  if (length !== undefined && Number(length) !== body.length) throw new S3Error(400, "IncompleteBody");
  const sha = headers["x-amz-content-sha256"];
  if (sha === undefined) throw new S3Error(400, "MissingSecurityHeader");
  const digest = createHash("sha256").update(body).digest("hex");
  if (/^[0-9a-f]{64}$/.test(String(sha)) && sha !== digest)
    throw new S3Error(400, "XAmzContentSHA256Mismatch");
  const crc = headers["x-amz-checksum-crc32"];
  if (crc !== undefined && crc !== crc32(body)) throw new S3Error(400, "BadDigest");
  return body;
}

function unchunk(raw: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < raw.length; ) {
    const end = raw.indexOf("\r\n", at);
    const size = Number.parseInt(raw.subarray(at, end).toString(), 16);
    if (!(size > 0)) break;
    parts.push(raw.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

function crc32(body: Buffer): string {
  let crc = 0xffffffff;
  for (const byte of body) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return bytes.toString("base64");
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers).end(body);
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** An answer of S3 that is no success; https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export type Asked = {
  bucket: string;
  key: string;
  query: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
};
export type Answer = { status: number; headers?: Record<string, string>; body?: string | Buffer };

/** A version that is not the newest; a marker of a removal has no body. */
export type OldVersion = { key: string; id: string; body: Buffer | undefined; modified: Date };

type Stored = { body: Buffer; etag: string; modified: Date; kept: Record<string, string> };

/** A bucket. Keys are kept as one character for each UTF-8 byte, so that their order as strings is S3's. */
export class Bucket {
  readonly #objects = new Map<string, Stored>();
  #sorted: string[] | undefined;
  /** By object, the newest first; undefined for a bucket that keeps no versions. */
  readonly #versions: Map<string, OldVersion[]> | undefined;
  #count = 0;

  constructor({ isVersioned = false } = {}) {
    if (isVersioned) this.#versions = new Map();
  }

  /** Every version in the order of keys, the newest of each first. */
  versions(prefix: string): (OldVersion & { isLatest: boolean })[] {
    const keys = [...(this.#versions?.keys() ?? [])].filter((name) => name.startsWith(latin1(prefix))).sort();
    return keys.flatMap((name) =>
      (this.#versions?.get(name) ?? []).map((version, i) => ({ ...version, isLatest: i === 0 })),
    );
  }

  deleteVersion(key: string, id: string): Answer {
    const left = (this.#versions?.get(latin1(key)) ?? []).filter((version) => version.id !== id);
    this.#versions?.set(latin1(key), left);
    return { status: 204 };
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: versionId. */
  getVersion(key: string, id: string): Answer {
    const found = this.#versions?.get(latin1(key))?.find((version) => version.id === id);
    if (found === undefined) throw new S3Error(404, "NoSuchVersion");
    if (found.body === undefined) throw new S3Error(405, "MethodNotAllowed");
    const etag = `"${createHash("md5").update(found.body).digest("hex")}"`;
    const headers = { etag, "last-modified": found.modified.toUTCString() };
    return {
      status: 200,
      headers: { ...headers, "content-length": String(found.body.length) },
      body: found.body,
    };
  }

  #keep(key: string, body: Buffer | undefined): void {
    const before = this.#versions?.get(latin1(key)) ?? [];
    this.#versions?.set(latin1(key), [
      { key, id: `v${++this.#count}`, body, modified: new Date() },
      ...before,
    ]);
  }

  put({ key, headers, body }: Asked): Answer {
    const stored = this.#objects.get(latin1(key));
    const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = headers;
    if (ifNoneMatch !== undefined && ifNoneMatch !== "*") throw new S3Error(501, "NotImplemented");
    if (ifNoneMatch === "*" && stored) throw new S3Error(412, "PreconditionFailed");
    if (ifMatch !== undefined) this.#mustMatch(stored, ifMatch);
    if (Buffer.byteLength(key) > 1_024) throw new S3Error(400, "KeyTooLongError");
    const etag = `"${createHash("md5").update(body).digest("hex")}"`;
    this.seed(key, body, keptHeaders(headers));
    return { status: 200, headers: { etag, "x-amz-checksum-crc32": checksum(body) } };
  }

  /** Puts without a request. */
  seed(key: string, body: Buffer, kept: Record<string, string> = {}): void {
    const name = latin1(key);
    if (!this.#objects.has(name)) this.#sorted = undefined;
    const etag = `"${createHash("md5").update(body).digest("hex")}"`;
    this.#objects.set(name, { body, etag, modified: new Date(), kept });
    this.#keep(key, body);
  }

  get({ key, headers }: Asked): Answer {
    const stored = this.#objects.get(latin1(key));
    if (stored === undefined) throw new S3Error(404, "NoSuchKey");
    if (headers["if-match"] !== undefined) this.#mustMatch(stored, headers["if-match"]);
    const described = {
      ...stored.kept,
      etag: stored.etag,
      "last-modified": stored.modified.toUTCString(),
      "content-length": String(stored.body.length),
    };
    if (headers["if-none-match"] === stored.etag) return { status: 304, headers: { etag: stored.etag } };
    if (headers.range !== undefined) return partOf(stored.body, String(headers.range), described);
    const wantsChecksum = headers["x-amz-checksum-mode"] === "ENABLED";
    const sum = wantsChecksum ? { "x-amz-checksum-crc32": checksum(stored.body) } : {};
    return { status: 200, headers: { ...described, ...sum }, body: stored.body };
  }

  delete({ key, headers }: Asked): Answer {
    const name = latin1(key);
    if (headers["if-match"] !== undefined) this.#mustMatch(this.#objects.get(name), headers["if-match"]);
    if (this.#objects.delete(name)) this.#sorted = undefined;
    this.#keep(key, undefined);
    return { status: 204 };
  }

  /** The keys of one page of a listing, and whether there are more. */
  page(prefix: string, after: string, size: number): { keys: string[]; more: boolean } {
    this.#sorted ??= [...this.#objects.keys()].sort();
    const wanted = latin1(prefix);
    const start = latin1(after);
    const keys: string[] = [];
    for (let i = firstAfter(this.#sorted, start < wanted ? wanted : start); ; i++) {
      const key = this.#sorted[i];
      if (key === undefined || !key.startsWith(wanted)) return { keys, more: false };
      if (key === start) continue;
      if (keys.length === size) return { keys, more: true };
      keys.push(Buffer.from(key, "latin1").toString());
    }
  }

  #mustMatch(stored: Stored | undefined, etag: string | string[]): void {
    if (stored === undefined) throw new S3Error(404, "NoSuchKey");
    if (etag !== "*" && etag !== stored.etag) throw new S3Error(412, "PreconditionFailed");
  }
}

/** A part of an object; it comes without the checksum, which is that of the whole. */
function partOf(body: Buffer, range: string, headers: Record<string, string>): Answer {
  const [, from = "", to = ""] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  if (from === "") throw new S3Error(501, "NotImplemented");
  if (Number(from) >= body.length) throw new S3Error(416, "InvalidRange");
  const part = body.subarray(Number(from), Number(to) + 1);
  const last = Number(from) + part.length - 1;
  const more = {
    "content-length": String(part.length),
    "content-range": `bytes ${from}-${last}/${body.length}`,
  };
  return { status: 206, headers: { ...headers, ...more }, body: part };
}

function keptHeaders(headers: Asked["headers"]): Record<string, string> {
  const kept = { "content-type": "binary/octet-stream" } as Record<string, string>;
  for (const name of ["content-type", "cache-control"]) {
    if (headers[name] !== undefined) kept[name] = String(headers[name]);
  }
  return kept;
}

/** The place of the first key that is not before `key`. */
function firstAfter(sorted: string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function checksum(body: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return sum.toString("base64");
}

const latin1 = (text: string) => Buffer.from(text).toString("latin1");

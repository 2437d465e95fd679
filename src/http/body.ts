import { FlashwireError } from "../core/errors.ts";
import { MAX_RECORD_BYTES } from "../core/limits.ts";
import { parseJson } from "../stream/json.ts";
import { type Coding, unpack } from "../stream/unpack.ts";
import { HeadedError } from "./headed-error.ts";
import { MAX_UNPACKED_BODY_BYTES } from "./limits.ts";

const JSON_TYPE = /^application\/([a-z0-9!#$&^_.-]+\+)?json$/;

/**
 * The names of a record a line that libraries and services use: https://github.com/ndjson/ndjson-spec has x-ndjson,
 * https://jsonlines.org has jsonl. None is registered. `json-seq` (RFC 7464) is something else: its records may go over lines.
 */
const NDJSON_TYPE = /^application\/(x-)?(ndjson|ldjson|jsonl|jsonlines|json-lines)$/;

/** By their names in Content-Encoding (RFC 9110 §8.4.1); `x-gzip` is gzip by its old name. */
const CODINGS: Record<string, Coding> = { gzip: "gzip", "x-gzip": "gzip", br: "br" };

/** The body as JSON. Throws `unsupported-media-type`, `too-large` (before and while it is read) and `malformed`. */
export async function readJson(request: Request): Promise<unknown> {
  requireJson(request.headers);
  return parseJson(await readBytes(request));
}

/** The body as JSON, as `readJson` reads it; undefined where the request has none. */
export async function readOptionalJson(request: Request): Promise<unknown> {
  // Neither the headers nor the platform say for sure whether there is one.
  const bytes = await readBytes(request);
  if (bytes.byteLength === 0) return undefined;
  requireJson(request.headers);
  return parseJson(bytes);
}

/** The kind of a body of several records, by its headers. Throws `unsupported-media-type`. */
export function streamType(headers: Headers): "json" | "ndjson" {
  codingOf(headers);
  const type = mediaType(headers);
  if (type !== undefined) return type;
  const detail = "Send one record, a JSON array, or NDJSON, in UTF-8, with a Content-Type that says which.";
  throw new HeadedError("unsupported-media-type", detail, {
    Accept: "application/json, application/x-ndjson",
  });
}

/**
 * The body as it comes in, unpacked. The adapter drops unread bytes after the answer. Throws as
 * `unpack`.
 */
export function chunksOf(request: Request, max = MAX_UNPACKED_BODY_BYTES): AsyncIterable<Uint8Array> {
  const coding = codingOf(request.headers);
  const chunks = request.body?.values({ preventCancel: true }) ?? (async function* () {})();
  return coding === undefined ? chunks : unpack(chunks, coding, max);
}

function requireJson(headers: Headers): void {
  codingOf(headers);
  if (mediaType(headers) === "json") return;
  const detail = "Send JSON, in UTF-8, with Content-Type: application/json.";
  throw new HeadedError("unsupported-media-type", detail, { Accept: "application/json" });
}

/**
 * How the body is packed; undefined for not at all. RFC 9110 §15.5.16 and §12.5.3: a refusal says what would be taken,
 * and says it only where the coding is the reason.
 */
function codingOf(headers: Headers): Coding | undefined {
  const named = (headers.get("content-encoding") ?? "").toLowerCase().split(",");
  const [name, ...others] = named
    .map((each) => each.trim())
    .filter((each) => !["", "identity"].includes(each));
  if (name === undefined) return undefined;
  if (others.length === 0 && Object.hasOwn(CODINGS, name)) return CODINGS[name];
  const detail = "Send the body as it is, or packed once, with Content-Encoding: gzip or br.";
  throw new HeadedError("unsupported-media-type", detail, { "Accept-Encoding": "gzip, br" });
}

function mediaType(headers: Headers): "json" | "ndjson" | undefined {
  const [essence = "", ...parameters] = (headers.get("content-type") ?? "").toLowerCase().split(";");
  const charset = parameters.map((parameter) => parameter.trim()).find((p) => p.startsWith("charset="));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) return undefined;
  if (JSON_TYPE.test(essence.trim())) return "json";
  return NDJSON_TYPE.test(essence.trim()) ? "ndjson" : undefined;
}

async function readBytes(request: Request): Promise<Uint8Array> {
  const tooLarge = new FlashwireError("too-large", `A record has at most ${MAX_RECORD_BYTES} bytes.`);
  // Packed, a record is smaller yet.
  if (Number(request.headers.get("content-length") ?? 0) > MAX_RECORD_BYTES) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunksOf(request, MAX_RECORD_BYTES)) {
    size += chunk.byteLength;
    if (size > MAX_RECORD_BYTES) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

import { FlashwireError } from "../core/errors.ts";
import { MAX_RECORD_BYTES } from "../core/limits.ts";
import { parseJson } from "../stream/json.ts";
import { HeadedError } from "./headed-error.ts";

const JSON_TYPE = /^application\/([a-z0-9!#$&^_.-]+\+)?json$/;
const NDJSON_TYPES = [
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/x-jsonlines",
];

/** The body as JSON. Throws `unsupported-media-type`, `too-large` (before and while it is read) and `malformed`. */
export async function readJson(request: Request): Promise<unknown> {
  requireJson(request.headers);
  return parseJson(await readBytes(request));
}

/** The same where a body may be left out; undefined then. */
export async function readOptionalJson(request: Request): Promise<unknown> {
  // Neither the headers nor the platform say for sure whether there is one.
  const bytes = await readBytes(request);
  if (bytes.byteLength === 0) return undefined;
  requireJson(request.headers);
  return parseJson(bytes);
}

/** How a body holds several records. Throws `unsupported-media-type`. */
export function streamForm(headers: Headers): "array" | "ndjson" {
  const type = mediaType(headers);
  if (type !== undefined) return type === "json" ? "array" : "ndjson";
  const detail = "Send a JSON array, or NDJSON, in UTF-8; the Content-Type says which.";
  throw new HeadedError("unsupported-media-type", detail, {
    Accept: "application/json, application/x-ndjson",
  });
}

/** The body as it comes in. What is not read stays there: the adapter drops it behind the answer. */
export function chunksOf({ body }: Request): AsyncIterable<Uint8Array> {
  return body?.values({ preventCancel: true }) ?? (async function* () {})();
}

function requireJson(headers: Headers): void {
  if (mediaType(headers) === "json") return;
  const detail = "Send JSON, in UTF-8, with Content-Type: application/json.";
  throw new HeadedError("unsupported-media-type", detail, { Accept: "application/json" });
}

/** What the body is, if it can be read at all. RFC 9110 §15.5.16: a refusal says what would be taken. */
function mediaType(headers: Headers): "json" | "ndjson" | undefined {
  const encoding = headers.get("content-encoding") || "identity";
  if (encoding.toLowerCase() !== "identity") {
    const detail = "Send the body as it is, without a Content-Encoding.";
    throw new HeadedError("unsupported-media-type", detail, { "Accept-Encoding": "identity" });
  }
  const [essence = "", ...parameters] = (headers.get("content-type") ?? "").toLowerCase().split(";");
  const charset = parameters.map((parameter) => parameter.trim()).find((p) => p.startsWith("charset="));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) return undefined;
  if (JSON_TYPE.test(essence.trim())) return "json";
  return NDJSON_TYPES.includes(essence.trim()) ? "ndjson" : undefined;
}

async function readBytes(request: Request): Promise<Uint8Array> {
  const tooLarge = new FlashwireError("too-large", `A record has at most ${MAX_RECORD_BYTES} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > MAX_RECORD_BYTES) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunksOf(request)) {
    size += chunk.byteLength;
    if (size > MAX_RECORD_BYTES) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

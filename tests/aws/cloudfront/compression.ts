import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Reply } from "./http.ts";

/*
 * What the edge does to an answer that it fetched, for a viewer that takes an encoding:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
 */

/** The page's list of media types. */
const TYPES = new Set([
  ...[
    "dash+xml",
    "eot",
    "font",
    "font-sfnt",
    "javascript",
    "json",
    "opentype",
    "otf",
    "pdf",
    "pkcs7-mime",
  ].map((name) => `application/${name}`),
  ...["protobuf", "rss+xml", "truetype", "ttf", "vnd.apple.mpegurl", "vnd.mapbox-vector-tile", "wasm"].map(
    (name) => `application/${name}`,
  ),
  ...["vnd.ms-fontobject", "xhtml+xml", "xml", "x-font-opentype", "x-font-truetype", "x-font-ttf"].map(
    (name) => `application/${name}`,
  ),
  ...["x-httpd-cgi", "x-javascript", "x-mpegurl", "x-opentype", "x-otf", "x-perl", "x-ttf"].map(
    (name) => `application/${name}`,
  ),
  ...["font/eot", "font/opentype", "font/otf", "font/ttf", "image/svg+xml", "vnd.apple.mpegurl"],
  ...["css", "csv", "html", "javascript", "js", "plain", "richtext", "tab-separated-values", "xml"].map(
    (name) => `text/${name}`,
  ),
  ...["x-component", "x-java-source", "x-script"].map((name) => `text/${name}`),
]);

const COMPRESSED_STATUSES = [200, 403, 404];

/** Whether the page's conditions hold for this answer. The page shows types without parameters; here they do not matter. */
export function isCompressible({ status, headers }: Reply): boolean {
  const size = Number(headers["content-length"] ?? Number.NaN);
  const [type = ""] = (headers["content-type"] ?? "").split(";");
  return (
    COMPRESSED_STATUSES.includes(status) &&
    size >= 1_000 &&
    size <= 10_000_000 &&
    headers["content-encoding"] === undefined &&
    TYPES.has(type.trim().toLowerCase())
  );
}

/** The answer in the encoding. A strong ETag becomes a weak one, an invalid one goes (*ETag header conversion*). */
export function compressed(reply: Reply, encoding: "br" | "gzip"): Reply {
  const body = encoding === "br" ? brotli(reply.body) : gzipSync(reply.body);
  const { etag = "", ...headers } = reply.headers;
  return {
    ...reply,
    headers: {
      ...headers,
      ...weak(etag),
      "content-encoding": encoding,
      "content-length": String(body.byteLength),
    },
    body,
  };
}

function weak(etag: string): { etag?: string } {
  if (etag.startsWith('"')) return { etag: `W/${etag}` };
  return etag.startsWith("W/") ? { etag } : {};
}

/** AWS names no level. 5 is what servers that compress as they send mostly take. */
const brotli = (body: Uint8Array) =>
  brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });

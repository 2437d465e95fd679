import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { LRUCache } from "lru-cache";
import Negotiator from "negotiator";
import { COMPRESSED_BYTES, MIN_COMPRESSED_BYTES } from "./limits.ts";

export type Encoding = "br" | "gzip";

/** Best first, where the client likes them the same. */
const ENCODINGS = ["br", "gzip", "identity"];

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/**
 * Brotli 5 of a feed is smaller than gzip's best and as quick as its middle. Documents are compressed once for all
 * readers, so neither speed nor size at any price.
 */
const COMPRESS: Record<Encoding, (body: Uint8Array) => Promise<Uint8Array>> = {
  br: (body) =>
    brotli(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 5,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.byteLength,
      },
    }),
  gzip: (body) => zip(body),
};

/** `x-gzip` is gzip by its old name (RFC 9110 §8.4.1.3). */
const X_GZIP = /(?<![^\s,])x-gzip(?![^\s,;])/gi;

/** The encoding that the client likes best; undefined for none. RFC 9110 §12.5.3. */
export function negotiate(headers: Headers, size: number): Encoding | undefined {
  const wanted = headers.get("accept-encoding")?.replace(X_GZIP, "gzip");
  const negotiator: { encodings(available: string[], options: { preferred: string[] }): string[] } =
    new Negotiator({ headers: wanted === undefined ? {} : { "accept-encoding": wanted } });
  const accepted = negotiator.encodings(ENCODINGS, { preferred: ENCODINGS });
  if (size < MIN_COMPRESSED_BYTES && accepted.includes("identity")) return undefined;
  const [best] = accepted;
  return best === "br" || best === "gzip" ? best : undefined;
}

/** Compresses documents, each of them once: `etag` names its bytes. */
export type Compressor = (etag: string, encoding: Encoding, body: Uint8Array) => Promise<Uint8Array>;

export function createCompressor(maxBytes = COMPRESSED_BYTES): Compressor {
  const cache = new LRUCache<string, Uint8Array, { encoding: Encoding; body: Uint8Array }>({
    maxSize: maxBytes,
    sizeCalculation: (compressed) => compressed.byteLength,
    // Requests for the same document at the same time wait for the one compression.
    fetchMethod: (_key, _stale, { context }) => COMPRESS[context.encoding](context.body),
  });
  return async (etag, encoding, body) =>
    (await cache.fetch(`${encoding} ${etag}`, { context: { encoding, body } })) ?? COMPRESS[encoding](body);
}

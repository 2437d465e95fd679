import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { LRUCache } from "lru-cache";
import Negotiator from "negotiator";
import pLimit from "p-limit";
import type { ReaderHeaders } from "./conditions.ts";
import {
  COMPRESSED_AT_ONCE,
  COMPRESSED_BYTES,
  MAX_REMEMBERED_WISHES,
  MAX_WISH,
  MIN_COMPRESSED_BYTES,
} from "./limits.ts";

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

/** What clients like, best first, by their header: browsers and programs send a few of them again and again. */
const wishes = new LRUCache<string, string[]>({ max: MAX_REMEMBERED_WISHES });

/** The encoding that the client likes best; undefined for none. RFC 9110 §12.5.3. */
export function negotiate(headers: ReaderHeaders, size: number): Encoding | undefined {
  const wanted = headers.get("accept-encoding");
  // Without the header a client takes anything, and is served what every client understands.
  if (wanted === null) return undefined;
  const accepted = wishes.get(wanted) ?? acceptedBy(wanted);
  if (size < MIN_COMPRESSED_BYTES && accepted.includes("identity")) return undefined;
  const [best] = accepted;
  return best === "br" || best === "gzip" ? best : undefined;
}

function acceptedBy(wanted: string): string[] {
  const negotiator: { encodings(available: string[], options: { preferred: string[] }): string[] } =
    new Negotiator({ headers: { "accept-encoding": wanted.replace(X_GZIP, "gzip") } });
  const accepted = negotiator.encodings(ENCODINGS, { preferred: ENCODINGS });
  if (wanted.length <= MAX_WISH) wishes.set(wanted, accepted);
  return accepted;
}

/** The compressed copies of documents, each of them made once: `etag` names the bytes of the document. */
export type Copies = {
  /** The copy that is in memory. */
  find(etag: string, encoding: Encoding): Uint8Array | undefined;
  make(etag: string, encoding: Encoding, body: Uint8Array): Promise<Uint8Array>;
  /** Runs what reads a document and makes its copy, when fewer than COMPRESSED_AT_ONCE others run. What waits holds no document. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
};

export function createCopies(maxBytes = COMPRESSED_BYTES): Copies {
  const cache = new LRUCache<string, Uint8Array, { encoding: Encoding; body: Uint8Array }>({
    maxSize: maxBytes,
    sizeCalculation: (compressed) => compressed.byteLength,
    // Requests for the same document at the same time wait for the one compression.
    fetchMethod: (_key, _stale, { context }) => COMPRESS[context.encoding](context.body),
  });
  return {
    find: (etag, encoding) => cache.get(`${encoding} ${etag}`),
    make: async (etag, encoding, body) =>
      (await cache.fetch(`${encoding} ${etag}`, { context: { encoding, body } })) ?? COMPRESS[encoding](body),
    inTurn: pLimit(COMPRESSED_AT_ONCE),
  };
}

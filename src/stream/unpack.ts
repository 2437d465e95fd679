import {
  type BrotliDecompress,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  type Gunzip,
  type Inflate,
  type InflateRaw,
} from "node:zlib";
import { FlashwireError } from "../core/errors.ts";
import { UNPACKED_CHUNK_BYTES } from "./limits.ts";

/** The content codings that are unpacked (RFC 9110 §8.4.1); `deflate-raw` is deflate without the envelope of zlib. */
export type Coding = "gzip" | "br" | "deflate" | "deflate-raw";

const DECODERS = {
  gzip: () => createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES }),
  br: () => createBrotliDecompress({ chunkSize: UNPACKED_CHUNK_BYTES }),
  deflate: () => createInflate({ chunkSize: UNPACKED_CHUNK_BYTES }),
  "deflate-raw": () => createInflateRaw({ chunkSize: UNPACKED_CHUNK_BYTES }),
};

type Decoder = Gunzip | BrotliDecompress | Inflate | InflateRaw;

/**
 * The bytes that a packed stream holds, at most `max` of them. A chunk is asked for only when all that the chunk before
 * it holds is read, so that a small chunk which holds much takes no memory. Several gzip files in a row are one
 * (RFC 1952 §2.2). No bytes give no bytes. Throws `malformed` where the stream is not packed so, is cut
 * off or has more behind its end, and `too-large` beyond `max`; what the source throws is thrown on.
 */
export async function* unpack(
  chunks: AsyncIterable<Uint8Array>,
  coding: Coding,
  max: number,
): AsyncGenerator<Uint8Array> {
  const decoder = DECODERS[coding]();
  const steps = stepsOf(decoder);
  let given = 0;
  let size = 0;
  let isOver = false;
  const checked = (bytes: Uint8Array) => {
    size += bytes.byteLength;
    if (size > max) throw new FlashwireError("too-large", `Unpacked, this has more than ${max} bytes`);
    return bytes;
  };
  try {
    for await (const chunk of chunks) {
      if (!isOver) for await (const bytes of steps.write(chunk, coding)) yield checked(bytes);
      given += chunk.byteLength;
      // A decoder takes all that it is given, but for what is behind its end.
      const rest: Uint8Array = isOver ? chunk : lastOf(chunk, given - decoder.bytesWritten);
      isOver ||= rest.byteLength > 0;
      checkRest(rest, coding);
    }
    if (given > 0 && !isOver) for await (const bytes of steps.write(undefined, coding)) yield checked(bytes);
  } finally {
    decoder.destroy();
  }
}

/** Gives a decoder one chunk, or its end, and hands on all that comes of it. */
function stepsOf(decoder: Decoder) {
  let failure: Error | undefined;
  let isAtEnd = false;
  let wake = () => {};
  decoder
    .on("readable", () => wake())
    .on("end", () => {
      isAtEnd = true;
      wake();
    })
    .on("error", (error) => {
      failure ??= error;
      wake();
    });

  async function* write(chunk: Uint8Array | undefined, coding: Coding): AsyncGenerator<Uint8Array> {
    let isDone = false;
    const done = (error?: Error | null) => {
      failure ??= error ?? undefined;
      isDone = true;
      wake();
    };
    // Whether the end is one is known only after the callback.
    if (chunk === undefined) decoder.end();
    else decoder.write(chunk, done);
    for (;;) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      for (let bytes = decoder.read(); bytes !== null; bytes = decoder.read()) yield bytes;
      if (failure !== undefined) throw malformed(coding, failure);
      if (isDone || isAtEnd) return;
      await promise;
    }
  }
  return { write };
}

const lastOf = (bytes: Uint8Array, count: number) =>
  bytes.subarray(bytes.byteLength - Math.min(bytes.byteLength, count));

/** Zeros behind the end are what tapes and some programs fill a gzip file up with; anything else would be lost unsaid. */
function checkRest(rest: Uint8Array, coding: Coding): void {
  if (coding === "gzip" ? rest.every((byte) => byte === 0) : rest.byteLength === 0) return;
  throw new FlashwireError("malformed", `There is more behind the end of the ${NAMES[coding]} data`);
}

const NAMES: Record<Coding, string> = {
  gzip: "gzip",
  br: "Brotli",
  deflate: "deflate",
  "deflate-raw": "deflate",
};

function malformed(coding: Coding, cause: Error & { code?: string }): FlashwireError {
  const name = NAMES[coding];
  const detail =
    cause.code === "Z_BUF_ERROR"
      ? `The ${name} data is cut off: its end is missing`
      : `This is not whole ${name} data (${cause.message})`;
  return new FlashwireError("malformed", detail, [], { cause });
}

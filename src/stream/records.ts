import { FlashwireError } from "../core/errors.ts";
import { MAX_RECORD_BYTES } from "../core/limits.ts";
import type { Form } from "./form.ts";
import { parseJson } from "./json.ts";
import { MAX_STREAM_RECORDS } from "./limits.ts";
import { type Piece, splitArray, splitLines } from "./split.ts";

/**
 * `line` counts lines of NDJSON and items of an array, from 1; it is 0 for what is wrong with the whole. `end`: where in the stream a reader that has had this
 * item may go on; undefined where there is nothing more to read.
 */
export type StreamItem = { line: number; end?: number } & ({ value: unknown } | { error: FlashwireError });

/** Where a reader stands: behind so many bytes, lines (or items of an array) and records. */
export type StreamPosition = { at: number; line: number; count: number };

const START: StreamPosition = { at: 0, line: 0, count: 0 };

/**
 * The records of a text in one of its forms, NDJSON as https://github.com/ndjson/ndjson-spec, one at a time as their
 * bytes come in. A bad line spoils only itself. An item of an array that is not JSON ends it, since nobody knows where
 * the next one begins; the items before it stand, and so they do where `chunks` throws a FlashwireError, which becomes
 * the last item. A record that is too large is passed over in lines and arrays. `chunks` begin at `place`.
 */
export async function* parseRecords(
  chunks: AsyncIterable<Uint8Array>,
  form: Form,
  place: StreamPosition = START,
): AsyncIterable<StreamItem> {
  if (form === "one") {
    yield await readOne(chunks);
    return;
  }
  let { line, count } = place;
  let isRest = place.at > 0;
  try {
    for await (const piece of (form === "array" ? splitArray : splitLines)(chunks, place.at)) {
      if (isRest) {
        isRest = false;
        continue;
      }
      line++;
      if (form === "ndjson" ? isBlank(piece) : line === 1 && piece.isLast && isBlank(piece)) continue;
      if (++count > MAX_STREAM_RECORDS) {
        const detail = `One stream has at most ${MAX_STREAM_RECORDS} records`;
        yield { line, error: new FlashwireError("too-large", detail) };
        return;
      }
      const item = readPiece(piece, line);
      // The cause is there when the parser itself gave up, and not for a name that stands twice.
      const isEnd = form === "array" && "error" in item && item.error.cause !== undefined;
      yield isEnd ? item : { ...item, end: piece.end };
      if (isEnd) return;
    }
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
    yield { line: line + 1, error };
  }
}

async function readOne(chunks: AsyncIterable<Uint8Array>): Promise<StreamItem> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of chunks) {
      size += chunk.byteLength;
      if (size > MAX_RECORD_BYTES) return readPiece({ bytes: undefined, end: size }, 1);
      parts.push(chunk);
    }
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
    return { line: 1, error };
  }
  return readPiece({ bytes: Buffer.concat(parts), end: size }, 1);
}

function readPiece({ bytes }: Piece, line: number): StreamItem {
  try {
    if (bytes !== undefined) return { line, value: parseJson(bytes) };
    const detail = `A record has at most ${MAX_RECORD_BYTES} bytes`;
    return { line, error: new FlashwireError("too-large", detail) };
  } catch (error) {
    if (error instanceof FlashwireError) return { line, error };
    throw error;
  }
}

/** Nothing but space (RFC 8259 §2), or a byte order mark before it. */
function isBlank({ bytes }: Piece): boolean {
  if (bytes === undefined) return false;
  const text = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  return text.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a);
}

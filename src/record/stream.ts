import { FlashwireError } from "../core/errors.ts";
import { MAX_RECORD_BYTES, MAX_STREAM_RECORDS } from "../core/limits.ts";
import { parseJson } from "./json.ts";
import { type Piece, splitArray, splitLines } from "./split.ts";

/** `line` counts lines of NDJSON and items of an array, from 1. */
export type StreamItem = { line: number; value: unknown } | { line: number; error: FlashwireError };

/**
 * The records of a JSON array or of NDJSON (https://github.com/ndjson/ndjson-spec), one at a time as their bytes come
 * in. A bad line spoils only itself. An item of an array that is not JSON ends it, since nobody knows where the next
 * one begins; the items before it stand. A record that is too large is passed over in both.
 */
export async function* readRecords(
  chunks: AsyncIterable<Uint8Array>,
  form: "array" | "ndjson",
): AsyncIterable<StreamItem> {
  let line = 0;
  let count = 0;
  try {
    for await (const piece of form === "array" ? splitArray(chunks) : splitLines(chunks)) {
      line++;
      if (form === "ndjson" ? isBlank(piece) : line === 1 && piece.isLast && isBlank(piece)) continue;
      if (++count > MAX_STREAM_RECORDS) {
        throw new FlashwireError("too-large", `One stream has at most ${MAX_STREAM_RECORDS} records`);
      }
      const item = readPiece(piece, line);
      yield item;
      // The cause is there when the parser itself gave up, and not for a name that stands twice.
      if (form === "array" && "error" in item && item.error.cause !== undefined) return;
    }
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
    yield { line: form === "array" ? line + 1 : line, error };
  }
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

/** Nothing but space (RFC 8259 §2). */
function isBlank({ bytes }: Piece): boolean {
  return bytes?.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a) ?? false;
}

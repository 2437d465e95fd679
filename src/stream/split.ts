import { FlashwireError } from "../core/errors.ts";
import { MAX_RECORD_BYTES } from "../core/limits.ts";

/*
 * Cuts a stream of bytes into the records in it, without reading them: no more than one record is in memory, and of
 * one that is too large not even that. UTF-8 makes it safe to look at bytes: none of a letter's is a quote's.
 */

/**
 * The bytes of one record; undefined where they are more than MAX_RECORD_BYTES. `end`: where in the stream it ends, at
 * the comma, bracket or line feed behind it. `isLast`: the array ends with it.
 */
export type Piece = { bytes: Uint8Array | undefined; end: number; isLast?: boolean };

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
const BYTE_ORDER_MARK = new Set([0xef, 0xbb, 0xbf]);

/**
 * Every line, blank ones too, also a last one without line feed. `from`: where in the stream `chunks` begin, the `end`
 * of a piece; the first piece is then empty, what is left of that one.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, from = 0): AsyncIterable<Piece> {
  const piece = collector();
  let base = from;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      piece.add(chunk.subarray(start, end));
      yield { bytes: piece.take(), end: base + end };
      start = end + 1;
    }
    piece.add(chunk.subarray(start));
    base += chunk.byteLength;
  }
  yield { bytes: piece.take(), end: base };
}

/**
 * Every item of a JSON array with the space around it; of an empty array one blank item. Only commas and brackets are
 * looked at: whether an item is JSON is for its reader to say. Throws `malformed` where the array itself is not whole.
 * `from` as for lines.
 */
export async function* splitArray(chunks: AsyncIterable<Uint8Array>, from = 0): AsyncIterable<Piece> {
  const piece = collector();
  const cursor = arrayCursor(from > 0 ? "inside" : "before");
  let base = from;
  for await (const chunk of chunks) {
    const text = textIn(chunk);
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (cursor.isInText()) at = text.end(at);
      const step = cursor.step(chunk[at]);
      if (step === undefined) continue;
      if (step !== "begin") {
        piece.add(chunk.subarray(start, at));
        yield { bytes: piece.take(), end: base + at, isLast: step === "end" };
      }
      start = at + 1;
    }
    if (cursor.isInside()) piece.add(chunk.subarray(start));
    base += chunk.byteLength;
  }
  cursor.finish();
}

/** Where the plain letters of a string end: at a quote, a backslash or the end of the chunk. */
function textIn(chunk: Uint8Array) {
  const find = (byte: number, from: number) => {
    const found = chunk.indexOf(byte, from);
    return found === -1 ? chunk.length : found;
  };
  // Many strings may stand before the next backslash: it is looked for once.
  let backslash = -1;
  return {
    end(from: number): number {
      if (backslash < from) backslash = find(BACKSLASH, from);
      return Math.min(find(QUOTE, from), backslash);
    },
  };
}

/** Follows a JSON array byte by byte; tells where it begins, where an item ends, and where the array does. */
function arrayCursor(start: "before" | "inside") {
  let place: "before" | "inside" | "behind" = start;
  let depth = 0;
  let string: "no" | "yes" | "escape" = "no";

  const inString = (byte: number) => {
    if (string === "escape") string = "yes";
    else if (byte === BACKSLASH) string = "escape";
    else if (byte === QUOTE) string = "no";
    return undefined;
  };
  const outside = (byte: number) => {
    if (SPACE.has(byte) || (place === "before" && BYTE_ORDER_MARK.has(byte))) return undefined;
    if (place === "behind") throw malformed("There is more behind the end of the JSON array");
    if (byte !== OPEN_ARRAY) throw malformed("This is not a JSON array of records");
    place = "inside";
    return "begin" as const;
  };
  const between = (byte: number) => {
    if (byte === COMMA) return "item" as const;
    if (byte !== CLOSE_ARRAY) return undefined;
    place = "behind";
    return "end" as const;
  };
  return {
    /** `byte`: none behind the last one of a chunk. */
    step(byte: number | undefined): "begin" | "item" | "end" | undefined {
      if (byte === undefined) return undefined;
      if (string !== "no") return inString(byte);
      if (place !== "inside") return outside(byte);
      if (byte === QUOTE) string = "yes";
      else if (depth === 0 && (byte === COMMA || byte === CLOSE_ARRAY)) return between(byte);
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth++;
      else if ((byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) && depth > 0) depth--;
      return undefined;
    },
    isInText: () => string === "yes",
    isInside: () => place === "inside",
    finish() {
      if (place === "inside") throw malformed("The JSON array does not end; its last record may be cut off");
      if (place === "before") throw malformed("There is no JSON array");
    },
  };
}

/** Bytes of one record until it is whole. Bytes beyond the limit are counted and dropped. */
function collector() {
  let parts: Uint8Array[] = [];
  let size = 0;
  return {
    add(bytes: Uint8Array) {
      size += bytes.byteLength;
      if (size > MAX_RECORD_BYTES) parts = [];
      else if (bytes.byteLength > 0) parts.push(bytes);
    },
    take(): Uint8Array | undefined {
      const bytes = size > MAX_RECORD_BYTES ? undefined : Buffer.concat(parts);
      parts = [];
      size = 0;
      return bytes;
    },
  };
}

function malformed(detail: string): FlashwireError {
  return new FlashwireError("malformed", detail);
}

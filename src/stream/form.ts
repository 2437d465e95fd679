import { MAX_RECORD_BYTES } from "../core/limits.ts";

/** How records stand in a text: one record over any number of lines, a JSON array, or a record a line (NDJSON). */
export type Form = "one" | "array" | "ndjson";

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
/** Space (RFC 8259 §2) and the bytes of a byte order mark. */
const BEFORE = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

/**
 * Finds the form in the content, chunk by chunk; `undefined` asks for more, and is given for the end. What begins with
 * a bracket is an array. A first line that is a whole object is the first of many lines. An object over several lines
 * is one record. `promisesLines`, what the name or media type says, decides only where the content could be two
 * things: an object over several lines may also be a first line that is broken. Looks at MAX_RECORD_BYTES and no more.
 */
export function formFinder(promisesLines: boolean): (chunk: Uint8Array | undefined) => Form | undefined {
  const unclear: Form = promisesLines ? "ndjson" : "one";
  let depth = 0;
  let string: "no" | "yes" | "escape" = "no";
  let state: "before" | "inside" | "behind" = "before";
  let lines = 1;
  let isLineStart = false;
  let size = 0;

  const begin = (byte: number): Form | undefined => {
    if (BEFORE.has(byte)) return undefined;
    if (byte !== OPEN_OBJECT) return byte === OPEN_ARRAY ? "array" : unclear;
    state = "inside";
    depth = 1;
    return undefined;
  };
  const inString = (byte: number): Form | undefined => {
    // No JSON string goes over a line.
    if (byte === LINE_FEED) return unclear;
    if (string === "escape") string = "yes";
    else if (byte === BACKSLASH) string = "escape";
    else if (byte === QUOTE) string = "no";
    return undefined;
  };
  const inside = (byte: number): Form | undefined => {
    if (byte === LINE_FEED) {
      lines++;
      isLineStart = true;
      return undefined;
    }
    // Another record: the line before it is broken. Nobody has to wait for the end to know.
    if (isLineStart && byte === OPEN_OBJECT && promisesLines) return "ndjson";
    isLineStart = false;
    if (byte === QUOTE) string = "yes";
    else if (OPENING.has(byte)) depth++;
    else if (CLOSING.has(byte) && --depth === 0) {
      if (lines === 1) return "ndjson";
      state = "behind";
    }
    return undefined;
  };
  const step = (byte: number): Form | undefined => {
    if (state === "before") return begin(byte);
    if (state === "behind") return BEFORE.has(byte) ? undefined : unclear;
    return string === "no" ? inside(byte) : inString(byte);
  };
  const atEnd = (): Form => (state === "before" || lines === 1 ? "ndjson" : "one");
  return (chunk) => {
    if (chunk === undefined) return atEnd();
    for (const byte of chunk) {
      const form = step(byte);
      if (form !== undefined) return form;
      if (++size > MAX_RECORD_BYTES) return atEnd();
    }
    return undefined;
  };
}

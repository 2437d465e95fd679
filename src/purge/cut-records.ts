import { sentId } from "../core/article-id.ts";
import { FlashwireError } from "../core/errors.ts";
import { parseJson } from "../stream/json.ts";
import { type Piece, splitArray, splitLines } from "../stream/split.ts";

/** `bytes`: the file without the records; `lines`: of those that were cut, as the result of the file counts them. */
export type Cut = { bytes: Uint8Array; lines: number[] };

const LINE_FEED = Buffer.from("\n");
const COMMA = Buffer.from(",");
const CLOSE_ARRAY = Buffer.from("]");
const OPEN_ARRAY = 0x5b;
/** Space, and the bytes of a byte order mark. */
const BLANK = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

/**
 * A file of the inbox without the records of this article. What cannot be read and has the letters of the id in it goes
 * too. A line of NDJSON leaves an empty line, so that the others keep their numbers; items of an array move up.
 */
export function cutRecords(file: Uint8Array, form: "array" | "ndjson", id: string): Promise<Cut> {
  return form === "array" ? cutItems(file, id) : cutLines(file, id);
}

async function cutLines(file: Uint8Array, id: string): Promise<Cut> {
  const kept: Uint8Array[] = [];
  const lines: number[] = [];
  let start = 0;
  let line = 0;
  for await (const { end } of splitLines(once(file))) {
    line++;
    const bytes = file.subarray(start, end);
    if (isOf(bytes, id)) lines.push(line);
    else kept.push(bytes);
    if (end < file.byteLength) kept.push(LINE_FEED);
    start = end + 1;
  }
  return { bytes: Buffer.concat(kept), lines };
}

async function cutItems(file: Uint8Array, id: string): Promise<Cut> {
  const open = behindOpening(file);
  const kept: Uint8Array[] = [];
  const lines: number[] = [];
  let start = open;
  let line = 0;
  let isClosed = false;
  for await (const { end, isLast } of wholeItems(file)) {
    line++;
    const bytes = file.subarray(start, end);
    if (isOf(bytes, id)) lines.push(line);
    else kept.push(...(kept.length > 0 ? [COMMA] : []), bytes);
    start = end + 1;
    isClosed = isLast ?? false;
  }
  // Nobody knows where a record begins behind the last whole item: what is there stays or goes as one.
  const rest = file.subarray(start);
  const isRestCut = isOf(rest, id);
  if (isRestCut) lines.push(line + 1);
  const joint = isClosed ? [CLOSE_ARRAY] : kept.length > 0 && !isRestCut ? [COMMA] : [];
  const behind = isRestCut ? [] : [rest];
  return { bytes: Buffer.concat([file.subarray(0, open), ...kept, ...joint, ...behind]), lines };
}

/** Where the items of an array begin; 0 where this is none. */
function behindOpening(file: Uint8Array): number {
  const open = file.indexOf(OPEN_ARRAY);
  return file.subarray(0, Math.max(open, 0)).every((byte) => BLANK.has(byte)) ? open + 1 : 0;
}

/** The items of an array up to where it is no array any more. */
async function* wholeItems(file: Uint8Array): AsyncIterable<Piece> {
  try {
    yield* splitArray(once(file));
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
  }
}

/** Whether these bytes are a record of the article, or no record at all and name it. */
function isOf(bytes: Uint8Array, id: string): boolean {
  try {
    return sentId(parseJson(bytes)) === id;
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(id);
  }
}

async function* once(file: Uint8Array): AsyncIterable<Uint8Array> {
  yield file;
}

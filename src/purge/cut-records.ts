import { gunzipSync, gzipSync } from "node:zlib";
import { sentId } from "../core/article-id.ts";
import { FlashwireError } from "../core/errors.ts";
import { type Form, formFinder } from "../stream/form.ts";
import { parseJson } from "../stream/json.ts";
import { foreignKind, KINDS } from "../stream/kind.ts";
import { type Piece, splitArray, splitLines } from "../stream/split.ts";

/**
 * `bytes`: the file without the records; `lines`: of those that were cut, as the result of the file counts them.
 * `isEmpty`: nothing is left that could be read.
 */
export type Cut = { bytes: Uint8Array; lines: number[]; form: Form; isEmpty: boolean };

/** Why a file stays as it is: the rest of a sentence that begins with the name of the file. */
export class LeftError extends Error {}

/** `max`: bytes that a packed file may unpack to. `promisesLines`: what the name of the file says. */
export type Cutting = { id: string; promisesLines: boolean; max: number };

const LINE_FEED = Buffer.from("\n");
const COMMA = Buffer.from(",");
const CLOSE_ARRAY = Buffer.from("]");
const OPEN_ARRAY = 0x5b;
/** Space (RFC 8259 §2), the bytes of a byte order mark, and the brackets of an array. */
const NOTHING = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf, 0x5b, 0x5d]);

/**
 * A file of the inbox without the records of this article, packed again where it was packed. What cannot be read and has
 * the letters of the id in it goes too. A line of NDJSON leaves an empty line, so that the others keep their numbers; items of
 * an array move up; of one record nothing stays. Throws `unsupported-media-type` for what the wire never reads, and
 * LeftError for a packed file that is not whole or too large.
 */
export async function cutRecords(file: Uint8Array, cutting: Cutting): Promise<Cut> {
  const kind = foreignKind(file);
  if (kind === undefined) return cutText(file, cutting);
  if (kind !== "gzip") throw new FlashwireError("unsupported-media-type", `This is ${KINDS[kind]}`);
  const cut = await cutText(unpacked(file, cutting.max), cutting);
  return { ...cut, bytes: gzipSync(cut.bytes) };
}

function unpacked(file: Uint8Array, max: number): Uint8Array {
  try {
    return gunzipSync(file, { maxOutputLength: max });
  } catch (cause) {
    const why = `cannot be unpacked (${(cause as Error).message}): look into it, or delete it, by hand`;
    throw new LeftError(why, { cause });
  }
}

async function cutText(text: Uint8Array, { id, promisesLines }: Cutting): Promise<Cut> {
  const find = formFinder(promisesLines);
  const form = find(text) ?? find(undefined) ?? "ndjson";
  const { bytes, lines } = await cutForm(text, form, id);
  return { bytes, lines, form, isEmpty: bytes.every((byte) => NOTHING.has(byte)) };
}

type CutForm = Pick<Cut, "bytes" | "lines">;

async function cutForm(text: Uint8Array, form: Form, id: string): Promise<CutForm> {
  if (form === "array") return cutItems(text, id);
  if (form === "ndjson") return cutLines(text, id);
  return isOf(text, id) ? { bytes: Buffer.of(), lines: [1] } : { bytes: text, lines: [] };
}

async function cutLines(file: Uint8Array, id: string): Promise<CutForm> {
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

async function cutItems(file: Uint8Array, id: string): Promise<CutForm> {
  const open = file.indexOf(OPEN_ARRAY) + 1;
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

import { FlashwireError } from "../../core/errors.ts";
import { MAX_RECORD_BYTES } from "../../core/limits.ts";
import { parseJson } from "../../stream/json.ts";
import { parseRecords } from "../../stream/records.ts";
import type { Source } from "./files.ts";

/** Where a record stands: the line of NDJSON or the item of an array, from 1; neither where a file is one record. */
export type Place = { file: string; line?: number; item?: number };

type Content = { value: unknown } | { error: FlashwireError };

/** A record, or why there is none; `read` is how many bytes of all sources had been read for it. */
export type ReadRecord = { place: Place; read: number } & Content;

type Form = "one" | "array" | "ndjson";

/**
 * The records of all sources in their order. A file that cannot be opened, such as a link to nowhere, is one error.
 * Throws `invalid` when reading breaks off in the middle: what is behind that place is not known.
 */
export async function* readSources(sources: Source[]): AsyncGenerator<ReadRecord> {
  let read = 0;
  const count = (bytes: number) => {
    read += bytes;
  };
  for (const source of sources) {
    for await (const found of readSource(source, count)) yield { ...found, read };
  }
}

async function* readSource(
  source: Source,
  onBytes: (bytes: number) => void,
): AsyncGenerator<{ place: Place } & Content> {
  const file = source.name;
  const opened = await begin(counted(source, onBytes));
  if ("error" in opened) {
    yield { place: { file }, ...opened };
    return;
  }
  const { form, chunks } = await detect(file, opened.chunks);
  if (form === "one") {
    yield { place: { file }, ...(await readOne(chunks)) };
    return;
  }
  let empty = form === "ndjson" && source.size !== undefined;
  for await (const { line, ...found } of parseRecords(chunks, form)) {
    empty = false;
    yield { place: form === "array" ? { file, item: line } : { file, line }, ...found };
  }
  // A pipe may have nothing to say; a file is made to hold something.
  const detail = "There is no record in this file. Did what wrote it fail?";
  if (empty) yield { place: { file }, error: new FlashwireError("malformed", detail) };
}

/** As editors and compilers write it, so that a click leads there. */
export function placeText({ file, line, item }: Place): string {
  return line !== undefined ? `${file}:${line}` : item !== undefined ? `${file} item ${item}` : file;
}

async function* counted(
  { name, open }: Source,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let begun = false;
  try {
    for await (const chunk of open()) {
      begun = true;
      onBytes(chunk.byteLength);
      yield chunk;
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const detail = `cannot be read (${code ?? message}).`;
    if (!begun) throw new FlashwireError("malformed", `This file ${detail}`, [], { cause });
    throw new FlashwireError("invalid", `${name} ${detail}`, [], { cause });
  }
}

/** The same bytes when the first of them have come, or why there are none. */
async function begin(
  chunks: AsyncGenerator<Uint8Array>,
): Promise<{ chunks: AsyncGenerator<Uint8Array> } | { error: FlashwireError }> {
  try {
    const first = await chunks.next();
    const all = async function* () {
      if (first.done !== true) yield first.value;
      yield* chunks;
    };
    return { chunks: all() };
  } catch (error) {
    if (error instanceof FlashwireError) return { error };
    throw error;
  }
}

/** Looks at the beginning: an array; else one record over several lines, or one record a line. */
async function detect(
  file: string,
  chunks: AsyncGenerator<Uint8Array>,
): Promise<{ form: Form; chunks: AsyncIterable<Uint8Array> }> {
  const seen: Uint8Array[] = [];
  const all = async function* () {
    yield* seen;
    yield* chunks;
  };
  let form: Form | undefined = /\.(ndjson|jsonl)$/i.test(file) ? "ndjson" : undefined;
  while (form === undefined) {
    const { done, value } = await chunks.next();
    if (value !== undefined) seen.push(value);
    form = formOf(Buffer.concat(seen), done === true);
  }
  return { form, chunks: all() };
}

function formOf(bytes: Buffer, isAll: boolean): Form | undefined {
  // A byte order mark may come in pieces.
  if (bytes.byteLength < 4 && !isAll) return undefined;
  const text = bytes
    .toString()
    .replace(/^\ufeff/, "")
    .trimStart();
  if (text === "") return isAll ? "ndjson" : undefined;
  if (text.startsWith("[")) return "array";
  if (!text.startsWith("{")) return "one";
  const end = text.indexOf("\n");
  if (end === -1) return isAll || bytes.byteLength > MAX_RECORD_BYTES ? "ndjson" : undefined;
  return text.slice(0, end).trimEnd().endsWith("}") ? "ndjson" : "one";
}

async function readOne(chunks: AsyncIterable<Uint8Array>): Promise<Content> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of chunks) {
      parts.push(chunk);
      size += chunk.byteLength;
      if (size > MAX_RECORD_BYTES) {
        throw new FlashwireError("too-large", `A record has at most ${MAX_RECORD_BYTES} bytes`);
      }
    }
    return { value: parseJson(Buffer.concat(parts)) };
  } catch (error) {
    if (error instanceof FlashwireError && error.code !== "invalid") return { error };
    throw error;
  }
}

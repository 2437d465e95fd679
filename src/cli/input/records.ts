import { FlashwireError } from "../../core/errors.ts";
import { promisesLines } from "../../stream/names.ts";
import { type FoundItem, NO_RECORD, readRecords } from "../../stream/read.ts";
import type { Source } from "./files.ts";

/** Where a record stands: the line of NDJSON or the item of an array, from 1; neither where a file is one record. */
export type Place = { file: string; line?: number; item?: number };

type Content = { value: unknown } | { error: FlashwireError };

/** A record, or why there is none; `read` is how many bytes of all sources had been read for it. */
export type ReadRecord = { place: Place; read: number } & Content;

/**
 * The records of all sources in their order. A file that cannot be opened, such as a link to nowhere, is one error.
 * `note` is told of a file that is an array of no records. Throws `invalid` when reading breaks off in the middle: what
 * is behind that place is not known.
 */
export async function* readSources(
  sources: Source[],
  note: (text: string) => void,
): AsyncGenerator<ReadRecord> {
  let read = 0;
  const count = (bytes: number) => {
    read += bytes;
  };
  for (const source of sources) {
    let isEmpty = source.size !== undefined;
    for await (const found of readSource(source, count)) {
      isEmpty = false;
      yield { ...found, read };
    }
    if (isEmpty) note(`${source.name}: ${NO_RECORD}`);
  }
}

async function* readSource(
  { name: file, size, open }: Source,
  onBytes: (bytes: number) => void,
): AsyncGenerator<{ place: Place } & Content> {
  let begun = false;
  const counted = async function* () {
    for await (const chunk of open()) {
      begun = true;
      onBytes(chunk.byteLength);
      yield chunk;
    }
  };
  const rules = { promisesLines: promisesLines(file), unpacks: true, mayBeBlank: size === undefined };
  try {
    for await (const item of readRecords(counted, rules))
      yield { place: placeOf(file, item), ...contentOf(item) };
  } catch (cause) {
    if (cause instanceof FlashwireError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const detail = `cannot be read (${code ?? message}).`;
    if (begun) throw new FlashwireError("invalid", `${file} ${detail}`, [], { cause });
    yield { place: { file }, error: new FlashwireError("malformed", `This file ${detail}`, [], { cause }) };
  }
}

function placeOf(file: string, { line, shape }: FoundItem): Place {
  if (shape.form === "one" || line === 0) return { file };
  return shape.form === "array" ? { file, item: line } : { file, line };
}

const contentOf = (item: FoundItem): Content =>
  "error" in item ? { error: item.error } : { value: item.value };

/** As editors and compilers write it, so that a click leads there. */
export function placeText({ file, line, item }: Place): string {
  return line !== undefined ? `${file}:${line}` : item !== undefined ? `${file} item ${item}` : file;
}

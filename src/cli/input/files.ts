import { createReadStream } from "node:fs";
import { glob, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { FlashwireError } from "../../core/errors.ts";
import { isRecordFile, RECORD_ENDINGS } from "../../stream/names.ts";
import { MAX_NAMED } from "../limits.ts";

/** Something with records in it. */
export type Source = {
  /** As messages name it. */
  name: string;
  /** Bytes; undefined for a pipe. */
  size?: number;
  open(): AsyncIterable<Uint8Array>;
};

/**
 * Files as they are, folders as the record files in and below them in the order of their names, `-` as what is piped
 * in. `onPassedOver` is told what files of a folder are not taken, and why. Throws `invalid` for what is not there and
 * for folders without records.
 */
export async function findSources(inputs: string[], onPassedOver: (text: string) => void): Promise<Source[]> {
  if (inputs.filter((input) => input === "-").length > 1) {
    throw new FlashwireError("invalid", "Standard input (-) can be read only once.");
  }
  return (await Promise.all(inputs.map((input) => sourcesOf(input, onPassedOver)))).flat();
}

/** Bytes of all; undefined when one of them is a pipe. */
export function totalSize(sources: Source[]): number | undefined {
  let total = 0;
  for (const { size } of sources) {
    if (size === undefined) return undefined;
    total += size;
  }
  return total;
}

async function sourcesOf(input: string, onPassedOver: (text: string) => void): Promise<Source[]> {
  if (input === "-") return [{ name: "stdin", open: () => process.stdin }];
  const found = await stat(input).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === "ENOENT" ? "does not exist" : `cannot be read (${error.code})`;
    throw new FlashwireError("invalid", `${input} ${what}.`);
  });
  // The shell hands over a pipe as /dev/fd/….
  if (!found.isDirectory() && !found.isFile()) return [{ name: input, open: () => createReadStream(input) }];
  if (!found.isDirectory()) return [file(input, found.size)];
  const [names, others] = await filesIn(input);
  if (names.length === 0)
    throw new FlashwireError("invalid", `${input} has no files whose names end in ${RECORD_ENDINGS}.`);
  if (others.length > 0) onPassedOver(passedOver(input, others));
  return Promise.all(names.map(async (name) => file(name, await sizeOf(name))));
}

/** The record files and the other ones in and below a folder, each in the order of their names. */
async function filesIn(folder: string): Promise<[records: string[], others: string[]]> {
  const records: string[] = [];
  const others: string[] = [];
  for await (const entry of glob("**/*", { cwd: folder, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    (isRecordFile(entry.name) ? records : others).push(join(entry.parentPath, entry.name));
  }
  return [records.sort(), others.sort()];
}

function passedOver(folder: string, others: string[]): string {
  const named = others.slice(0, MAX_NAMED).map((name) => relative(folder, name));
  const more = others.length > MAX_NAMED ? ` and ${others.length - MAX_NAMED} more` : "";
  return `${folder}: not taken are ${named.join(", ")}${more}. The names of files that are taken end in ${RECORD_ENDINGS}.`;
}

/** Bytes; 0 for a link to nowhere, which the reader of the file reports before it continues with the others. */
async function sizeOf(name: string): Promise<number> {
  return (await stat(name).catch(() => undefined))?.size ?? 0;
}

function file(name: string, size: number): Source {
  return { name, size, open: () => createReadStream(name) };
}

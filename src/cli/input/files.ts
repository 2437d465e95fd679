import { createReadStream } from "node:fs";
import { glob, stat } from "node:fs/promises";
import { join } from "node:path";
import { FlashwireError } from "../../core/errors.ts";

/** Something with records in it. */
export type Source = {
  /** As messages name it. */
  name: string;
  /** Bytes; undefined for a pipe. */
  size?: number;
  open(): AsyncIterable<Uint8Array>;
};

const RECORD_FILES = /\.(json|ndjson|jsonl)$/i;

/**
 * Files as they are, folders as the record files in and below them in the order of their names, `-` as what is piped
 * in. Throws `invalid` for what is not there and for folders without records.
 */
export async function findSources(inputs: string[]): Promise<Source[]> {
  if (inputs.filter((input) => input === "-").length > 1) {
    throw new FlashwireError("invalid", "Standard input (-) can be read only once.");
  }
  return (await Promise.all(inputs.map(sourcesOf))).flat();
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

async function sourcesOf(input: string): Promise<Source[]> {
  if (input === "-") return [{ name: "stdin", open: () => process.stdin }];
  const found = await stat(input).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === "ENOENT" ? "does not exist" : `cannot be read (${error.code})`;
    throw new FlashwireError("invalid", `${input} ${what}.`);
  });
  // What the shell hands over as /dev/fd/… is a pipe.
  if (!found.isDirectory() && !found.isFile()) return [{ name: input, open: () => createReadStream(input) }];
  if (!found.isDirectory()) return [file(input, found.size)];
  const names: string[] = [];
  for await (const entry of glob("**/*", { cwd: input, withFileTypes: true })) {
    if (!entry.isDirectory() && RECORD_FILES.test(entry.name)) names.push(join(entry.parentPath, entry.name));
  }
  if (names.length === 0)
    throw new FlashwireError("invalid", `${input} has no .json, .ndjson or .jsonl files.`);
  return Promise.all(names.sort().map(async (name) => file(name, await sizeOf(name))));
}

/** Bytes. Of a link to nowhere none: who reads it says so, and goes on with the others. */
async function sizeOf(name: string): Promise<number> {
  return (await stat(name).catch(() => undefined))?.size ?? 0;
}

function file(name: string, size: number): Source {
  return { name, size, open: () => createReadStream(name) };
}

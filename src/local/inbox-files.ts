import { type BigIntStats, createReadStream } from "node:fs";
import { lstat, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type InboxStore, isPassedOver } from "../repository/inbox.ts";
import { CONFLICT, type ObjectHead } from "../store/port.ts";

/** A folder of plain files that people put there and read: the key of an object is the name of its file. */
export type InboxFiles = InboxStore & {
  /** The names of what people put there, in their order. */
  names(): Promise<string[]>;
  /** What is there under a name but is no file, and why it is not taken; undefined for files and for nothing. */
  oddity(name: string): Promise<{ head: ObjectHead; detail: string } | undefined>;
  /** The bytes of a file from `from` on. Rejects when the file is no longer the one of `head`. */
  read(name: string, head: ObjectHead, from: number): AsyncIterable<Uint8Array>;
};

/**
 * The files of this folder as an inbox. An ETag stands for the size of a file and the time of its last write, in
 * nanoseconds: a file may be larger than memory, and is not read to find out whether it is another one.
 */
export function inboxFiles(folder: string): InboxFiles {
  const pathOf = (name: string) => join(folder, name);
  const head = (name: string) => headOf(pathOf(name));
  return {
    head,
    async names() {
      const names = await orMissing(readdir(folder));
      return (names ?? []).filter((name) => !isPassedOver(name)).sort();
    },
    async oddity(name) {
      const found = await orMissing(lstat(pathOf(name), { bigint: true }));
      return found === undefined || found.isFile()
        ? undefined
        : { head: asHead(found), detail: whyNot(found) };
    },
    async get(name) {
      const found = await head(name);
      const body = found && (await orMissing(readFile(pathOf(name))));
      return body && { ...found, body };
    },
    async put(name, body) {
      await replace(folder, name, body);
      return (await head(name))?.etag ?? "";
    },
    async delete(name, condition) {
      // One process of the folder at a time has the inbox: nobody writes between the look and the removal.
      if (condition !== undefined && (await head(name))?.etag !== condition.ifMatch) return CONFLICT;
      await rm(pathOf(name), { force: true });
      return undefined;
    },
    async *read(name, { etag, size }, from) {
      if (from < size) yield* createReadStream(pathOf(name), { start: from, end: size - 1 });
      if ((await head(name))?.etag !== etag) throw new Error("The file has changed while it was read.");
    },
  };
}

/** Undefined where there is no plain file: a link could lead to a file that nobody meant to put here. */
async function headOf(path: string): Promise<ObjectHead | undefined> {
  const found = await orMissing(lstat(path, { bigint: true }));
  return found?.isFile() ? asHead(found) : undefined;
}

function asHead({ size, mtimeNs, mtime }: BigIntStats): ObjectHead {
  return { etag: `"${size}-${mtimeNs}"`, modified: mtime, size: Number(size) };
}

function whyNot(found: BigIntStats): string {
  if (found.isDirectory()) return "This is a folder. Put files directly into the inbox.";
  if (found.isSymbolicLink()) return "This is a link, which is not followed. Put the file itself here.";
  return "This is no plain file.";
}

/** Whole or not at all, also after a loss of power: what is torn could not be read again. */
async function replace(folder: string, name: string, body: Uint8Array): Promise<void> {
  const beside = join(folder, `.${name}.tmp`);
  const file = await open(beside, "w");
  try {
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, join(folder, name));
}

async function orMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

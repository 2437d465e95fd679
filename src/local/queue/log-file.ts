import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { directories } from "../../store/file/directories.ts";

/** A new file of lines. One call at a time. */
export type LogFile = {
  /** Resolves when the lines are on disk. After a failure a part of them may be; it spoils no other line. */
  append(lines: string): Promise<void>;
  /** These lines instead of all others; after a failure the others stand. */
  replace(lines: string): Promise<void>;
  /** Bytes, at the most. */
  size(): number;
  close(): Promise<void>;
};

/** Each write goes to the end, wherever that is by then: also in the file of `replace`, and after one was cut. */
const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND } = constants;
const APPENDING = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;

export async function openLogFile(path: string): Promise<LogFile> {
  const folder = dirname(path);
  const { sync } = directories(folder);
  let file = await open(path, APPENDING);
  await sync(folder);
  let size = 0;
  let torn = false;

  async function append(lines: string): Promise<void> {
    const whole = torn ? `\n${lines}` : lines;
    size += Buffer.byteLength(whole);
    torn = true;
    await write(file, whole);
    torn = false;
  }

  async function replace(lines: string): Promise<void> {
    if (lines === "") await file.truncate(0);
    else {
      const old = file;
      file = await moved(lines, path);
      await old.close();
      // Before anything is appended: a loss of power must not bring the old file back.
      await sync(folder);
    }
    size = Buffer.byteLength(lines);
    torn = false;
  }

  return { append, replace, size: () => size, close: () => file.close() };
}

/** Makes the file beside this path and moves it there, whole. */
async function moved(lines: string, path: string): Promise<FileHandle> {
  const fresh = await open(besideOf(path), APPENDING);
  try {
    await write(fresh, lines);
    await rename(besideOf(path), path);
    return fresh;
  } catch (error) {
    await fresh.close();
    await rm(besideOf(path), { force: true });
    throw error;
  }
}

/** What a process that died in `replace` may leave. */
export const besideOf = (path: string) => `${path}.new`;

async function write(file: FileHandle, lines: string): Promise<void> {
  // One `write` may take a part of them only.
  await file.appendFile(lines);
  await file.datasync();
}

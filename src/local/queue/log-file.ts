import { constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { directories } from "../../store/file/directories.ts";
import type { DiskCalls, LinesHandle } from "../../store/file/disk-calls.ts";

/** A new file of lines. One call at a time. */
export type LogFile = {
  /** Resolves when the lines are on disk. After a failure a part of them may be; it spoils no other line. */
  append(lines: string): Promise<void>;
  /** These lines instead of all others; after a failure the others stand. */
  replace(lines: string): Promise<void>;
  /** Throws ENOENT when the file is no longer there: what is appended would be lost with this process. */
  check(): void;
  /** Bytes, at the most. */
  size(): number;
  close(): Promise<void>;
};

/** Each write goes to the end of the file at that moment: also in the file of `replace`, and after a write that was cut off. */
const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND } = constants;
const APPENDING = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;

export async function openLogFile(path: string, disk: DiskCalls): Promise<LogFile> {
  const folder = dirname(path);
  const { sync } = directories(folder, disk);
  let file = await disk.openLines(path, APPENDING);
  await sync(folder);
  let size = 0;
  let torn = false;
  let placed = true;

  function check(): void {
    if (existsSync(path)) return;
    throw Object.assign(new Error(`ENOENT: ${path} is gone`), { code: "ENOENT" });
  }

  async function append(lines: string): Promise<void> {
    check();
    await place();
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
      file = await moved(lines, path, disk);
      placed = false;
      await old.close();
      await place();
    }
    size = Buffer.byteLength(lines);
    torn = false;
  }

  /** Before anything is appended to the file of `replace`: a loss of power must not bring the old file back. */
  async function place(): Promise<void> {
    if (placed) return;
    await sync(folder);
    placed = true;
  }

  return { append, replace, check, size: () => size, close: () => file.close() };
}

/** Makes the file beside this path and moves it there, whole. */
async function moved(lines: string, path: string, disk: DiskCalls): Promise<LinesHandle> {
  const fresh = await disk.openLines(besideOf(path), APPENDING);
  try {
    await write(fresh, lines);
    disk.renameSync(besideOf(path), path);
    return fresh;
  } catch (error) {
    await fresh.close();
    disk.rmSync(besideOf(path), { force: true });
    throw error;
  }
}

/** What a process that died in `replace` may leave. */
export const besideOf = (path: string) => `${path}.new`;

async function write(file: LinesHandle, lines: string): Promise<void> {
  await file.appendFile(lines);
  await file.datasync();
}

import { join } from "node:path";
import { FlashwireError } from "../../core/errors.ts";
import { MAX_RECORD_BYTES } from "../../core/limits.ts";
import type { DiskCalls } from "./disk-calls.ts";

/** Whether a disk takes what is written to it. */
export type Disk = {
  /** Runs a write of this key into a directory. Throws `storage` when the disk refuses it. */
  write<T>(key: string, directory: string, work: () => Promise<T>): Promise<T>;
  /**
   * Throws `storage` as long as nothing can be written: tries it, after a failure where that was, and with as much as
   * a record may have. So it recovers with the disk, also where nobody writes because it failed before.
   */
  check(): void;
};

/** No key has a name that begins with a dot. */
const PROBE = ".probe";

export function watchDisk(root: string, temporary: string, calls: DiskCalls): Disk {
  let failedIn: string | undefined;
  return {
    async write(key, directory, work) {
      try {
        const done = await work();
        if (failedIn === directory) failedIn = undefined;
        return done;
      } catch (error) {
        failedIn = directory;
        throw storageError(error, `${key} cannot be written`);
      }
    },
    check() {
      const made = join(temporary, `probe-${process.pid}`);
      const directory = failedIn ?? root;
      try {
        writeProbe(calls, made, failedIn === undefined ? 1 : MAX_RECORD_BYTES);
        calls.mkdirSync(directory, { recursive: true });
        calls.renameSync(made, join(directory, PROBE));
        calls.rmSync(join(directory, PROBE), { force: true });
        failedIn = undefined;
      } catch (error) {
        throw storageError(error, "The data folder cannot be written");
      } finally {
        discard(calls, made);
      }
    },
  };
}

/** What the operating system refused, in words that a client may read; any other error is left as it is. */
export function storageError(error: unknown, what: string): unknown {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (!(error instanceof Error) || typeof code !== "string" || error instanceof FlashwireError) return error;
  const name = errcode === undefined ? code : `SQLite error ${errcode}`;
  return new FlashwireError("storage", `${what} (${name}).`, [], { cause: error });
}

function writeProbe(calls: DiskCalls, path: string, bytes: number): void {
  const file = calls.openSync(path, "w");
  try {
    calls.writeFileSync(file, Buffer.alloc(bytes));
  } finally {
    calls.closeSync(file);
  }
}

function discard(calls: DiskCalls, file: string): void {
  try {
    calls.rmSync(file, { force: true });
  } catch {
    // It could not be made either.
  }
}

import { dirname } from "node:path";
import pMap from "p-map";
import { LATE_SYNCS_AT_ONCE } from "../limits.ts";
import type { Directories } from "./directories.ts";
import { storageError } from "./disk.ts";
import type { DiskCalls } from "./disk-calls.ts";

/** Files that are in their places and not synced yet. */
export type LateFiles = {
  add(path: string): void;
  /**
   * Resolves when all that was added before the call is on the disk, or something newer under the same path. Rejects with
   * `storage` where the disk refuses it; the files are then for the next call. One call at a time.
   */
  flush(): Promise<void>;
};

export function lateFiles(directories: Directories, disk: DiskCalls): LateFiles {
  const late = new Set<string>();

  async function flush(): Promise<void> {
    const paths = [...late];
    late.clear();
    try {
      await pMap(paths, (path) => syncFile(disk, path), { concurrency: LATE_SYNCS_AT_ONCE });
      const folders = new Set(paths.map((path) => dirname(path)));
      await pMap(folders, (folder) => unlessGone(() => directories.sync(folder)), {
        concurrency: LATE_SYNCS_AT_ONCE,
      });
    } catch (error) {
      for (const path of paths) late.add(path);
      throw storageError(error, "What was written cannot be synced");
    }
  }

  return { add: (path) => void late.add(path), flush };
}

/** A file that was removed meanwhile needs no sync. Another thread would take longer to open it than the disk does. */
async function syncFile(disk: DiskCalls, path: string): Promise<void> {
  const file = await unlessGone(async () => disk.openSync(path, "r"));
  if (file === undefined) return;
  try {
    await disk.fsync(file);
  } finally {
    disk.closeSync(file);
  }
}

async function unlessGone<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

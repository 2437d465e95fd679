import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import pMap from "p-map";
import { COPY_FILES_AT_ONCE } from "../limits.ts";

/**
 * Files that are there whole or not at all, also behind a loss of power. Many are synced together: a file system writes its
 * journal once for all of them, which is several times as fast as a sync of each.
 */
export type Disk = {
  /** Puts a file in the place of what stands there: with `settle`. */
  put(path: string, bytes: Uint8Array | string): Promise<void>;
  /** Takes a file away at once, and for good with `settle`. Nothing happens where there is none. */
  remove(path: string): Promise<void>;
  /** All is there for good, or away, when this resolves. */
  settle(): Promise<void>;
};

/** The calls that change the disk. Tests put others in their place, which fail. */
export type DiskCalls = Pick<typeof import("node:fs/promises"), "open" | "rename" | "rm">;

/** `drafts`: a folder for files that are being written; what a crash left there goes. One process at a time. */
export async function openDisk(drafts: string, calls: DiskCalls = { open, rename, rm }): Promise<Disk> {
  await rm(drafts, { recursive: true, force: true });
  await mkdir(drafts, { recursive: true });
  /** By the path of a file, the draft of it. */
  const written = new Map<string, string>();
  /** Folders whose entries have changed. */
  const touched = new Set<string>();
  let count = 0;

  async function sync(path: string, flags: "r" | "r+"): Promise<void> {
    const file = await calls.open(path, flags);
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }

  return {
    async put(path, bytes) {
      const draft = join(drafts, String(count++));
      const file = await calls.open(draft, "wx");
      try {
        await file.writeFile(bytes);
      } finally {
        await file.close();
      }
      const before = written.get(path);
      written.set(path, draft);
      if (before !== undefined) await calls.rm(before);
    },
    async remove(path) {
      const draft = written.get(path);
      written.delete(path);
      if (draft !== undefined) await calls.rm(draft);
      await calls.rm(path, { force: true });
      touched.add(dirname(path));
    },
    async settle() {
      const all = [...written];
      written.clear();
      await each(all, ([, draft]) => sync(draft, "r+"));
      await each(all, async ([path, draft]) => {
        await calls.rename(draft, path);
        touched.add(dirname(path));
      });
      const folders = [...touched];
      touched.clear();
      // Windows cannot open a folder, and keeps its entries safe by itself.
      if (process.platform !== "win32") await each(folders, (path) => sync(path, "r"));
    },
  };
}

const each = <T>(all: T[], run: (one: T) => Promise<void>) =>
  pMap(all, run, { concurrency: COPY_FILES_AT_ONCE });

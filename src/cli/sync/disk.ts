import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Files that are there whole or not at all, also behind a loss of power. */
export type Disk = {
  /** Puts a file in the place of whatever stood there. It is there for good after `settle`. */
  put(path: string, bytes: Uint8Array | string): Promise<void>;
  /** Takes a file away, for good after `settle`. Nothing happens where there is none. */
  remove(path: string): Promise<void>;
  settle(): Promise<void>;
};

/** `drafts`: a folder for files that are being written; what a crash left there goes. One process at a time. */
export async function openDisk(drafts: string): Promise<Disk> {
  await rm(drafts, { recursive: true, force: true });
  await mkdir(drafts, { recursive: true });
  /** Folders whose entries have changed. */
  const touched = new Set<string>();
  let count = 0;
  return {
    async put(path, bytes) {
      const draft = join(drafts, String(count++));
      const file = await open(draft, "wx");
      try {
        await file.writeFile(bytes);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
      touched.add(dirname(path));
    },
    async remove(path) {
      await rm(path, { force: true });
      touched.add(dirname(path));
    },
    async settle() {
      const folders = [...touched];
      touched.clear();
      await Promise.all(folders.map(syncFolder));
    },
  };
}

/** Windows cannot open a folder, and keeps its entries safe by itself. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

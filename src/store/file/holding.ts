import { statSync } from "node:fs";
import { dirname, relative } from "node:path";
import type { Disk } from "./disk.ts";
import type { EtagMemory } from "./etag-memory.ts";
import type { HeldFile, HeldFiles } from "./held-files.ts";
import { headOf } from "./reading.ts";

export type Holder = {
  held: HeldFiles;
  etags: EtagMemory;
  /** Whether a late object of this folder may be held in memory. */
  mayHold(folder: string): boolean;
};

type Put = { path: string; body: Uint8Array; isLate: boolean };

/**
 * The ETag of an object that is in memory now; undefined where its file has to be written: listings know files alone, and what this
 * process has not read may be damaged.
 */
export function hold({ held, etags, mayHold }: Holder, { path, body, isLate }: Put): string | undefined {
  if (!isLate || !mayHold(dirname(path))) return undefined;
  const over = held.find(path)?.over ?? knownEtag(etags, path);
  return over === undefined ? undefined : held.hold(path, body, over);
}

/**
 * The object that is held under this path. Where nothing may be held any more, another process may have replaced its file: then the file
 * counts, and what was held is forgotten.
 */
export function heldAt({ held, etags, mayHold }: Holder, path: string): HeldFile | undefined {
  const found = held.find(path);
  if (found === undefined || mayHold(dirname(path))) return found;
  if (headOf(etags, path)?.etag === found.over) return found;
  held.drop(path);
  return undefined;
}

function knownEtag(etags: EtagMemory, path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && etags.recall(path, stats);
}

type Settler = {
  root: string;
  held: HeldFiles;
  disk: Disk;
  writer: { settle(folder: string, paths: string[]): Promise<void> };
  /** The folders that the disk did not take when what is held of them was written. */
  refusing: Set<string>;
};

/**
 * Writes all that is held, and answers a failure. A folder that the disk refuses costs the others nothing: its failure is answered
 * once, and it is one of `refusing` until it takes all that is held of it, which is tried again each time.
 */
export async function settleAll({ root, held, disk, writer, refusing }: Settler): Promise<unknown> {
  const failures: unknown[] = [];
  const all = Map.groupBy(held.paths(), dirname);
  // Nothing was written since the flush before.
  if (all.size === 0) held.rest();
  // What was held of these was written or removed by others than a flush.
  for (const folder of refusing) if (!all.has(folder)) refusing.delete(folder);
  for (const [folder, paths] of all) {
    try {
      await disk.write(relative(root, folder), folder, () => writer.settle(folder, paths));
      refusing.delete(folder);
    } catch (error) {
      if (!refusing.has(folder)) failures.push(error);
      refusing.add(folder);
    }
  }
  return failures[0];
}

import { type BigIntStats, close, closeSync, fstatSync } from "node:fs";
import { LRUCache } from "lru-cache";
import { MAX_REMEMBERED_ETAGS, MAX_SETTLING, STAMP_SETTLES_MS } from "../limits.ts";

/** Remembers the ETags of files, so that their bytes are not hashed for each check. */
export type EtagMemory = {
  /** The ETag of the file with these stats, if it is known. */
  recall(path: string, stats: BigIntStats): string | undefined;
  /** Takes the open file over, and closes it. Its bytes have this ETag; they never change, files are replaced. */
  remember(path: string, file: number, etag: string): void;
  /** Whether a file with these stats, read by now, may be learned later without being held open until then. */
  areSettled(stats: BigIntStats): boolean;
  /** The file that had these stats when it was read has this ETag. For stats that are settled. */
  learn(path: string, stats: BigIntStats, etag: string): void;
};

/** What an etag memory learns of the machine. */
export type Machine = {
  statsOf(file: number): BigIntStats;
  /** Milliseconds since 1970, of the clock that stamps files. */
  now(): number;
  later(run: () => void, milliseconds: number): void;
};

const machine: Machine = {
  statsOf: (file) => fstatSync(file, { bigint: true }),
  now: Date.now,
  later: (run, milliseconds) => void setTimeout(run, milliseconds).unref(),
};

/**
 * A file is known by its inode, size and stamps. That would lie if the file were replaced twice within one tick of
 * the clock: its inode can be in use again, with the same stamps. So a fresh file is held open until its stamps have
 * settled: an open inode is not used again, and a later file has later stamps.
 */
export function etagMemory({ statsOf, now, later }: Machine = machine): EtagMemory {
  type Known = { print: string; etag: string };
  const known = new LRUCache<string, Known>({ max: MAX_REMEMBERED_ETAGS });
  const areSettled = (stats: BigIntStats) => Number(stats.ctimeMs) < now() - STAMP_SETTLES_MS;
  let settling = 0;
  return {
    recall(path, stats) {
      const found = known.get(path);
      return found !== undefined && found.print === fingerprint(stats) ? found.etag : undefined;
    },
    areSettled,
    learn(path, stats, etag) {
      if (!isCoarse(stats)) known.set(path, { print: fingerprint(stats), etag });
    },
    remember(path, file, etag) {
      const stats = statsOf(file);
      const settled = areSettled(stats);
      if (isCoarse(stats) || (!settled && settling >= MAX_SETTLING)) return closeSync(file);
      const own = { print: fingerprint(stats), etag };
      known.set(path, own);
      if (settled) return closeSync(file);
      settling++;
      later(() => {
        settling--;
        closeHeld(file, known.peek(path) === own);
      }, 2 * STAMP_SETTLES_MS);
    },
  };
}

/** The last one to close a file that was replaced gives its bytes back to the disk, which takes long. */
function closeHeld(file: number, isInPlace: boolean): void {
  if (isInPlace) closeSync(file);
  else close(file, () => {});
}

function fingerprint({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  // Joined, it is one flat string: a template would keep its parts in memory, too.
  return [ino, size, mtimeNs, ctimeNs].join(" ");
}

/** Whole milliseconds: a file system whose stamps tell too little, such as FAT or HFS+. */
function isCoarse(stats: BigIntStats): boolean {
  return stats.ctimeNs % 1_000_000n === 0n;
}

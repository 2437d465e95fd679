import { readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { LRUCache } from "lru-cache";
import { fileEtag } from "../etag.ts";
import { MAX_REMEMBERED_PATHS, TEMPORARY_MAX_AGE_MS } from "../limits.ts";
import { CONFLICT, checkKey, type DeleteCondition, type Deleted, type Store } from "../port.ts";
import { type Directories, directories, makeRoot } from "./directories.ts";
import { type Disk, storageError, watchDisk } from "./disk.ts";
import { type DiskCalls, nodeCalls } from "./disk-calls.ts";
import { type EtagMemory, etagMemory } from "./etag-memory.ts";
import { type HeldFiles, heldFiles } from "./held-files.ts";
import { heldAt, settleAll } from "./holding.ts";
import { type LateFiles, lateFiles } from "./late-files.ts";
import { listFiles } from "./listing.ts";
import { type Lock, openLock } from "./lock.ts";
import { pathOf } from "./paths.ts";
import { readHeadOf, readWhole } from "./reading.ts";
import { createWriter, holds, type Writer } from "./writing.ts";
import { createPauses } from "./yield.ts";

/** The names that no key has: paths.ts never makes a name that begins with a dot. */
const LOCK = ".lock";
const TEMPORARY = ".tmp";

type Folder = {
  root: string;
  calls: DiskCalls;
  lock: Lock;
  etags: EtagMemory;
  /** The paths of keys. */
  paths: LRUCache<string, string>;
  directories: Directories;
  disk: Disk;
  late: LateFiles;
  held: HeldFiles;
  mayHold(folder: string): boolean;
  refusing: Set<string>;
  writer: Writer;
};

export type FileStore = Store & {
  /** Writes what is held, and syncs what `isLate` has put off and what was suspected. Rejects with `storage`; then it is for the next call. */
  flush(): Promise<void>;
  /** The object under this late key may not be on the disk, against what this process knows: the next flush syncs it. */
  suspect(key: string): void;
  /** Whether the last flush has left objects of the folder of this key in memory, because the disk refused them. */
  isRefused(key: string): boolean;
  /** Throws `storage` as long as nothing can be written. */
  check(): void;
  close(): void;
};

export type FileStoreOptions = {
  calls?: DiskCalls;
  /** Keys whose writes do not wait for the disk: until a `flush`, a loss of power may leave the object old, missing or torn. */
  isLate?(key: string): boolean;
  /** Whether late objects may be held in memory until a `flush`: as long as no other process uses the folder. */
  mayHold?(): boolean;
};

/**
 * Objects as plain files of a folder on a local disk, each at the path that paths.ts gives its key. Any number of
 * processes of one machine may use the folder at once. Content types and caching headers are not kept.
 *
 * A write makes a temporary file, syncs it, and then, while it alone holds the lock, checks the condition and renames
 * the file into place; it answers when the directory is synced. So an object is the old one or the new one, whole,
 * after a crash at any moment. Reads take no lock. Only syncing is left to other threads: it waits for the disk, while the
 * other calls take microseconds, less than the way to a thread and back. (A disk that is not warm holds them up.)
 * What the disk refuses is thrown as `storage`. Writes under late keys are synced by `flush`.
 */
export function fileStore(
  folder: string,
  { calls = nodeCalls, isLate = () => false, mayHold = () => false }: FileStoreOptions = {},
): FileStore {
  const at = openFolder(resolve(folder), calls, mayHold);
  const pause = createPauses();
  let flushed: Promise<void> = Promise.resolve();
  const flush = async () => {
    const failure = await settleAll(at);
    // Behind that: what was written meanwhile in the place of a held object is late.
    await at.late.flush();
    if (failure !== undefined) throw failure;
  };
  return {
    get: async (key) => {
      await pause();
      const path = place(at, key);
      return (heldAt(at, path) && at.held.read(path)) ?? readWhole(at.etags, key, path);
    },
    head: async (key) => {
      const busy = pause();
      if (busy) await busy;
      const path = place(at, key);
      return (heldAt(at, path) && at.held.head(path)) ?? readHeadOf(at.etags, key, path);
    },
    put: async (key, body, options = {}) => {
      const path = place(at, key);
      const { condition, after } = options;
      // It may be rejected while the file is made: then nobody waits for it yet.
      after?.catch(() => {});
      const write = { path, body, condition, after, isLate: isLate(key) };
      return at.disk.write(key, dirname(path), () => at.writer.write(write));
    },
    delete: async (key, condition) => {
      const path = place(at, key);
      return at.disk.write(key, dirname(path), () => remove(at, path, condition));
    },
    list: (prefix, after) => listFiles(at.root, pause, prefix, after),
    etagOf: fileEtag,
    flush() {
      const run = flushed.then(flush);
      flushed = run.catch(() => {});
      return run;
    },
    suspect: (key) => at.late.add(place(at, key)),
    isRefused: (key) => at.refusing.has(dirname(place(at, key))),
    check: () => {
      at.disk.check();
      checkLock(at);
    },
    close: () => at.lock.close(),
  };
}

function openFolder(root: string, calls: DiskCalls, mayHold: () => boolean): Folder {
  const temporary = join(root, TEMPORARY);
  makeRoot(temporary, calls);
  for (const name of readdirSync(temporary)) {
    const file = join(temporary, name);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats && stats.mtimeMs < Date.now() - TEMPORARY_MAX_AGE_MS) calls.rmSync(file, { force: true });
  }
  const folders = directories(root, calls);
  const refusing = new Set<string>();
  const parts = {
    calls,
    lock: openLock(join(root, LOCK)),
    etags: etagMemory(),
    directories: folders,
    late: lateFiles(folders, calls),
    held: heldFiles(),
    mayHold: (folder: string) => mayHold() && !refusing.has(folder),
  };
  return {
    ...parts,
    root,
    paths: new LRUCache({ max: MAX_REMEMBERED_PATHS }),
    refusing,
    writer: createWriter({ ...parts, temporary }),
    disk: watchDisk(root, temporary, calls),
  };
}

function checkLock({ root, lock }: Folder): void {
  try {
    lock.check();
  } catch (error) {
    throw storageError(error, `The lock ${join(root, LOCK)} cannot be taken`);
  }
}

function place(at: Folder, key: string): string {
  const known = at.paths.get(key);
  if (known !== undefined) return known;
  checkKey(key);
  const path = join(at.root, pathOf(key));
  at.paths.set(key, path);
  return path;
}

async function remove(at: Folder, path: string, condition: DeleteCondition | undefined): Promise<Deleted> {
  if (statSync(dirname(path), { throwIfNoEntry: false }) === undefined && at.held.find(path) === undefined)
    return condition === undefined ? undefined : CONFLICT;
  const isRemoved = await at.lock.run(() => {
    if (!holds(at, { path, condition })) return false;
    at.calls.rmSync(path, { force: true });
    at.held.drop(path);
    return true;
  });
  if (!isRemoved) return CONFLICT;
  await at.directories.sync(dirname(path));
  return undefined;
}

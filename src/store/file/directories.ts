import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { type DiskCalls, nodeCalls } from "./disk-calls.ts";

/** Directories below one root whose entries survive a loss of power. */
export type Directories = {
  /** Makes the directory, and the way to it, if it is not there. */
  ensure(path: string): Promise<void>;
  /** Resolves when every entry that was made, replaced or removed in it before the call is on the disk. */
  sync(path: string): Promise<void>;
};

export function directories(root: string, disk: DiskCalls = nodeCalls): Directories {
  const ensured = new Map<string, Promise<void>>([[root, Promise.resolve()]]);
  const sync = shared((path) => fsyncDirectory(disk, path));
  const ensure = (path: string): Promise<void> => {
    const known = ensured.get(path);
    if (known && (path === root || existsSync(path))) return known;
    const making = make(path);
    ensured.set(path, making);
    making.catch(() => ensured.delete(path));
    return making;
  };
  // Also synced when it was there: another process may have made it a moment ago.
  const make = async (path: string) => {
    const parent = dirname(path);
    await ensure(parent);
    disk.mkdirSync(path, { recursive: true });
    await sync(parent);
  };
  return { ensure, sync };
}

/**
 * Makes a root, so that it survives a loss of power; not for use while others wait. Each folder of the way to it is
 * synced before the next one is made, so only the last one that is there may not be on the disk yet: another process
 * may have made it a moment ago.
 */
export function makeRoot(path: string, disk: DiskCalls = nodeCalls): void {
  const parent = dirname(path);
  if (existsSync(path)) syncWhereReadable(parent, disk);
  else {
    makeRoot(parent, disk);
    disk.mkdirSync(path, { recursive: true });
    syncNow(parent, disk);
  }
}

/** A folder that this user may not read is one where somebody else made the way to the root. */
function syncWhereReadable(path: string, disk: DiskCalls): void {
  try {
    syncNow(path, disk);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EACCES")) throw error;
  }
}

function syncNow(path: string, disk: DiskCalls): void {
  const folder = disk.openSync(path, "r");
  try {
    disk.fsyncSync(folder);
  } finally {
    disk.closeSync(folder);
  }
}

async function fsyncDirectory(disk: DiskCalls, path: string): Promise<void> {
  const directory = disk.openSync(path, "r");
  try {
    await disk.fsync(directory);
  } finally {
    disk.closeSync(directory);
  }
}

/** One run serves all that asked before it began. */
function shared(work: (path: string) => Promise<void>): (path: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<void>>();
  const start = (path: string) => {
    waiting.delete(path);
    const run = work(path).finally(() => running.delete(path));
    running.set(path, run);
    return run;
  };
  return (path) => {
    const now = running.get(path);
    if (now === undefined) return start(path);
    const next = waiting.get(path) ?? now.catch(() => undefined).then(() => start(path));
    waiting.set(path, next);
    return next;
  };
}

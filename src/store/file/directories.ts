import { close, closeSync, existsSync, fsync, fsyncSync, mkdirSync, open, openSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";

const openFile = promisify(open);
const closeFile = promisify(close);
const fsyncFile = promisify(fsync);

/** Directories below one root whose entries survive a loss of power. */
export type Directories = {
  /** Makes the directory, and the way to it, if it is not there. */
  ensure(path: string): Promise<void>;
  /** Resolves when every entry that was made, replaced or removed in it before the call is on the disk. */
  sync(path: string): Promise<void>;
};

export function directories(root: string): Directories {
  const ensured = new Map<string, Promise<void>>([[root, Promise.resolve()]]);
  const sync = shared(fsyncDirectory);
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
    mkdirSync(path, { recursive: true });
    await sync(parent);
  };
  return { ensure, sync };
}

/** Makes a root, so that it survives a loss of power; not for use while others wait. */
export function makeRoot(path: string): void {
  const first = mkdirSync(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made !== dirname(first); made = dirname(made)) {
    const parent = openSync(dirname(made), "r");
    fsyncSync(parent);
    closeSync(parent);
  }
}

async function fsyncDirectory(path: string): Promise<void> {
  const directory = await openFile(path, "r");
  try {
    await fsyncFile(directory);
  } finally {
    await closeFile(directory);
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

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { storageError } from "./disk.ts";
import { directoryOf, fromBytes, readName, toBytes } from "./paths.ts";

/** The keys of a folder's files, in order, a directory at a time: see `Store.list`. */
export async function* listFiles(
  root: string,
  pause: () => Promise<void> | undefined,
  prefix: string,
  after = "",
): AsyncIterable<string> {
  const wanted = toBytes(prefix);
  const base = wanted.slice(0, wanted.lastIndexOf("/") + 1);
  const listed = walk({ root, pause, wanted, after: toBytes(after) }, base);
  try {
    yield* listed;
  } catch (error) {
    throw storageError(error, `${prefix} cannot be listed`);
  }
}

type Walk = { root: string; pause: () => Promise<void> | undefined; wanted: string; after: string };

/** `base`: the byte string that all keys of this directory begin with. */
async function* walk(at: Walk, base: string, isFound = false): AsyncIterable<string> {
  const names = await namesIn(join(at.root, directoryOf(base)), isFound);
  for (const name of names.sort()) {
    const bytes = base + name;
    if (!bytes.startsWith(at.wanted)) continue;
    await at.pause();
    if (!name.endsWith("/")) {
      if (bytes > at.after) yield fromBytes(bytes);
    } else if (bytes > at.after || at.after.startsWith(bytes)) yield* walk(at, bytes, true);
  }
}

/** The segments in a directory as byte strings, with a slash at the end where it is one that others follow. */
async function namesIn(directory: string, isFound: boolean): Promise<string[]> {
  const names: string[] = [];
  for (const name of await entriesOf(directory, isFound)) {
    const found = readName(name);
    if (found?.goesOn) {
      for (const rest of await namesIn(join(directory, name), true)) names.push(found.bytes + rest);
    } else if (found) names.push(found.bytes);
  }
  return names;
}

/** `isFound`: its name stood in a directory. A plain file under the name of a directory is somebody else's. */
async function entriesOf(directory: string, isFound: boolean): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || (code === "ENOTDIR" && isFound)) return [];
    throw error;
  }
}

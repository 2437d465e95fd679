import { readdir } from "node:fs/promises";
import { join } from "node:path";
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
  yield* walk({ root, pause, wanted, after: toBytes(after) }, base);
}

type Walk = { root: string; pause: () => Promise<void> | undefined; wanted: string; after: string };

/** `base`: the byte string that all keys of this directory begin with. */
async function* walk(at: Walk, base: string): AsyncIterable<string> {
  const names = await namesIn(join(at.root, directoryOf(base)));
  for (const name of names.sort()) {
    const bytes = base + name;
    if (!bytes.startsWith(at.wanted)) continue;
    await at.pause();
    if (!name.endsWith("/")) {
      if (bytes > at.after) yield fromBytes(bytes);
    } else if (bytes > at.after || at.after.startsWith(bytes)) yield* walk(at, bytes);
  }
}

/** The segments in a directory as byte strings, with a slash at the end where it is one that others follow. */
async function namesIn(directory: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of await entriesOf(directory)) {
    const found = readName(name);
    if (found?.goesOn) {
      for (const rest of await namesIn(join(directory, name))) names.push(found.bytes + rest);
    } else if (found) names.push(found.bytes);
  }
  return names;
}

async function entriesOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

import { type BigIntStats, closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { fileEtag } from "../etag.ts";
import type { ObjectHead, StoredObject } from "../port.ts";
import type { EtagMemory } from "./etag-memory.ts";

/** The object in this file, whole, or undefined when there is none. */
export function readObject(etags: EtagMemory, path: string): StoredObject | undefined {
  const file = openIfThere(path);
  if (file === undefined) return undefined;
  let mine = true;
  try {
    const stats = fstatSync(file, { bigint: true });
    const body = readFileSync(file);
    const known = etags.recall(path, stats);
    if (known !== undefined) return { body, ...describe(stats, known) };
    if (etags.areSettled(stats)) return hashedLater(etags, path, stats, body);
    const etag = fileEtag(body);
    mine = false;
    etags.remember(path, file, etag);
    return { body, ...describe(stats, etag) };
  } finally {
    if (mine) closeSync(file);
  }
}

/** The object, whose bytes are hashed when a caller asks for its ETag: a reader of many records asks for few. */
function hashedLater(etags: EtagMemory, path: string, stats: BigIntStats, body: Uint8Array): StoredObject {
  let etag: string | undefined;
  return {
    body,
    modified: stats.mtime,
    size: Number(stats.size),
    get etag() {
      if (etag === undefined) {
        etag = fileEtag(body);
        etags.learn(path, stats, etag);
      }
      return etag;
    },
  };
}

/** The object without its body, which is read only when its ETag is not known. */
export function readHead(etags: EtagMemory, path: string): ObjectHead | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const etag = etags.recall(path, stats);
  if (etag !== undefined) return describe(stats, etag);
  const found = readObject(etags, path);
  return found && { etag: found.etag, modified: found.modified, size: found.size };
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

export function describe(stats: BigIntStats, etag: string): ObjectHead {
  return { etag, modified: stats.mtime, size: Number(stats.size) };
}

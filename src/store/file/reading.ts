import { lstatSync } from "node:fs";
import { DamagedError } from "../damage.ts";
import type { ObjectHead, StoredObject } from "../port.ts";
import { storageError } from "./disk.ts";
import type { EtagMemory } from "./etag-memory.ts";
import { describe, readHead, readObject } from "./objects.ts";

/** The object under this key. Throws a DamagedError for a file that cannot be read, and `storage` for other refusals of the disk. */
export function readWhole(etags: EtagMemory, key: string, path: string): StoredObject | undefined {
  try {
    return readObject(etags, path);
  } catch (error) {
    const refused = storageError(error, `${key} cannot be read`);
    const head = damagedHead(etags, path, error);
    if (head === undefined || !(refused instanceof Error)) throw refused;
    throw new DamagedError(refused.message, { etag: head.etag }, error);
  }
}

/** The object without its body. Throws `storage` for what the disk refuses. */
export function readHeadOf(etags: EtagMemory, key: string, path: string): ObjectHead | undefined {
  try {
    return headOf(etags, path);
  } catch (error) {
    throw storageError(error, `${key} cannot be read`);
  }
}

/** Also of a file that cannot be read: a write may replace it. */
export function headOf(etags: EtagMemory, path: string): ObjectHead | undefined {
  try {
    return readHead(etags, path);
  } catch (error) {
    const head = damagedHead(etags, path, error);
    if (head === undefined) throw error;
    return head;
  }
}

/** What the operating system says of one file that it does not give, though it gives others. */
const DAMAGES = ["EISDIR", "EIO", "EACCES", "EPERM", "ELOOP"];

/**
 * What is known of an object whose file cannot be read, with an ETag that stands for the file as it is; undefined where the
 * error may be that of the whole folder, or passes.
 */
function damagedHead(etags: EtagMemory, path: string, error: unknown): ObjectHead | undefined {
  if (!(error instanceof Error && "code" in error && DAMAGES.includes(String(error.code)))) return undefined;
  try {
    const stats = lstatSync(path, { bigint: true });
    return describe(stats, etags.recall(path, stats) ?? `"unreadable-${stats.ino}-${stats.ctimeNs}"`);
  } catch {
    return undefined;
  }
}

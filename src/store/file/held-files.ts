import { pagesOf, wholeOf } from "../../core/pages.ts";
import { fileEtag } from "../etag.ts";
import { HELD_STEP_BYTES, MAX_HELD_BYTES } from "../limits.ts";
import type { ObjectHead, StoredObject } from "../port.ts";

/**
 * An object that its file does not have yet. `body`: its bytes, as long as nobody holds a newer one. `over`: the ETag of the file that it is
 * to replace; a file with another one is newer.
 */
export type HeldFile = ObjectHead & { readonly body: Buffer; over: string };

/** Objects that were put and are not in their files yet: this process answers them from memory until a flush writes them. */
export type HeldFiles = {
  find(path: string): HeldFile | undefined;
  head(path: string): ObjectHead | undefined;
  /** The object with its bytes, which are a copy: the memory of those here is used again. */
  read(path: string): StoredObject | undefined;
  /** Copies the bytes and answers their ETag; undefined where there is no room: then the file has to be written. */
  hold(path: string, body: Uint8Array, over: string): string | undefined;
  /** Forgets the object: its file has it, or a newer one, or is gone. */
  drop(path: string): void;
  paths(): string[];
  /** Gives back the memory that is kept for the next objects. */
  rest(): void;
};

export function heldFiles(maxBytes = MAX_HELD_BYTES): HeldFiles {
  const held = new Map<string, HeldFile>();
  /** Memory of objects that were dropped, for the next ones: the system has to clear new memory. */
  const free: Buffer[] = [];
  /** Bytes of both. */
  let taken = 0;

  /** Memory for so many bytes; undefined where there is none left. */
  function memoryFor(bytes: number): Buffer | undefined {
    // Whole steps, so that an object which has grown a little still finds room.
    const capacity = Math.ceil(Math.max(bytes, 1) / HELD_STEP_BYTES) * HELD_STEP_BYTES;
    const at = free.findIndex(({ byteLength }) => byteLength === capacity);
    if (at >= 0) return free.splice(at, 1)[0];
    while (taken + capacity > maxBytes && free.length > 0) taken -= free.shift()?.byteLength ?? 0;
    if (taken + capacity > maxBytes) return undefined;
    taken += capacity;
    return pagesOf(capacity);
  }

  function drop(path: string): void {
    const found = held.get(path);
    if (found === undefined) return;
    held.delete(path);
    free.push(wholeOf(found.body));
  }

  return {
    find: (path) => held.get(path),
    head(path) {
      const found = held.get(path);
      return found && { etag: found.etag, modified: found.modified, size: found.size };
    },
    read(path) {
      const found = held.get(path);
      if (found === undefined) return undefined;
      const { etag, modified, size } = found;
      return { etag, modified, size, body: Buffer.from(found.body) };
    },
    hold(path, body, over) {
      const size = body.byteLength;
      const found = held.get(path);
      const before = found && wholeOf(found.body);
      const isLarge =
        before !== undefined && before.byteLength >= size && before.byteLength <= 2 * size + HELD_STEP_BYTES;
      const memory = isLarge ? before : memoryFor(size);
      if (memory === undefined) return undefined;
      if (!isLarge) drop(path);
      memory.set(body);
      const etag = fileEtag(body);
      held.set(path, { etag, size, modified: new Date(), body: memory.subarray(0, size), over });
      return etag;
    },
    drop,
    paths: () => [...held.keys()],
    rest() {
      for (const { byteLength } of free.splice(0)) taken -= byteLength;
    },
  };
}

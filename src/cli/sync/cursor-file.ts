import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cursor } from "../../consumer/follow.ts";
import { FlashwireError } from "../../core/errors.ts";
import type { Disk } from "./disk.ts";

/** Where a follower keeps how far it has come. */
export type CursorFile = { read(): Promise<Cursor | undefined>; save(cursor: Cursor): Promise<void> };

/** `cursor.json` in the folder of a follower. Throws `invalid` where it is the cursor of another wire. */
export function cursorFile(folder: string, wire: string, disk: Disk): CursorFile {
  const path = join(folder, "cursor.json");
  return {
    async read() {
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      });
      if (text === undefined) return undefined;
      const kept = parseKept(text);
      if (kept === undefined)
        throw invalid(`${path} is no cursor. Take it away to begin with the snapshot of the wire.`);
      if (kept.wire !== wire)
        throw invalid(`${folder} follows ${kept.wire}. Take another folder for ${wire}.`);
      return kept.cursor;
    },
    async save(cursor) {
      await disk.put(path, `${JSON.stringify({ wire, cursor })}\n`);
      await disk.settle();
    },
  };
}

function parseKept(text: string): { wire: string; cursor: Cursor } | undefined {
  try {
    const { wire, cursor } = JSON.parse(text);
    return typeof wire === "string" && typeof cursor === "object" && cursor !== null
      ? { wire, cursor }
      : undefined;
  } catch {
    return undefined;
  }
}

const invalid = (detail: string) => new FlashwireError("invalid", detail);

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cursor } from "../../consumer/follow.ts";
import { checkCursor } from "../../consumer/log.ts";
import { FlashwireError } from "../../core/errors.ts";
import type { Disk } from "./disk.ts";

/** Where a follower keeps how far it has come. */
export type CursorFile = { read(): Promise<Cursor | undefined>; save(cursor: Cursor): Promise<void> };

/** What a cursor stands for: the copy beside it, or what a program of `--exec` has taken. */
export type CursorUse = "copy" | "exec";

type Kept = { wire: string; use: CursorUse | undefined; cursor: Cursor };

/**
 * `cursor.json` in the folder of a follower. `read` throws `invalid` where it is the cursor of another wire, or of the other use, because
 * a follower would miss the stories before it. Read it before a copy makes its folders: a file of an earlier version does not say
 * its use, and `stories/` beside it tells.
 */
export function cursorFile(folder: string, wire: string, use: CursorUse, disk: Disk): CursorFile {
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
      const keptUse = kept.use ?? (existsSync(join(folder, "stories")) ? "copy" : "exec");
      if (keptUse !== use) throw invalid(OTHER_USE[keptUse](folder));
      return kept.cursor;
    },
    async save(cursor) {
      await disk.put(path, `${JSON.stringify({ wire, for: use, cursor })}\n`);
      await disk.settle();
    },
  };
}

/** By what the cursor stands for. */
const OTHER_USE = {
  copy: (folder: string) =>
    `The cursor in ${folder} stands for the copy there, and a program would miss what the copy has. ` +
    "Take another folder for --exec.",
  exec: (folder: string) =>
    `The cursor in ${folder} stands for a program of --exec, and a copy would miss what the program has taken. ` +
    "Take another folder for the copy.",
};

function parseKept(text: string): Kept | undefined {
  try {
    const { wire, for: use, cursor } = JSON.parse(text);
    const place = checkCursor(cursor);
    const isUse = use === undefined || use === "copy" || use === "exec";
    return typeof wire === "string" && isUse && place !== undefined
      ? { wire, use, cursor: place }
      : undefined;
  } catch {
    return undefined;
  }
}

const invalid = (detail: string) => new FlashwireError("invalid", detail);

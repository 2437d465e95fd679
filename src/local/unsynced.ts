import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DiskCalls } from "../store/file/disk-calls.ts";
import { inTurn } from "./membership.ts";
import { throwUnlessFull } from "./queue/late-journal.ts";

/** There as long as windows and documents in the folder may not be on the disk. Names the server that started last. */
const markerFile = (data: string) => join(data, "unsynced");

/** The marker of a folder whose files may not be on the disk. */
export type Marker = {
  /** Whether the marker is on the disk: before that nothing may be written late. */
  isPlaced: boolean;
  /** Whether the server before did not end cleanly, or others are at work. */
  wasThere: boolean;
  /**
   * Removes it, where everything in the folder is on the disk: nobody but this server has been at work since it started.
   * To be called when that has synced its writes and, where the marker was there, all that it found.
   */
  remove(): Promise<void>;
};

/** Leaves the marker. On a full disk it is not placed. `isAlone`: no other process works on the folder at this moment. */
export async function placeMarker(data: string, isAlone: boolean, disk: DiskCalls): Promise<Marker> {
  const path = markerFile(data);
  const own = randomUUID();
  const marker: Marker = {
    isPlaced: false,
    wasThere: existsSync(path),
    async remove() {
      if (!isAlone) return;
      await inTurn(data, () => {
        if (existsSync(path) && readFileSync(path, "utf8") === own) disk.rmSync(path, { force: true });
      });
    },
  };
  const place = () => {
    writeSynced(data, path, own, disk);
    marker.isPlaced = true;
  };
  await inTurn(data, place).catch(throwUnlessFull);
  return marker;
}

function writeSynced(folder: string, path: string, text: string, disk: DiskCalls): void {
  for (const [name, bytes] of [[path, Buffer.from(text)], [folder]] as const) {
    const file = disk.openSync(name, bytes === undefined ? "r" : "w");
    try {
      if (bytes !== undefined) disk.writeFileSync(file, bytes);
      disk.fsyncSync(file);
    } finally {
      disk.closeSync(file);
    }
  }
}

import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readOpen } from "../repository/change-log.ts";
import type { UpkeepDeps } from "../upkeep/deps.ts";
import { beginEpoch } from "../upkeep/epoch.ts";
import { throwUnlessFull } from "./queue/late-journal.ts";

/**
 * `place.json`: which file it is itself, by its number and its birth on the disk. In a folder that was copied, or restored from a
 * backup, it is another file.
 */
const placeFile = (data: string) => join(data, "place.json");

/**
 * Begins a new epoch of the log in a folder that was copied or restored. The wire may have told changes since the copy was made,
 * and a consumer that has seen them would take the next ones, which have the same numbers, for those.
 */
export async function beginAgainWhereRestored(deps: UpkeepDeps, data: string): Promise<void> {
  const path = placeFile(data);
  const mark = async () => {
    const said = read(path);
    if (said !== undefined && said === selfOf(path)) return;
    if (said !== undefined && (await readOpen(deps)).found !== "missing") {
      deps.log("folder.restored", { epoch: await beginEpoch(deps) });
    }
    // In its place, so that it stays the file that it names.
    writeFileSync(path, "");
    writeFileSync(path, `${JSON.stringify({ file: selfOf(path) })}\n`);
  };
  await mark().catch(throwUnlessFull);
}

function selfOf(path: string): string {
  const { ino, birthtimeNs } = statSync(path, { bigint: true });
  return `${ino}/${birthtimeNs}`;
}

/** What the file says; undefined where there is none, or one that was cut off. */
function read(path: string): string | undefined {
  try {
    return String(JSON.parse(readFileSync(path, "utf8")).file);
  } catch {
    return undefined;
  }
}

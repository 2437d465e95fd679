import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { FlashwireError } from "../core/errors.ts";
import { readWireFile, type WireFile, writeWireFile } from "../data-folder.ts";
import { holdShared, isHeld, openLock } from "../store/lock.ts";

/**
 * A place among the processes that write documents of a data folder. All of them write the same origin into each, so
 * it belongs to the folder: it changes only while nobody has a seat. A seat ends with its process, however that dies.
 */
export type Seat = WireFile & { leave(): void };

/** For a server: the documents will name this origin. Throws `invalid` while others write another one. */
export function seatServer(data: string, origin: string): Promise<Seat> {
  return take(data, () => origin);
}

/** For a guest, such as a rebuild: the documents go on naming what they name, be it `otherwise` where there are none. */
export function seatGuest(data: string, wanted: string | undefined, otherwise: string): Promise<Seat> {
  return take(data, (stored) => {
    if (stored === undefined) return wanted ?? otherwise;
    if (wanted === undefined || wanted === stored) return stored;
    const detail = `The documents in ${data} name ${stored}, and FLASHWIRE_PUBLIC_URL is ${wanted}.`;
    throw new FlashwireError(
      "invalid",
      `${detail} \`npm start\` with it makes all of them anew; unset it here.`,
    );
  });
}

/** Runs what only one process of the folder may do at a time. Makes the folder. */
export async function inTurn<T>(data: string, section: () => T): Promise<T> {
  mkdirSync(data, { recursive: true });
  const turn = openLock(join(data, "turn.lock"));
  try {
    return await turn.run(section);
  } finally {
    turn.close();
  }
}

function take(data: string, choose: (stored: string | undefined) => string): Promise<Seat> {
  const members = join(data, "members.lock");
  return inTurn(data, () => {
    const stored = readWireFile(data);
    const origin = choose(stored?.origin);
    if (stored?.origin !== origin && isHeld(members)) throw inUse(data, stored, origin);
    const wire = { id: stored?.id ?? randomUUID(), origin };
    if (stored?.origin !== origin) writeWireFile(data, wire);
    const { release } = holdShared(members);
    return { ...wire, leave: release };
  });
}

function inUse(data: string, stored: WireFile | undefined, origin: string): FlashwireError {
  const theirs = stored?.origin ?? "another origin";
  return new FlashwireError(
    "invalid",
    `Another process works on ${data} and writes ${theirs} into its documents; this one would write ${origin}.\n` +
      "Give both the same FLASHWIRE_PUBLIC_URL, or this one a FLASHWIRE_DATA of its own, or stop the other one first.",
  );
}

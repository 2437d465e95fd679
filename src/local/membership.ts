import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { SiteFile } from "../config/site-file.ts";
import { FlashwireError } from "../core/errors.ts";
import type { Site } from "../core/site.ts";
import { makeRoot } from "../store/file/directories.ts";
import { holdShared, isHeld, openLock } from "../store/file/lock.ts";
import { fingerprintOf } from "../upkeep/fingerprint.ts";
import { untilNobodyIsAlone } from "./alone.ts";
import { readWireFile, type WireFile, writeWireFile } from "./data-folder.ts";

/**
 * A place among the processes that write documents of a data folder. All of them write the same origin into each, and
 * make them by the same site file, so both belong to the folder: they change only while nobody has a seat. A seat ends
 * with its process, however that dies. `isAlone`: whether nobody else had one when it was taken.
 */
export type Seat = {
  id: string;
  site: Site;
  isAlone: boolean;
  /** Runs the section where nobody else has a seat now, and nobody takes one meanwhile. */
  whereAlone(section: () => void): Promise<void>;
  leave(): void;
};

/** For a server: the documents will name this origin. Throws `invalid` while others make them otherwise. */
export function seatServer(data: string, siteFile: SiteFile, origin: string): Promise<Seat> {
  return take(data, siteFile, () => origin);
}

/** For a guest, such as a rebuild: the documents keep the origin that they name; `otherwise`, where there are none. */
export function seatGuest(
  data: string,
  siteFile: SiteFile,
  { wanted, otherwise }: { wanted: string | undefined; otherwise: string },
): Promise<Seat> {
  return take(data, siteFile, (stored) => {
    if (stored === undefined) return wanted ?? otherwise;
    if (wanted === undefined || wanted === stored) return stored;
    const detail = `The documents in ${data} name ${stored}, and FLASHWIRE_PUBLIC_URL is ${wanted}.`;
    throw new FlashwireError(
      "invalid",
      `${detail} \`npm start\` with it writes all of them again; unset it here.`,
    );
  });
}

/** Names all that the documents of a folder are made by. */
function madeBy(site: Site): string {
  const { placed, rendered } = fingerprintOf(site);
  return `${placed}.${rendered}`;
}

/** Runs what only one process of the folder may do at a time. Makes the folder. */
export async function inTurn<T>(data: string, section: () => T): Promise<T> {
  makeRoot(data);
  const turn = openLock(join(data, "turn.lock"));
  try {
    return await turn.run(section);
  } finally {
    turn.close();
  }
}

async function take(
  data: string,
  siteFile: SiteFile,
  choose: (stored: string | undefined) => string,
): Promise<Seat> {
  const members = join(data, "members.lock");
  const seat = await inTurn(data, (): Seat => {
    const stored = readWireFile(data);
    const site = siteFile.at(choose(stored?.origin));
    checkIdentity(data, stored, { path: siteFile.path, site });
    const { origin, authority, year } = site;
    const wire = { id: stored?.id ?? randomUUID(), origin, site: madeBy(site), authority, year };
    const isSame = stored?.origin === origin && stored.site === wire.site;
    const isAlone = !isHeld(members);
    if (!isSame && !isAlone) throw inUse(data, stored, origin);
    if (!isSame) writeWireFile(data, wire);
    let { release } = holdShared(members);
    const whereAlone = (section: () => void) =>
      inTurn(data, () => {
        release();
        // Where the system refuses the lock now, the next call takes the seat again.
        release = () => {};
        const areOthers = isHeld(members);
        ({ release } = holdShared(members));
        if (!areOthers) section();
      });
    return { id: wire.id, site, isAlone, whereAlone, leave: () => release() };
  });
  try {
    await untilNobodyIsAlone(data);
  } catch (error) {
    seat.leave();
    throw error;
  }
  return seat;
}

/** With others every story would look new to every reader, and a new one could bear the identifier of an old one. */
function checkIdentity(
  data: string,
  stored: WireFile | undefined,
  { path, site }: { path: string; site: Site },
): void {
  const lines = (["authority", "year"] as const)
    .filter((field) => stored?.[field] !== undefined && stored[field] !== site[field])
    .map((field) => `  ${field}: was ${stored?.[field]}, is ${site[field]}`);
  if (lines.length === 0) return;
  throw new FlashwireError(
    "invalid",
    `The site file ${path} is not that of ${data}.\n${lines.join("\n")}\n` +
      "The identifiers of all its stories are made of these: they never change. Put back what was, or give a wire\n" +
      "that starts from nothing a new folder (FLASHWIRE_DATA).",
  );
}

function inUse(data: string, stored: WireFile | undefined, origin: string): FlashwireError {
  if (stored?.origin === origin) {
    const detail = `A wire with another site file runs on ${data}: restart it first, so that it has this one too.`;
    return new FlashwireError("invalid", detail);
  }
  const theirs = stored?.origin ?? "another origin";
  return new FlashwireError(
    "invalid",
    `Another process works on ${data} and writes ${theirs} into its documents; this one would write ${origin}.\n` +
      "Give both the same FLASHWIRE_PUBLIC_URL, or this one a FLASHWIRE_DATA of its own, or stop the other one first.",
  );
}

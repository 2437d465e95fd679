import { FlashwireError } from "../core/errors.ts";
import type { Log, Stores } from "../store/stores.ts";
import { parseStored } from "./stored-json.ts";

/** How far upkeep has come: one object, which the run that has something to do reads and writes. */
const STATE_KEY = "upkeep/state.json";
/** Written to see what time the store has. */
const CLOCK = "upkeep/clock.json";

/** What the last look at the documents that readers get has found. */
const READERS_KEY = "upkeep/readers.json";

/** `since` is when the answer became good or bad, `at` when this was written (RFC 3339). No `faults`: all is well. */
export type ReadersNote = { at: string; since: string; faults: string[] };

type Deps = { stores: Pick<Stores, "newsroom">; log: Log };

/**
 * Empty where there is none. A state that cannot be read, or whose place something else takes on the disk, counts as none:
 * every walk may begin again.
 */
export async function readUpkeepState<State extends object>({ stores, log }: Deps): Promise<Partial<State>> {
  try {
    const stored = await stores.newsroom.get(STATE_KEY);
    return stored === undefined ? {} : parseStored<Partial<State>>(STATE_KEY, stored, () => true);
  } catch (error) {
    // A store that does not answer now has the state still.
    if (!(error instanceof FlashwireError) || error.code === "unavailable") throw error;
    log("upkeep.state.failed", { error: error.message });
    return {};
  }
}

export async function putUpkeepState({ stores }: Pick<Deps, "stores">, state: object): Promise<void> {
  await stores.newsroom.put(STATE_KEY, Buffer.from(JSON.stringify(state)), {
    contentType: "application/json",
  });
}

/** Undefined where there is none, or where it cannot be read: the next look writes it again. */
export async function readReadersNote({ stores, log }: Deps): Promise<ReadersNote | undefined> {
  try {
    const stored = await stores.newsroom.get(READERS_KEY);
    if (stored === undefined) return undefined;
    return parseStored<ReadersNote>(READERS_KEY, stored, isReadersNote);
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
    log("readers.note.failed", { error: error.message });
    return undefined;
  }
}

const isReadersNote = ({ at = "", since = "", faults }: Partial<ReadersNote>) =>
  !Number.isNaN(Date.parse(at) + Date.parse(since)) &&
  Array.isArray(faults) &&
  faults.every((fault) => typeof fault === "string");

export async function putReadersNote({ stores }: Pick<Deps, "stores">, note: ReadersNote): Promise<void> {
  await stores.newsroom.put(READERS_KEY, Buffer.from(JSON.stringify(note)), {
    contentType: "application/json",
  });
}

/**
 * What time it is by the clock of the store, milliseconds since 1970: one write and a look at it. S3 counts whole seconds;
 * a folder has the clock of its machine. Undefined where the store does not tell.
 */
export async function readStoreClock({ stores }: Pick<Deps, "stores">): Promise<number | undefined> {
  await stores.newsroom.put(CLOCK, Buffer.from("{}\n"), { contentType: "application/json" });
  return (await stores.newsroom.head(CLOCK))?.modified.getTime();
}

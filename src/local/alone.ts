import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FlashwireError } from "../core/errors.ts";
import { holdLock, isHeld } from "../store/file/lock.ts";
import type { Log } from "../store/stores.ts";
import { KNOCK_EVERY_MS, KNOCK_PATIENCE_MS, LOOK_FOR_KNOCK_MS, LOOKS_BETWEEN_TRIES } from "./limits.ts";
import { throwUnlessFull } from "./queue/late-journal.ts";
import { every } from "./repeat.ts";

/*
 * A server may hold written objects in memory for a moment only while no other process works on its data folder: the other one
 * would not see them. It says so by a lock. A process that takes a seat meanwhile knocks, and waits until the server has
 * written what the disk takes and given the lock up. The lock of a server that dies is free, and what it held is made again from records by the next start.
 */

const aloneLock = (data: string) => join(data, "alone.lock");
/** There while another process waits. */
const knockFile = (data: string) => join(data, "knock");

/** Whether a server is the only process on its data folder. */
export type Alone = {
  /** False as soon as another process waits. */
  isNow(): boolean;
  /** Gives the folder up. To be called when nothing is held any more. */
  end(): Promise<void>;
};

/** `isOnly`: whether nobody else has a seat, runs `take` then, in the folder's turn. `flush`: writes what is held. */
export type AloneParts = {
  isOnly(take: () => void): Promise<void>;
  flush(): Promise<void>;
  log: Log;
};

/** Tries to be alone now, and again from time to time after another process has come. `everyMs`: between two looks. */
export async function stayAlone(
  data: string,
  { isOnly, flush, log }: AloneParts,
  everyMs = LOOK_FOR_KNOCK_MS,
): Promise<Alone> {
  let lock: ReturnType<typeof holdLock>;
  let isNow = false;
  /** Looks until the next try to be alone. */
  let rest = 0;

  const note = (error: unknown) => log("alone.failed", { error: String(error) });

  const take = () => {
    rmSync(knockFile(data), { force: true });
    lock = holdLock(aloneLock(data));
    isNow = lock !== undefined;
  };

  async function look(): Promise<void> {
    if (lock === undefined) {
      if (rest-- > 0) return;
      rest = LOOKS_BETWEEN_TRIES;
      await isOnly(take).catch(throwUnlessFull);
    } else if (existsSync(knockFile(data))) {
      isNow = false;
      // What the disk does not take stays here, and never replaces what another process writes meanwhile.
      await flush().catch(note);
      lock.release();
      lock = undefined;
    }
  }

  await look().catch(note);
  const looks = every(everyMs, look, note);
  return {
    isNow: () => isNow,
    async end() {
      await looks.stop();
      isNow = false;
      lock?.release();
      lock = undefined;
    },
  };
}

/** Resolves when no server holds new writes in memory. To be called with a seat. Throws `unavailable` where a server hangs. */
export async function untilNobodyIsAlone(data: string, patienceMs = KNOCK_PATIENCE_MS): Promise<void> {
  for (let waited = 0; isHeld(aloneLock(data)); waited += KNOCK_EVERY_MS) {
    if (waited > patienceMs) {
      const detail = `The server on ${data} hangs, and may hold documents in memory: stop it, and try again.`;
      throw new FlashwireError("unavailable", detail);
    }
    writeFileSync(knockFile(data), "");
    await sleep(KNOCK_EVERY_MS);
  }
}

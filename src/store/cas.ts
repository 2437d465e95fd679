import { FlashwireError } from "../core/errors.ts";
import { BACKOFF_MS, MAX_ATTEMPTS, MAX_BACKOFF_MS } from "./limits.ts";
import { CONFLICT } from "./port.ts";

/** What the loop needs from outside. */
export type Pacing = { random(): number; sleep(milliseconds: number): Promise<void> };

/**
 * MAX_ATTEMPTS turns with a pause of full jitter behind each, of `maxBackoff` milliseconds at the most. The caller leaves the
 * loop when its turn has succeeded.
 */
export async function* attempts(pacing: Pacing, maxBackoff = MAX_BACKOFF_MS): AsyncGenerator<void> {
  for (let tried = 0; tried < MAX_ATTEMPTS; tried++) {
    yield;
    await pacing.sleep(pacing.random() * Math.min(maxBackoff, BACKOFF_MS * 2 ** tried));
  }
}

/**
 * The one compare-and-swap loop. `attempt` reads, folds and puts on condition; it answers CONFLICT when a put lost and
 * must be able to run again from its first read. Throws `busy` when the attempts are used up.
 */
export async function compareAndSwap<T>(
  pacing: Pacing,
  attempt: () => Promise<T | typeof CONFLICT>,
): Promise<T> {
  for await (const _ of attempts(pacing)) {
    const answer = await attempt();
    if (answer !== CONFLICT) return answer as T;
  }
  throw busy();
}

/** Nothing is wrong but the number of writers: the caller's queue or client tries later. */
export const busy = () => new FlashwireError("busy", "too many writers at once; try again");

import { FlashwireError } from "../core/errors.ts";
import { BACKOFF_MS, MAX_ATTEMPTS, MAX_BACKOFF_MS } from "./limits.ts";
import { CONFLICT } from "./port.ts";

/** What the loop needs from outside. */
export type Pacing = { random(): number; sleep(milliseconds: number): Promise<void> };

/**
 * The one compare-and-swap loop. `attempt` reads, folds and puts on condition; it answers CONFLICT when a put lost and
 * must be able to run again from its first read. Pauses with full jitter between attempts.
 * Throws `busy` when the attempts are used up: nothing is wrong, the caller's queue or client tries later.
 */
export async function compareAndSwap<T>(
  pacing: Pacing,
  attempt: () => Promise<T | typeof CONFLICT>,
): Promise<T> {
  for (let tried = 0; tried < MAX_ATTEMPTS; tried++) {
    const answer = await attempt();
    if (answer !== CONFLICT) return answer as T;
    await pacing.sleep(pacing.random() * Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** tried));
  }
  throw new FlashwireError("busy", "too many writers at once; try again");
}

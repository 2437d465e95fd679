import { microtasksDone, turnOfTheLoop } from "./microtasks.ts";
import type { Random } from "./random.ts";

/**
 * Decides which of the waiting workers goes on. Every store call waits here first, so any interleaving of calls can
 * happen, and a seed names which one does.
 */
export class Scheduler {
  steps = 0;
  #waiting: (() => void)[] = [];
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Resolves when it is this caller's turn. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Lets one caller after the other go on until nobody waits. */
  async run(maxSteps: number): Promise<void> {
    for (;;) {
      // Each running worker reaches its next store call.
      await microtasksDone();
      if (this.#waiting.length === 0) await turnOfTheLoop();
      if (this.#waiting.length === 0) return;
      if (++this.steps > maxSteps) throw new Error(`no rest after ${maxSteps} steps`);
      const i = this.#random.below(this.#waiting.length);
      const [go] = this.#waiting.splice(i, 1);
      go?.();
    }
  }
}

/** Where a crashed process stays. A promise each time: one that all wait for would keep them all in memory. */
export const never = (): Promise<never> => new Promise(() => {});

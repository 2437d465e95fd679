import { microtasksDone, turnOfTheLoop } from "./microtasks.ts";

/**
 * Time that passes only when everybody waits: then it jumps to the next moment at which somebody goes on. A run of
 * minutes takes as long as its computations, and the same run has the same times on every machine.
 */
export class VirtualTime {
  /** Milliseconds since the run began. */
  now = 0;
  /** Sorted by `at`, the earliest first. */
  readonly #waiting: { at: number; go: () => void }[] = [];

  /** Resolves when so much time has passed. */
  sleep(milliseconds: number): Promise<void> {
    const at = this.now + milliseconds;
    const place = this.#waiting.findLastIndex((other) => other.at <= at) + 1;
    return new Promise((go) => this.#waiting.splice(place, 0, { at, go }));
  }

  /** Lets time pass until nobody waits. Those who go on at the same moment do so in the order in which they began to wait. */
  async run(maxMilliseconds: number): Promise<void> {
    for (;;) {
      // Each worker that continues reaches its next wait.
      await microtasksDone();
      if (this.#waiting.length === 0) await turnOfTheLoop();
      if (this.#waiting.length === 0) return;
      this.now = this.#waiting[0]?.at ?? this.now;
      if (this.now > maxMilliseconds) throw new Error(`no rest after ${maxMilliseconds} ms`);
      const later = this.#waiting.findIndex(({ at }) => at > this.now);
      const due = this.#waiting.splice(0, later === -1 ? this.#waiting.length : later);
      for (const { go } of due) go();
    }
  }
}

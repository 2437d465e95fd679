/**
 * Time that passes only when everybody waits: then it jumps to the next moment at which somebody goes on. A run of
 * minutes takes as long as its computations, and the same run has the same times on every machine.
 */
export class VirtualTime {
  /** Milliseconds since the run began. */
  now = 0;
  #waiting: { at: number; go: () => void }[] = [];

  /** Resolves when so much time has passed. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ at: this.now + milliseconds, go: resolve }));
  }

  /** Lets time pass until nobody waits. Those who go on at the same moment do so in the order in which they began to wait. */
  async run(maxMilliseconds: number): Promise<void> {
    for (;;) {
      // Microtasks first: whoever goes on reaches the next wait.
      await new Promise(setImmediate);
      if (this.#waiting.length === 0) return;
      this.now = Math.min(...this.#waiting.map(({ at }) => at));
      if (this.now > maxMilliseconds) throw new Error(`no rest after ${maxMilliseconds} ms`);
      const due = this.#waiting.filter(({ at }) => at <= this.now);
      this.#waiting = this.#waiting.filter(({ at }) => at > this.now);
      for (const { go } of due) go();
    }
  }
}

import { MINUTE_MS } from "../../src/core/limits.ts";
import type { Random } from "./random.ts";

/** When a run begins, milliseconds since 1970. What newsrooms send is dated around it. */
export const START = Date.UTC(2026, 0, 3);
export const HOUR_MS = 60 * MINUTE_MS;

/** A run goes on by so much each time that somebody looks at the clock. */
const LOOK_MS = 1_000;
/** How far the clock of a process may be from that of the run: a fraction of a second, or minutes. */
const OFFSETS_MS = [-200, 200, -90_000, 100_000, -420_000, 300_000];
const MAX_STILL = 20;
/** The clock jumps to just before, just at or just after an hour, for which newsrooms set their times. */
const AROUND_MS = [-1, 0, 0, 0, 1, 30_000];

/** The time of a run. It goes on as processes look at it, and jumps. */
export class Clock {
  /** The largest time that any process has seen. */
  latest = START;
  #now = START;
  /** Looks for which the clock stands still: so much happens at one time. */
  #still = 0;

  get now(): number {
    return this.#now;
  }

  /** The clock as a process sees it that is `offset` milliseconds ahead. */
  seenBy(offset: number): () => number {
    return () => {
      if (this.#still > 0) this.#still--;
      else this.#now += LOOK_MS;
      const seen = this.#now + offset;
      this.latest = Math.max(this.latest, seen);
      return seen;
    };
  }

  /** From here on no process sees less than any process has seen. */
  catchUp(): void {
    this.#now = Math.max(this.#now, this.latest);
  }

  jump(random: Random): void {
    this.#still = random.below(MAX_STILL);
    if (random.chance(0.05)) this.#now += 25 * HOUR_MS;
    const hour = Math.floor((this.#now - START) / HOUR_MS) + 1 + random.below(2) * random.below(4);
    this.#now = Math.max(this.#now, START + hour * HOUR_MS + random.pick(AROUND_MS));
  }
}

/** Where the clock of the next process stands. */
export function offsetOf(random: Random): number {
  return random.chance(0.6) ? 0 : random.pick(OFFSETS_MS);
}

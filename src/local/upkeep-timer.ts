import type { Services } from "../services.ts";
import type { Upkeep } from "../upkeep/tick.ts";
import { TICK_MS, TICK_SLICE_MS } from "./limits.ts";
import { createPause } from "./queue/backoff.ts";

/** The ticks of a local wire, one after the other: each minute, and at once where there is more to do. */
export type UpkeepTimer = {
  /** Begins with the first tick. */
  start(): void;
  /** Something was asked for: the next tick comes at once. */
  poke(): void;
  /** Resolves when a tick has found nothing to do. Rejects never: what fails is tried again each minute. */
  idle(): Promise<void>;
  /** Gives up what is under way, between two steps: the next process goes on with it. */
  close(): Promise<void>;
};

type Deps = Pick<Services, "now" | "sleep" | "log">;

export function createTicks(deps: Deps, upkeep: Upkeep): UpkeepTimer {
  const pause = createPause(deps);
  let isClosed = false;
  let isPoked = false;
  let waiting: (() => void)[] = [];

  /** Answers whether the next tick may wait for a minute. */
  async function tick(): Promise<boolean> {
    const end = deps.now() + TICK_SLICE_MS;
    const { isAtRest, failed } = await upkeep.tick(() => isClosed || deps.now() >= end);
    if (isAtRest && !isPoked) {
      for (const resolve of waiting) resolve();
      waiting = [];
    }
    return isAtRest || failed.length > 0;
  }

  async function run(): Promise<void> {
    while (!isClosed) {
      isPoked = false;
      const mayWait = await tick().catch((error: unknown) => {
        deps.log("tick.failed", { error: String(error) });
        return true;
      });
      // Requests come between two ticks, however much upkeep has to do.
      await pause.take(mayWait && !isPoked && !isClosed ? TICK_MS : 0);
    }
  }

  const poke = () => {
    isPoked = true;
    pause.end();
  };
  let running: Promise<void> | undefined;
  return {
    start() {
      running ??= run();
    },
    poke,
    idle() {
      const atRest = new Promise<void>((resolve) => waiting.push(resolve));
      poke();
      return atRest;
    },
    async close() {
      isClosed = true;
      pause.end();
      await running;
      for (const resolve of waiting) resolve();
    },
  };
}

import { never } from "../../src/upkeep/deps.ts";
import { createUpkeep, type Upkeep } from "../../src/upkeep/tick.ts";
import { SMALL_LOG } from "./log-watch.ts";
import type { Machine } from "./machine.ts";
import type { Worker } from "./spoil.ts";

/* The upkeep of a wire in a run, and its time. */

const UPKEEP = { settlesMs: 20_000, auditsAtStart: true };
/** Ticks that find something to do when all others have ended. */
const MAX_LAST_TICKS = 50;

/** Some ticks that are cut off now and then; in another process after each crash. */
export async function upkeep(run: Machine): Promise<void> {
  let left = 1 + run.random.below(2);
  const ticks = async (services: Worker) => {
    await run.settled();
    const upkeep = upkeepOf(run, services);
    for (; left > 0; left--) {
      await run.pause(20);
      await upkeep.tick(() => run.random.chance(0.2));
    }
  };
  await run.untilAnswered(ticks, { faults: run.tickFaults });
}

/** Ticks until one finds nothing to do, now and at some later times. */
export async function lastTicks(run: Machine): Promise<void> {
  const ticks = async (services: Worker) => {
    const upkeep = upkeepOf(run, services);
    for (let jumps = run.random.below(3); jumps >= 0; jumps--) {
      await ticksUntilRest(run, upkeep);
      if (jumps > 0) run.clock.jump(run.random);
    }
  };
  await run.inProcess(ticks, { offset: 0 });
}

/** The same of a process that finds out what is due, now. */
export function ticksOnce(run: Machine): Promise<void> {
  return run.inProcess((services) => ticksUntilRest(run, upkeepOf(run, services)), { offset: 0 });
}

async function ticksUntilRest(run: Machine, upkeep: Upkeep): Promise<void> {
  for (let ticks = 0; ticks < MAX_LAST_TICKS; ticks++) {
    run.restsSince = run.clock.now;
    if ((await upkeep.tick(never)).isAtRest) return;
  }
  throw new Error(`something is due after ${MAX_LAST_TICKS} ticks`);
}

function upkeepOf(run: Machine, services: Worker): Upkeep {
  return createUpkeep(spoiledTick(run, services), {
    ...UPKEEP,
    auditsAtStart: run.audits,
    snapshotStories: SMALL_LOG.snapshotStories,
  });
}

/** The services of a tick, as the mistake of the run has them. */
export function spoiledTick(run: Machine, services: Worker): Worker {
  const { upkeep } = run.sabotage ?? {};
  return upkeep?.(services) ?? { ...services, publisher: run.spoil(services, []).publisher };
}

/** Time goes on while the others are at work. */
export async function time(run: Machine, maxJumps: number): Promise<void> {
  for (let jumps = run.random.below(maxJumps + 1); jumps > 0; jumps--) {
    await run.pause(100);
    run.clock.jump(run.random);
    for (let ticks = run.random.below(3); ticks > 0; ticks--) run.start(() => upkeep(run));
  }
}

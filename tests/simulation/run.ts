/*
 * Many seeds, on all processors:  npm run simulate -- [FROM [TO [WRONG ORDER]]]
 * One seed again:                 npm run simulate -- 4711
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { SABOTAGES } from "./sabotage.ts";
import { simulate } from "./simulate.ts";

type Result = { seed: number; problem?: string };

const SLICE = 500;
const MAX_PRINTED = 10;

const [first = "1", last = process.argv.length > 2 ? first : "100000", wrongOrder] = process.argv.slice(2);

if (process.send) worker();
else await manager(Number(first), Number(last));

/** Runs the slices that it is sent. */
function worker(): void {
  process.on("message", async (from: number) => {
    for (let seed = from; seed <= Math.min(from + SLICE - 1, Number(last)); seed++) {
      process.send?.(await resultOf(seed));
    }
    process.send?.("done");
  });
}

async function resultOf(seed: number): Promise<Result> {
  try {
    await simulate(seed, wrongOrder === undefined ? undefined : SABOTAGES[wrongOrder]);
    return { seed };
  } catch (error) {
    return { seed, problem: String(error).slice(0, 2_000) };
  }
}

async function manager(from: number, to: number): Promise<void> {
  if (wrongOrder !== undefined && !SABOTAGES[wrongOrder]) {
    throw new Error(`no such wrong order; there are:\n${Object.keys(SABOTAGES).join("\n")}`);
  }
  const started = performance.now();
  let next = from;
  let passed = 0;
  const failed: number[] = [];
  const workers = Array.from({ length: availableParallelism() }, () => {
    const child = fork(import.meta.filename, process.argv.slice(2));
    const feed = () => {
      if (next > to) return child.disconnect();
      child.send(next);
      next += SLICE;
    };
    child.on("message", (message: Result | "done") => {
      if (message === "done") return feed();
      if (message.problem === undefined) passed++;
      else if (failed.push(message.seed) <= MAX_PRINTED)
        console.log(`seed ${message.seed}: ${message.problem}`);
    });
    feed();
    return once(child, "exit");
  });
  await Promise.all(workers);
  const seconds = (performance.now() - started) / 1_000;
  console.log(`seeds ${from} to ${to}: ${passed} passed, ${failed.length} failed in ${seconds.toFixed(0)} s`);
  if (passed + failed.length !== to - from + 1) throw new Error("not every seed was run");
  process.exitCode = failed.length === 0 ? 0 : 1;
}

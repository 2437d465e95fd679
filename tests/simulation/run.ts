/*
 * Many seeds, on all processors:  npm run simulate -- [--seconds N] [FROM [TO [WRONG ORDER]]]
 * One seed again:                 npm run simulate -- 4711
 *
 * With --seconds it begins no further seed after so many seconds, and says how many there were.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { SABOTAGES } from "./sabotage.ts";
import { type Counts, simulate } from "./simulate.ts";

type Result = { seed: number; problem?: string; counts?: Counts };

/** Seeds that a worker runs one after the other; it begins none but the first after `until`, in ms since 1970. */
type Slice = { from: number; until: number };

const SLICE = 500;
const MAX_PRINTED = 10;

const { values, positionals } = parseArgs({
  options: { seconds: { type: "string" } },
  allowPositionals: true,
});
const [first = "1", last = positionals.length > 0 ? first : "100000", wrongOrder] = positionals;

if (process.send) worker();
else await manager(Number(first), Number(last), Number(values.seconds ?? Infinity));

/** Runs the slices that it is sent. */
function worker(): void {
  process.on("message", async ({ from, until }: Slice) => {
    const to = Math.min(from + SLICE - 1, Number(last));
    for (let seed = from; seed === from || (seed <= to && Date.now() < until); seed++) {
      process.send?.(await resultOf(seed));
    }
    process.send?.("done");
  });
}

async function resultOf(seed: number): Promise<Result> {
  try {
    const { counts } = await simulate(seed, wrongOrder === undefined ? undefined : SABOTAGES[wrongOrder]);
    return { seed, counts };
  } catch (error) {
    return { seed, problem: String(error).slice(0, 2_000) };
  }
}

async function manager(from: number, to: number, patience: number): Promise<void> {
  if (!(patience > 0)) throw new Error("--seconds takes a number above 0");
  if (wrongOrder !== undefined && !SABOTAGES[wrongOrder]) {
    throw new Error(`no such wrong order; there are:\n${Object.keys(SABOTAGES).join("\n")}`);
  }
  const started = performance.now();
  // Not Infinity: a message to a worker is JSON.
  const until = Date.now() + Math.min(patience * 1_000, Number.MAX_SAFE_INTEGER / 2);
  let next = from;
  let passed = 0;
  const failed: number[] = [];
  const had: Record<string, number> = {};
  const workers = Array.from({ length: availableParallelism() }, () => {
    const child = fork(import.meta.filename, process.argv.slice(2));
    const feed = () => {
      if (next > to || (next > from && Date.now() >= until)) return child.disconnect();
      child.send({ from: next, until } satisfies Slice);
      next += SLICE;
    };
    child.on("message", (message: Result | "done") => {
      if (message === "done") return feed();
      for (const [what, count] of Object.entries(message.counts ?? {})) had[what] = (had[what] ?? 0) + count;
      if (message.problem === undefined) passed++;
      else if (failed.push(message.seed) <= MAX_PRINTED)
        console.log(`seed ${message.seed}: ${message.problem}`);
    });
    feed();
    return once(child, "exit");
  });
  const codes = (await Promise.all(workers)).map(([code]) => code);
  const seconds = (performance.now() - started) / 1_000;
  const wanted = to - from + 1;
  const run = passed + failed.length;
  const counts = `${passed} passed, ${failed.length} failed in ${seconds.toFixed(0)} s`;
  console.log(`${run} of ${wanted} seeds from ${from} to ${to}: ${counts}`);
  console.log(
    `They had ${Object.entries(had)
      .map((one) => one.join(" "))
      .join(", ")}.`,
  );
  const wasCutShort = Date.now() >= until;
  if (codes.some((code) => code !== 0) || (run !== wanted && !wasCutShort)) {
    throw new Error("not every seed was run");
  }
  process.exitCode = failed.length === 0 ? 0 : 1;
}

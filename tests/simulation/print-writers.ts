/* How fast many writers at once are, in virtual time:  npm run simulate:writers */
import { flashesAtOnce, stream } from "./writers.ts";

const SEEDS = [1, 2, 3, 4, 5];
/** Flashes take turns by chance: more runs, so that their mean says something. */
const FLASH_SEEDS = Array.from({ length: 20 }, (_, n) => n + 1);

async function flashes(name: string, options: { warm?: boolean; queued?: boolean }): Promise<void> {
  const runs: Awaited<ReturnType<typeof flashesAtOnce>>[] = [];
  for (const seed of FLASH_SEEDS) runs.push(await flashesAtOnce({ seed, ...options }));
  const mean = (moment: "shown" | "told" | "last") =>
    Math.round(runs.reduce((sum, run) => sum + run[moment], 0) / runs.length);
  const moments = `shown after ${mean("shown")} ms, in the log after ${mean("told")} ms, answered after ${mean("last")} ms`;
  console.log(`ten flashes at ten processes, ${name}, mean of ${runs.length} runs: the last is ${moments}`);
}

async function streams(batch: number, articles: number, rate?: number): Promise<void> {
  const cells = [];
  for (const publishers of [1, 2, 4]) {
    const runs = [];
    for (const seed of SEEDS) {
      runs.push(await stream({ seed, publishers, articles, batch, ...(rate === undefined ? {} : { rate }) }));
    }
    const mean = runs.reduce((sum, run) => sum + run.perSecond, 0) / runs.length;
    const lost = runs.reduce((sum, run) => sum + run.lostWindowPuts, 0);
    const puts = runs.reduce((sum, run) => sum + run.windowPuts, 0);
    const requests = runs.reduce((sum, run) => sum + run.requests, 0) / runs.length / articles;
    cells.push(
      `${publishers}: ${mean.toFixed(1)}/s (${Math.round((100 * lost) / puts)} % lost, ${requests.toFixed(1)} requests each)`,
    );
  }
  const how = rate === undefined ? "all waiting" : `${rate} a second`;
  console.log(
    `${articles} articles in 8 shared feeds, batches of at most ${batch}, ${how}: ${cells.join("; ")}`,
  );
}

await flashes("cold", {});
await flashes("warm", { warm: true });
await flashes("with the events in the queue", { queued: true });
await streams(1, 60);
await streams(10, 400);
await streams(100, 2_000);
await streams(100, 400, 50);

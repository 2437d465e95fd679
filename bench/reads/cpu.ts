import { readdirSync, readFileSync } from "node:fs";

/**
 * Milliseconds of CPU that the threads of this process have had, in nanoseconds precise: the first number of
 * /proc/PID/task/TID/schedstat (https://docs.kernel.org/scheduler/sched-stats.html). Undefined where the system does not tell.
 */
export function cpuMsOf(pid: number): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const times = threads.map((id) => readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8"));
    return times.reduce((sum, line) => sum + Number(line.split(" ")[0]), 0) / 1e6;
  } catch {
    return undefined;
  }
}

/** A wire looks at all its records when it starts, and after that at nothing. */
const MAX_IDLE_WAIT_S = 60;

/** Answers when the process has done almost nothing for two seconds, or MAX_IDLE_WAIT_S have passed. */
export async function untilIdle(pid: number): Promise<void> {
  for (let waited = 0; waited < MAX_IDLE_WAIT_S; waited += 2) {
    const before = cpuMsOf(pid) ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    if ((cpuMsOf(pid) ?? 0) - before < 10) return;
  }
  process.stderr.write("The wire does not come to rest: its figures tell of other work as well.\n");
}

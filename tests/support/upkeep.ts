import { type Rollout, readMark } from "../../src/repository/rollout.ts";
import { listDue } from "../../src/repository/schedule.ts";
import { putUpkeepState } from "../../src/repository/upkeep-state.ts";
import type { Services } from "../../src/services.ts";
import { never, type TimeIsUp } from "../../src/upkeep/deps.ts";
import { DEPLOY_SETTLES_MS } from "../../src/upkeep/limits.ts";
import { continueLog } from "../../src/upkeep/log-job.ts";
import type { TickReport } from "../../src/upkeep/state.ts";
import { createUpkeep } from "../../src/upkeep/tick.ts";

/** The first tick of a process that audits at its start, as long as it takes. */
export function tickOnce(services: Services, isOver: TimeIsUp = never): Promise<TickReport> {
  return createUpkeep(services, { settlesMs: DEPLOY_SETTLES_MS, auditsAtStart: true }).tick(isOver);
}

/** The ticks of a process that starts on a local wire, until nothing is left to do. */
export async function startedAndAtRest(services: Services): Promise<TickReport[]> {
  const upkeep = createUpkeep(services, { settlesMs: 0, auditsAtStart: true });
  await upkeep.begin();
  const reports: TickReport[] = [];
  for (let ticks = 0; ticks < 50; ticks++) {
    const report = await upkeep.tick(never);
    reports.push(report);
    if (report.isAtRest) return reports;
  }
  return reports;
}

export async function rolloutOf(services: Pick<Services, "stores">): Promise<Rollout | undefined> {
  return (await readMark(services))?.rollout;
}

/** The feeds that are asked for. */
export async function repairsOf({ stores }: Pick<Services, "stores">): Promise<string[]> {
  return (await listDue({ stores }, Date.UTC(2000, 0, 1), 10_000)).repairs;
}

/** The wire has a whole log, as one has that is no longer new. */
export async function beginLog(services: Services): Promise<void> {
  const log = await continueLog(services, undefined, { isOver: never, failed: [] });
  await putUpkeepState(services, { log });
}

import pMap from "p-map";
import { MAX_BATCH } from "../core/limits.ts";
import { settleKillOf } from "../repository/schedule.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { attempt, type Failure } from "./attempt.ts";
import type { UpkeepDeps } from "./deps.ts";
import { askForRepair } from "./rebuild-job.ts";
import type { TickReport } from "./state.ts";

/**
 * Finishes these kills before all other work: publishes the withdrawn articles, and takes the note of each away that
 * every document is written for. The others keep their notes for the next tick. Safe to repeat and to cut off.
 */
export async function finishKills(deps: UpkeepDeps, kills: string[], report: TickReport): Promise<void> {
  const failed: Failure[] = [];
  const add = { report, failed };
  for (let from = 0; from < kills.length; from += MAX_BATCH)
    await attempt(deps, "kills", failed, () => finish(deps, kills.slice(from, from + MAX_BATCH), add));
  report.failed.push(...failed.map(({ name }) => name));
}

async function finish(
  deps: UpkeepDeps,
  ids: string[],
  { report, failed }: { report: TickReport; failed: Failure[] },
): Promise<void> {
  const { left, unreadable, underfilled } = await deps.publisher.publish(ids);
  await askForRepair(deps, underfilled);
  const unfinished = new Set([...left.keys(), ...unreadable]);
  report.failed.push(...unfinished);
  const finished = ids.filter((id) => !unfinished.has(id));
  const settle = (id: string) => attempt(deps, id, failed, () => settleKillOf(deps, id));
  await pMap(finished, settle, { concurrency: CONCURRENCY });
  report.killed += finished.length;
}

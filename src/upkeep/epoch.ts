import { emptyOpen } from "../core/change-log.ts";
import { nameEpoch, openLog } from "../publish/change-log.ts";
import { openOutput } from "../render/outputs.ts";
import { putLogPage } from "../repository/change-log.ts";
import { askForSnapshot } from "../repository/schedule.ts";
import { compareAndSwap } from "../store/cas.ts";
import { CONFLICT } from "../store/port.ts";
import type { UpkeepDeps } from "./deps.ts";

/**
 * Begins a new epoch of the log, whose snapshot the job of the log makes. Its name is made in the swap, greater than the one that
 * was read. Answers the name.
 */
export async function beginEpoch(deps: UpkeepDeps): Promise<string> {
  const own = new Set<string>();
  await askForSnapshot(deps);
  return compareAndSwap(deps, async () => {
    const { found, open } = await openLog(deps);
    // The put won, and its answer was lost.
    if (own.has(open.epoch)) return open.epoch;
    const epoch = await nameEpoch(deps, open.epoch);
    if (epoch === CONFLICT) return CONFLICT;
    own.add(epoch);
    const etag = await putLogPage(deps, openOutput(), emptyOpen(epoch), found);
    if (etag === CONFLICT) return CONFLICT;
    deps.log("log.begun", { epoch });
    return epoch;
  });
}

/** The open page names the snapshot of its epoch, unless another process was faster or has begun another epoch. */
export function nameSnapshot(deps: UpkeepDeps, epoch: string, pages: number): Promise<void> {
  return compareAndSwap(deps, async () => {
    const { found, open } = await openLog(deps);
    if (open.epoch !== epoch || open.snapshot !== null) return;
    const next = { ...open, snapshot: { seq: 0, pages } };
    return (await putLogPage(deps, openOutput(), next, found)) === CONFLICT ? CONFLICT : undefined;
  });
}

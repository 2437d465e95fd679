import pMap from "p-map";
import { MAX_BATCH } from "../core/limits.ts";
import { advance } from "../life/advance.ts";
import type { DueStory } from "../repository/schedule.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { attempt, type Failure } from "./attempt.ts";
import type { UpkeepDeps } from "./deps.ts";
import { askForRepair } from "./rebuild-job.ts";
import type { Part } from "./work.ts";

/**
 * Does what time has brought to these stories, and publishes them, in the order in which they are due. The event of each
 * record publishes again: a tick that is cut off loses nothing.
 */
export async function tellStories(deps: UpkeepDeps, stories: DueStory[], part: Part): Promise<void> {
  for (let from = 0; from < stories.length && (from === 0 || !part.isOver()); from += MAX_BATCH)
    await tell(deps, stories.slice(from, from + MAX_BATCH), part);
}

async function tell(deps: UpkeepDeps, stories: DueStory[], { report }: Part): Promise<void> {
  const failed: Failure[] = [];
  const changed = new Set<string>();
  const tellOne = async (due: DueStory) => {
    const isChanged = await attempt(deps, due.id, failed, () => advance(deps, due));
    if (isChanged) changed.add(due.id);
  };
  await pMap(stories, tellOne, { concurrency: CONCURRENCY });
  report.told += changed.size;
  if (changed.size > 0) {
    const published = await attempt(deps, "publish", failed, () => deps.publisher.publish(changed));
    await askForRepair(deps, published?.underfilled ?? []);
  }
  report.failed.push(...failed.map(({ name }) => name));
}

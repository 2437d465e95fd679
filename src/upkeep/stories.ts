import pMap from "p-map";
import { MAX_BATCH } from "../core/limits.ts";
import { advance, settle } from "../life/advance.ts";
import type { DueStory } from "../repository/schedule.ts";
import { readStoreClock } from "../repository/upkeep-state.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { attempt, type Failure } from "./attempt.ts";
import type { UpkeepDeps } from "./deps.ts";
import { askForRepair } from "./rebuild-job.ts";
import type { Part } from "./work.ts";

/**
 * Does what time has brought to these stories, and publishes them, in the order in which they are due. A reminder goes
 * only when the documents of its story are written, so a tick that is cut off or fails is repeated by the next one.
 */
export async function tellStories(deps: UpkeepDeps, listed: DueStory[], part: Part): Promise<void> {
  if (listed.length === 0) return;
  const failed: Failure[] = [];
  const now = await attempt(deps, "clock", failed, () => agreedNow(deps));
  part.report.failed.push(...failed.map(({ name }) => name));
  const at = { ...deps, now: () => now ?? 0 };
  const stories = listed.filter((due) => Date.parse(due.at) <= at.now());
  for (let from = 0; from < stories.length && (from === 0 || !part.isOver()); from += MAX_BATCH)
    await tell(at, stories.slice(from, from + MAX_BATCH), part);
}

/**
 * The time by which stories are told, milliseconds since 1970: a time has come when the clock of the store says so, too. A
 * function whose clock is ahead would publish what is embargoed and take out what has not expired, and nothing takes that
 * back.
 */
async function agreedNow(deps: UpkeepDeps): Promise<number> {
  return Math.min(deps.now(), (await readStoreClock(deps)) ?? Number.POSITIVE_INFINITY);
}

async function tell(deps: UpkeepDeps, stories: DueStory[], { report }: Part): Promise<void> {
  const failed: Failure[] = [];
  const done: DueStory[] = [];
  const tellOne = async (due: DueStory) => {
    const isChanged = await attempt(deps, due.id, failed, () => advance(deps, due));
    if (isChanged) report.told++;
    // One that was changed by a tick which was cut off is published, too.
    if (isChanged !== undefined) done.push(due);
  };
  await pMap(stories, tellOne, { concurrency: CONCURRENCY });
  const left = await publishAll(deps, new Set(done.map(({ id }) => id)), failed);
  const settleOne = (due: DueStory) => attempt(deps, due.id, failed, () => settle(deps, due));
  await pMap(
    done.filter(({ id }) => !left.has(id)),
    settleOne,
    { concurrency: CONCURRENCY },
  );
  report.failed.push(...failed.map(({ name }) => name));
}

/** Answers the stories that are not in all their documents. */
async function publishAll(
  deps: UpkeepDeps,
  ids: ReadonlySet<string>,
  failed: Failure[],
): Promise<ReadonlySet<string>> {
  if (ids.size === 0) return ids;
  const report = await attempt(deps, "publish", failed, () => deps.publisher.publish(ids));
  if (report === undefined) return ids;
  await askForRepair(deps, report.underfilled);
  failed.push(...[...report.left].map(([name, error]) => ({ name, error })));
  return new Set([...report.left.keys(), ...report.unreadable]);
}

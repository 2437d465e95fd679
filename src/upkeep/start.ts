import { hasDirectory } from "../repository/directory.ts";
import { adoptOldNotes, askForDirectory } from "../repository/schedule.ts";
import { headWindow } from "../repository/windows.ts";
import { attempt, type Failure } from "./attempt.ts";
import type { UpkeepDeps } from "./deps.ts";
import { MAX_OLD_NOTES } from "./limits.ts";
import { askForRepair } from "./rebuild-job.ts";

/** Makes the fixed feeds of the site file, and takes over the notes of an earlier version. Answers whether all is done. */
export async function startFeeds(deps: UpkeepDeps, failed: Failure[]): Promise<boolean> {
  const start = async () => {
    await adoptOldNotes(deps, MAX_OLD_NOTES);
    const names = deps.site.feeds.map(({ name }) => name);
    const heads = await Promise.all(names.map((name) => headWindow(deps, name)));
    // A feed that is there is left to the audit, which tells what it mends.
    const missing = names.filter((_, i) => heads[i] === undefined);
    const work = new Map(missing.map((name) => [name, { ids: new Set<string>() }]));
    const report = await deps.publisher.writeFeeds(work);
    await askForRepair(deps, report.underfilled);
    if (!(await hasDirectory(deps))) await askForDirectory(deps);
    failed.push(...report.failed.map(({ feed, error }) => ({ name: feed, error })));
    return report.failed.length === 0;
  };
  return (await attempt(deps, "start", failed, start)) ?? false;
}

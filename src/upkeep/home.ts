import { OPEN_KEY } from "../core/keys.ts";
import { orUnreadable, UnreadableError } from "../repository/stored-json.ts";
import { attempt, type Failure } from "./attempt.ts";
import type { UpkeepDeps } from "./deps.ts";

/** What a report calls the page at the root, with the sitemap for news. No feed has such a name. */
const HOME = "/";

/** Keeps the page at the root up to date between ticks. One for each process. */
export type HomeKeeper = {
  /**
   * Brings the page and the sitemap for news up to date where the change log or, with `isListing`, the list of feeds has changed
   * since this process did so last, or a story has become too old. Answers whether it did anything. A process that has just begun looks at the page once.
   */
  keep(isListing: boolean, report: { failed: string[] }): Promise<boolean>;
};

export function createHomeKeeper(deps: UpkeepDeps, everyMs: number): HomeKeeper {
  const memory = { told: "", at: Number.NEGATIVE_INFINITY, until: 0 };

  /** A tick that comes sooner leaves the page to the next one; not known where the clock went back. */
  const isSoon = () => {
    const since = deps.now() - memory.at;
    return since >= 0 && since < everyMs;
  };

  return {
    async keep(isListing, report) {
      if (!isListing && isSoon()) return false;
      const failed: Failure[] = [];
      const isDone = await attempt(deps, HOME, failed, async () => {
        // Before the windows are read: what changes meanwhile is another ETag.
        const told = (await deps.stores.published.head(OPEN_KEY))?.etag ?? "none";
        if (told === memory.told && !isListing && deps.now() < memory.until) return false;
        const done = await orUnreadable(deps.publisher.writeHome());
        // The page stays as it is until the window is made again, which others see to.
        if (done instanceof UnreadableError) return false;
        Object.assign(memory, { told, at: deps.now(), until: done.until });
        return true;
      });
      report.failed.push(...failed.map(({ name }) => name));
      return isDone ?? true;
    },
  };
}

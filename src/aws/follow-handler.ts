import type { FollowedSource } from "../core/site-sources.ts";
import type { FollowDeps } from "../follow/deps.ts";
import { followOnce } from "../follow/round.ts";
import { sourcesStatus } from "../follow/status.ts";
import { MAX_SOURCE_FAILURES } from "./limits.ts";
import type { Watch } from "./telemetry.ts";

type Wire = { deps: FollowDeps; watch: Pick<Watch, "count"> };

/**
 * Follows the sources of the site file, each at its own pace, until `end` (milliseconds since 1970): a schedule calls at most
 * once a minute, and a source may be looked at more often. Counts the sources that somebody has to look at.
 */
export async function followSources({ deps, watch }: Wire, end: number): Promise<void> {
  await Promise.all(deps.site.sources.map((source) => followUntil(deps, source, end)));
  const sources = await sourcesStatus(deps);
  const faulty = sources.filter(({ failures, held }) => failures >= MAX_SOURCE_FAILURES || held > 0);
  watch.count("SourceFaults", faulty.length);
}

async function followUntil(deps: FollowDeps, source: FollowedSource, end: number): Promise<void> {
  for (;;) {
    const again = await roundOf(deps, source);
    if (again === undefined || again >= end) return;
    await deps.sleep(Math.max(0, again - deps.now()));
  }
}

/** When the next round is due; undefined where the wire's own store failed, which the next call tries again. */
async function roundOf(deps: FollowDeps, source: FollowedSource): Promise<number | undefined> {
  try {
    return (await followOnce(deps, source)).again;
  } catch (error) {
    deps.log("follow.failed", { source: source.name, error: String(error) });
    return undefined;
  }
}

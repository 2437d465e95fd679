import type { FollowedSource } from "../core/site-sources.ts";
import { createFetch, type GuardedFetch } from "../fetch/fetch.ts";
import type { Services } from "../services.ts";
import { TICK_MS } from "./limits.ts";
import { createPause } from "./queue/backoff.ts";

/** The sources of a local wire, each at its own pace. */
export type Follower = {
  start(): void;
  /** Gives up what is under way at its next step; a round that is cut off is done again. */
  close(): Promise<void>;
};

export function createFollower(services: Services, fetch: GuardedFetch = createFetch()): Follower {
  const deps = { ...services, outside: { fetch, sleep: services.sleep } };
  const pauses: { end(): void }[] = [];
  let isClosed = false;

  async function follow(source: FollowedSource): Promise<void> {
    const pause = createPause(deps);
    pauses.push(pause);
    while (!isClosed) {
      const milliseconds = await round(source);
      if (!isClosed) await pause.take(milliseconds);
    }
  }

  /** Answers after how many milliseconds the next round begins. */
  async function round(source: FollowedSource): Promise<number> {
    try {
      // What reads feeds is a fifth of all modules, and most wires follow no source.
      const { followOnce } = await import("../follow/round.ts");
      const { again } = await followOnce(deps, source);
      return Math.max(0, again - deps.now());
    } catch (error) {
      deps.log("follow.failed", { source: source.name, error: String(error) });
      return TICK_MS;
    }
  }

  let running: Promise<unknown> | undefined;
  return {
    start() {
      running ??= Promise.all(deps.site.sources.map(follow));
    },
    async close() {
      isClosed = true;
      for (const pause of pauses) pause.end();
      await running;
    },
  };
}

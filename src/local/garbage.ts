import type { Publisher } from "../publish/publisher.ts";
import { BULK_BATCH, COLLECT_AFTER_MS } from "./limits.ts";

/** Collects all garbage, and gives the memory back to the system. */
export type Collect = () => void;

/**
 * V8's own collection; undefined where Node was started without `--expose-gc` (https://nodejs.org/api/cli.html#--expose-gc). Of the
 * flavors that V8 knows, the last resort alone gives the pages back that V8 keeps for later. A Node that knows no flavors collects as usual.
 */
const collectAll: Collect | undefined =
  globalThis.gc && (() => globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" }));

/**
 * The publisher, which has the garbage of a bulk load collected when the load is over, and that of as many lone articles when nobody
 * publishes: V8 looks for garbage when a program asks for memory, so a server that rests would keep all that its last articles have left.
 */
export function collectingAfterLoads(
  publisher: Publisher,
  collect: Collect | undefined = collectAll,
): Publisher {
  if (collect === undefined) return publisher;
  /** Articles since the last collection. */
  let published = 0;
  const run = () => {
    if (published < BULK_BATCH) return;
    published = 0;
    collect();
  };
  // Two clocks: lone articles do not put off the collection after a load.
  const [afterLoad, atRest] = [clock(run), clock(run)];
  return {
    ...publisher,
    async publish(ids, onShown) {
      const all = [...ids];
      try {
        return await publisher.publish(all, onShown);
      } finally {
        published += all.length;
        if (all.length >= BULK_BATCH) afterLoad();
        else if (published >= BULK_BATCH) atRest();
      }
    },
  };
}

/** Each call puts the run off until COLLECT_AFTER_MS later. */
function clock(run: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    timer = timer?.refresh() ?? setTimeout(run, COLLECT_AFTER_MS).unref();
  };
}

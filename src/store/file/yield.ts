import { setImmediate as turn } from "node:timers/promises";
import { MAX_BUSY_MS } from "../limits.ts";

/**
 * Answers a promise to wait for when it is time to let the event loop do something else: work that never waits for
 * anything would keep it waiting for as long as it goes on.
 */
export function createPauses(): () => Promise<void> | undefined {
  let since = performance.now();
  let pending: Promise<void> | undefined;
  return () => {
    if (pending === undefined && performance.now() - since < MAX_BUSY_MS) return undefined;
    pending ??= turn().then(() => {
      pending = undefined;
      since = performance.now();
    });
    return pending;
  };
}

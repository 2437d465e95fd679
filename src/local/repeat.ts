import { LIST_AFTER_MS } from "./limits.ts";

/** Runs `run` a moment after it is asked for, once for all calls until then. */
export function soon(run: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    setTimeout(() => {
      isAsked = false;
      run();
    }, LIST_AFTER_MS).unref();
  };
}

/** Runs it until it has succeeded once. */
export function untilDone(run: () => Promise<void>): () => Promise<void> {
  let isDone = false;
  return async () => {
    if (!isDone) await run();
    isDone = true;
  };
}

/** Runs again and again, one run at a time: what comes due during a run is left out. After `stop` has resolved it runs no more. */
export function every(milliseconds: number, run: () => Promise<void>, onError: (error: unknown) => void) {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= run()
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  }, milliseconds);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

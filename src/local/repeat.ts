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

/** Runs again and again; after `stop` has resolved no more. */
export function every(milliseconds: number, run: () => Promise<void>, onError: (error: unknown) => void) {
  let last: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    last = last.then(run).catch(onError);
  }, milliseconds);
  return {
    stop() {
      clearInterval(timer);
      return last;
    },
  };
}

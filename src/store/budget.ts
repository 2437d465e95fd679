/** The time that one invocation of a function has for its stores. */
export type Budget = {
  /** Runs an invocation that may ask its stores for so many milliseconds from now on. One runs at a time. */
  spend<T>(milliseconds: number, run: () => Promise<T>): Promise<T>;
  /**
   * Makes a request. Rejects with a TimeUpError when the time of the invocation is over, whatever the request waits for
   * by then; `signal` tells the request to end. Outside of an invocation there is no bound.
   */
  within<T>(request: (signal: AbortSignal | undefined) => Promise<T>): Promise<T>;
};

/** Calls `run` after so many milliseconds; what it answers takes the call back. */
export type Timer = (milliseconds: number, run: () => void) => () => void;

/** The time of the invocation is over. */
export class TimeUpError extends Error {
  override readonly name = "TimeUpError";
}

/**
 * A budget of one process. A process of Lambda has one invocation at a time
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html), so there is one bound at a time.
 */
export function createBudget(timer: Timer = realTimer): Budget {
  let current: { signal: AbortSignal; over: Promise<never> } | undefined;
  return {
    async spend(milliseconds, run) {
      const { signal, end } = createEnd();
      const stop = timer(milliseconds, end);
      current = { signal, over: rejectedBy(signal) };
      try {
        return await run();
      } finally {
        stop();
        current = undefined;
      }
    },
    within(request) {
      if (current === undefined) return request(undefined);
      const { signal, over } = current;
      return signal.aborted ? over : Promise.race([request(signal), over]);
    },
  };
}

function createEnd() {
  const controller = new AbortController();
  return { signal: controller.signal, end: () => controller.abort() };
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => reject(new TimeUpError("The time of this invocation is over.")));
  // An invocation that never looks at its end is no error.
  promise.catch(() => undefined);
  return promise;
}

const realTimer: Timer = (milliseconds, run) => {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
};

/** The time that one invocation of a function has for its stores. */
export type Budget = {
  /** Runs an invocation that may ask its stores for so many milliseconds from now on. One runs at a time. */
  spend<T>(milliseconds: number, run: () => Promise<T>): Promise<T>;
  /**
   * Makes a request. Rejects with a TimeUpError when the time of the invocation is over, at any stage of the request; `signal`
   * tells the request to end. Outside of an invocation there is no bound.
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
  let current: AbortSignal | undefined;
  return {
    async spend(milliseconds, run) {
      const controller = new AbortController();
      const stop = timer(milliseconds, () => controller.abort());
      current = controller.signal;
      try {
        return await run();
      } finally {
        stop();
        current = undefined;
      }
    },
    within: (request) => (current === undefined ? request(undefined) : untilOver(current, request)),
  };
}

/**
 * A request, or the end of the time if that comes first. Not a race with one promise for all requests: such a promise would
 * hold the answer of each of them until the invocation ends.
 */
function untilOver<T>(signal: AbortSignal, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const giveUp = () => reject(new TimeUpError("The time of this invocation is over."));
  if (signal.aborted) giveUp();
  else {
    signal.addEventListener("abort", giveUp, { once: true });
    const forget = () => signal.removeEventListener("abort", giveUp);
    request(signal).then(resolve, reject).finally(forget);
  }
  return promise;
}

const realTimer: Timer = (milliseconds, run) => {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
};

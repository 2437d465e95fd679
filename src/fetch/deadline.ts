import { FlashwireError } from "../core/errors.ts";
import { shownUrl } from "./shown-url.ts";

/** Runs something after so many milliseconds; answers what calls it off. */
export type Timer = (milliseconds: number, run: () => void) => () => void;

/** The time of one request. When it is over, `signal` ends what waits; its reason is the error to throw. */
export type Deadline = {
  signal: AbortSignal;
  /** Waits for the other side, for the idle time at the longest. The work itself has to end by `signal`. */
  waitFor<T>(work: Promise<T>): Promise<T>;
  /** Waits for work that knows no signal, and stops waiting when the time is over. */
  waitAtMost<T>(work: Promise<T>): Promise<T>;
  /** No time counts any more. */
  end(): void;
};

/** `from`: a signal of the caller that gives the request up. */
export function startDeadline(
  url: URL,
  { totalMs, idleMs }: { totalMs: number; idleMs: number },
  timer: Timer,
  from?: AbortSignal,
): Deadline {
  const controller = new AbortController();
  const { signal } = controller;
  const shown = shownUrl(url);
  const stop = (message: string) => controller.abort(new FlashwireError("unavailable", message));
  const giveUp = () => stop(`The request for ${shown} was given up.`);
  const cancel = timer(totalMs, () => stop(`${shown} took longer than ${totalMs} ms.`));
  if (from?.aborted) giveUp();
  from?.addEventListener("abort", giveUp, { once: true });

  function end(): void {
    cancel();
    from?.removeEventListener("abort", giveUp);
  }

  async function waitFor<T>(work: Promise<T>): Promise<T> {
    const cancelIdle = timer(idleMs, () => stop(`${shown} sent nothing for ${idleMs} ms.`));
    try {
      return await work;
    } finally {
      cancelIdle();
    }
  }

  /** Rejects when the time is over. */
  function over(): Promise<never> {
    return new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  return { signal, waitFor, waitAtMost: (work) => waitFor(Promise.race([work, over()])), end };
}

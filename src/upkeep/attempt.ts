import type { Log } from "../store/stores.ts";

/** An article or a feed that could not be looked at or written, with the reason. */
export type Failure = { name: string; error: unknown };

/** Runs `run`. On failure logs it, adds it to `failed` and answers undefined, so that the walk goes on. */
export async function attempt<T>(
  { log }: { log: Log },
  name: string,
  failed: Failure[],
  run: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    failed.push({ name, error });
    log("upkeep.failed", { name, error: String(error) });
    return undefined;
  }
}

import type { Services } from "../../services.ts";
import { MAX_RETRY_MS } from "../limits.ts";

/** A pause that somebody else may end. One at a time. */
export function createPause({ sleep }: Pick<Services, "sleep">) {
  let end = () => {};
  return {
    async take(milliseconds: number): Promise<void> {
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      await Promise.race([sleep(milliseconds), ended]);
    },
    end: () => end(),
  };
}

/** A pause that doubles with each failure, up to MAX_RETRY_MS. */
export const longer = (milliseconds: number, failures: number): number =>
  Math.min(MAX_RETRY_MS, milliseconds * 2 ** failures);

import type { Log } from "../store/stores.ts";
import type { ServerFile } from "./data-folder.ts";
import { announce, retract } from "./discovery.ts";
import { ADOPT_EVERY_MS } from "./limits.ts";
import { throwUnlessFull } from "./queue/late-journal.ts";
import { every } from "./repeat.ts";

type Present = { url: string; token: string | undefined; wireId: string; log: Log };

/**
 * Says in the folder where this process serves it, and calls `adopt` from time to time, which takes over what processes that
 * died left.
 */
export async function stayPresent(
  data: string,
  { url, token, wireId, log }: Present,
  adopt: () => Promise<void>,
): Promise<{ end(): Promise<void> }> {
  const own: ServerFile = {
    ...{ url, pid: process.pid },
    ...(token === undefined && { tokens: "environment" as const }),
  };
  await announce(data, wireId, own).catch(throwUnlessFull);
  const look = async () => {
    await announce(data, wireId, own);
    await adopt();
  };
  const looks = every(ADOPT_EVERY_MS, look, (error) => log("journal.failed", { error: String(error) }));
  return {
    async end() {
      await looks.stop();
      retract(data, own);
    },
  };
}

import { lastSeq, type SnapshotPlace } from "../core/change-log.ts";
import { readOpen } from "../repository/change-log.ts";
import type { Stores } from "../store/stores.ts";
import type { LogJob } from "./log-job.ts";

/** How the change log is doing. */
export type LogStatus = {
  /** Undefined where there is no open page that can be read: the next publish begins an epoch. */
  epoch?: string | undefined;
  /** The sequence number of the newest change; 0 where the epoch has none. */
  seq: number;
  /** Null until it is whole: consumers that begin wait for it. */
  snapshot: SnapshotPlace | null;
  /** What upkeep does for the log; `whole`: nothing. */
  stage: LogJob["stage"] | "not begun";
  /** Where the walk of the records or stories is: the last id. */
  after?: string | undefined;
  /** Pages of the snapshot that are done in this stage. */
  pages: number;
  /** A new epoch was asked for, and is not begun. */
  isAsked: boolean;
};

export async function logStatus(
  deps: { stores: Pick<Stores, "published"> },
  job: LogJob | undefined,
  asked: string[],
): Promise<LogStatus> {
  const { open } = await readOpen(deps);
  const { stage = "not begun", after, pages = 0 } = job ?? {};
  return {
    ...{ epoch: open?.epoch, seq: open === undefined ? 0 : lastSeq(open) },
    ...{ snapshot: open?.snapshot ?? null, stage, after, pages },
    isAsked: asked.length > 0,
  };
}

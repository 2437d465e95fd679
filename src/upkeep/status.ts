import pMap from "p-map";
import { FlashwireError } from "../core/errors.ts";
import { isWaiting } from "../core/record.ts";
import { nextDue } from "../life/due.ts";
import { readRecord } from "../repository/records.ts";
import { type Rollout, readMark } from "../repository/rollout.ts";
import { type DueStory, listDue, listStories } from "../repository/schedule.ts";
import { orUnreadable, UnreadableError } from "../repository/stored-json.ts";
import { type ReadersNote, readReadersNote, readUpkeepState } from "../repository/upkeep-state.ts";
import { CONCURRENCY } from "../store/limits.ts";
import type { Log } from "../store/stores.ts";
import type { UpkeepDeps } from "./deps.ts";
import { MAX_NAMED, MAX_REPAIRS } from "./limits.ts";
import { type LogStatus, logStatus } from "./log-status.ts";
import { type FeedOverflow, findOverflows } from "./overflow.ts";
import type { LastReport, State } from "./state.ts";

/** How upkeep is doing, for the operator. */
export type UpkeepStatus = {
  /** The last tick that rebuilt or audited something, and the last such one that found something behind. */
  last?: LastReport | undefined;
  found?: LastReport | undefined;
  /** When the next round of the audit is due (RFC 3339); undefined while one is under way. */
  nextRound?: string | undefined;
  rollout?: Rollout | undefined;
  log: LogStatus;
  /** Feeds that wait to be filled again; the first MAX_REPAIRS when there are more. */
  repairs: string[];
  /** Withdrawn articles that may still stand in documents; the first MAX_REPAIRS when there are more. */
  kills: string[];
  /** Stories that time has yet to change, the earliest first: those of the first MAX_NAMED reminders. */
  waiting: DueStory[];
  /** The ids of those that no document shows before their time. */
  hidden: string[];
  /** Feeds in which corrections or stubs of killed stories find no room; of the first MAX_STATUS_FEEDS. */
  overflows: FeedOverflow[];
  /** What the last look at the documents that readers get has found; undefined where nobody looks, as on a local wire. */
  readers?: ReadersNote | undefined;
  /** What upkeep keeps and cannot be read, each in a sentence that names it. */
  unreadable: string[];
};

export async function upkeepStatus(deps: Pick<UpkeepDeps, "site" | "stores" | "now">): Promise<UpkeepStatus> {
  const unreadable: string[] = [];
  const log: Log = (_, details) => unreadable.push(String(details?.error));
  const { last, found, round, nextRound, log: job } = await readUpkeepState<State>({ ...deps, log });
  const read = async () => {
    const { kills, repairs, epochs } = await listDue(deps, deps.now(), MAX_REPAIRS);
    return { kills, repairs, epochs, ...(await stillWaiting(deps)) };
  };
  const { epochs, ...schedule } = await read().catch((error) => {
    if (!(error instanceof FlashwireError) || error.code === "unavailable") throw error;
    unreadable.push(error.message);
    return { kills: [], repairs: [], epochs: [], waiting: [], hidden: [] };
  });
  return {
    unreadable,
    ...{ last, found, nextRound: round === undefined ? nextRound : undefined },
    rollout: (await readMark(deps))?.rollout,
    log: await logStatus(deps, job, epochs),
    overflows: await findOverflows(deps),
    readers: await readReadersNote({ ...deps, log }),
    ...schedule,
  };
}

/** Without the reminders that have no reason any more: those of stories that were killed, moved or told already. */
async function stillWaiting(
  deps: Pick<UpkeepDeps, "stores">,
): Promise<Pick<UpkeepStatus, "waiting" | "hidden">> {
  const look = async (due: DueStory): Promise<{ due: DueStory; isHidden: boolean }[]> => {
    const record = await orUnreadable(readRecord(deps, due.id));
    if (record instanceof UnreadableError) return [{ due, isHidden: false }];
    const isReason = record !== undefined && nextDue(record) === due.at;
    return isReason ? [{ due, isHidden: isWaiting(record) }] : [];
  };
  const listed = await listStories(deps, MAX_NAMED);
  const found = (await pMap(listed, look, { concurrency: CONCURRENCY })).flat();
  const hidden = found.flatMap(({ due, isHidden }) => (isHidden ? [due.id] : []));
  return { waiting: found.map(({ due }) => due), hidden };
}

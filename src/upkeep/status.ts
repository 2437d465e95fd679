import { FlashwireError } from "../core/errors.ts";
import { type Rollout, readMark } from "../repository/rollout.ts";
import { listDue } from "../repository/schedule.ts";
import { readUpkeepState } from "../repository/upkeep-state.ts";
import type { Log } from "../store/stores.ts";
import type { UpkeepDeps } from "./deps.ts";
import { MAX_REPAIRS } from "./limits.ts";
import type { LastReport, State } from "./state.ts";

/** How upkeep is doing, for the operator. */
export type UpkeepStatus = {
  /** The last tick that did something, and the last one that found something behind. */
  last?: LastReport | undefined;
  found?: LastReport | undefined;
  /** When the next round of the audit is due (RFC 3339); undefined while one is under way. */
  nextRound?: string | undefined;
  rollout?: Rollout | undefined;
  /** Feeds that wait to be filled again; the first MAX_REPAIRS when there are more. */
  repairs: string[];
  /** What upkeep keeps and cannot be read, each in a sentence that names it. */
  unreadable: string[];
};

export async function upkeepStatus(deps: Pick<UpkeepDeps, "stores" | "now">): Promise<UpkeepStatus> {
  const unreadable: string[] = [];
  const log: Log = (_, details) => unreadable.push(String(details?.error));
  const { last, found, round, nextRound } = await readUpkeepState<State>({ ...deps, log });
  const due = await listDue(deps, deps.now(), MAX_REPAIRS).catch((error) => {
    if (!(error instanceof FlashwireError)) throw error;
    unreadable.push(error.message);
    return [];
  });
  return {
    unreadable,
    ...{ last, found, nextRound: round === undefined ? nextRound : undefined },
    rollout: (await readMark(deps))?.rollout,
    repairs: due.filter(({ kind }) => kind === "repair").map(({ name }) => name),
  };
}

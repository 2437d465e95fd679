import type { Site } from "../core/site.ts";
import { type Fingerprint, type Rollout, readMark, setMark } from "../repository/rollout.ts";
import { askForEpoch } from "../repository/schedule.ts";
import type { Log, Stores } from "../store/stores.ts";
import { fingerprintOf } from "./fingerprint.ts";

type Deps = { site: Site; stores: Stores; log: Log; now(): number; random(): number };

/**
 * The rollout that this process has to carry out, if there is one. It begins `settlesMs` after it is first seen:
 * functions of the version before may still be at work then, and place articles by the old site file behind the
 * rollout's back. A wire without a mark is new or was never marked, and nothing of it can be at work.
 */
export async function dueRollout(deps: Deps, settlesMs: number): Promise<Rollout | undefined> {
  const { placed, rendered } = fingerprintOf(deps.site);
  const mark = await readMark(deps);
  if (mark?.placed === placed && mark.rendered === rendered) return undefined;
  const { rollout } = mark ?? {};
  if (rollout?.placed === placed && rollout.rendered === rendered) return rollout;
  const begins = new Date(deps.now() + (mark === undefined ? 0 : settlesMs)).toISOString();
  // A rollout of something else that has begun may have filled windows by another site file.
  const scope = mark?.placed === placed ? "documents" : "windows";
  const isFirst = mark === undefined && { isFirst: true as const };
  const next: Rollout = { placed, rendered, scope, begins, ...isFirst };
  await setMark(deps, { rollout: next });
  deps.log("rollout.found", { scope, begins });
  return next;
}

/** Notes that the feeds up to `to` are done; without `to` all are, and the rollout is over. */
export async function noteReached(deps: Deps, rollout: Rollout, to: string | undefined): Promise<void> {
  if (to !== undefined) return setMark(deps, { rollout: { ...rollout, reached: to } });
  await settleMark(deps);
  deps.log("rollout.done", { scope: rollout.scope, since: rollout.begins });
}

/**
 * All windows and documents are made by this site file. Where the one before placed stories otherwise, some have come into the
 * public and some have left it, though no record changed: the log tells of it by a new epoch. One that only renders them
 * otherwise changes no story before its next version.
 */
export async function settleMark(deps: Pick<Deps, "site" | "stores" | "random">): Promise<void> {
  const made = fingerprintOf(deps.site);
  const mark = await readMark(deps);
  const isPlacedAgain =
    mark?.rollout === undefined ? mark?.placed !== made.placed : mark.rollout.scope === "windows";
  // Before the mark: a process that is cut off between the two asks again.
  if (mark !== undefined && mark.rollout?.isFirst !== true && isPlacedAgain) await askForEpoch(deps);
  await setMark(deps, made);
}

/** From here on some documents may be made by this site file and some by another: unless both are the same. */
export async function unsettleMark({ site, stores }: Pick<Deps, "site" | "stores">): Promise<void> {
  const mark = await readMark({ stores });
  const { placed, rendered } = fingerprintOf(site);
  const isOwn = (of?: Partial<Fingerprint>) => of?.placed === placed && of.rendered === rendered;
  if (mark === undefined || isOwn(mark) || isOwn(mark.rollout)) return;
  // A rollout of another site file that is half done cannot go on behind what is written by this one.
  if (mark.placed !== undefined || mark.rollout !== undefined) await setMark({ stores }, {});
}

import pMap from "p-map";
import { type Change, changeTo, type Told } from "../core/change.ts";
import { appended, emptyOpen, epochAfter, knownState, lastChangeOf, type Open } from "../core/change-log.ts";
import { PAGE_CHANGES } from "../core/limits.ts";
import { compareText } from "../core/version.ts";
import { logPageOutput, openOutput } from "../render/outputs.ts";
import { putClosedPage, putLogPage, readOpen, type StoredOpen } from "../repository/change-log.ts";
import { type Mark, putMark, readMark, type StoredMark } from "../repository/logged.ts";
import { readStory } from "../repository/stories.ts";
import { attempts, busy } from "../store/cas.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { CONFLICT } from "../store/port.ts";
import { MAX_KILL_BACKOFF_MS } from "./limits.ts";
import type { Press } from "./press.ts";

/** What one try of the log step begins with: all of it was read before it writes. */
export type LogView = { open: Required<StoredOpen>; marks: ReadonlyMap<string, StoredMark> };

/** The open page; where there is none that can be read, an epoch is begun. */
export async function openLog(press: Press): Promise<Required<StoredOpen>> {
  for await (const _ of attempts(press)) {
    const { found, open } = await readOpen(press);
    if (open !== undefined) return { found, open };
    // What the log was is lost: consumers begin with the snapshot that the audit makes.
    const begun = emptyOpen(epochAfter(undefined, press.now(), press.random()));
    const etag = await putLogPage(press, openOutput(), begun, found);
    if (etag === CONFLICT) continue;
    press.log("log.begun", { epoch: begun.epoch });
    return { found: { etag }, open: begun };
  }
  throw busy();
}

/**
 * Tells the log of these stories, by id, each of which shows the version that is told, as do windows and documents. The marks
 * come last. Safe to repeat. `view`: what was read before the records were. Throws `busy`, and what the store throws.
 */
export async function logChanges(
  press: Press,
  told: ReadonlyMap<string, Told>,
  view: LogView,
): Promise<void> {
  const isKill = [...told.values()].some(({ state }) => state.status === "withdrawn");
  let left = told;
  let { open, marks } = view;
  let isFirst = true;
  for await (const _ of attempts(press, isKill ? MAX_KILL_BACKOFF_MS : undefined)) {
    if (!isFirst) {
      open = await openLog(press);
      marks = await readMarks(press, left.keys());
      left = await stillShown(press, left);
    }
    isFirst = false;
    const next = await putChanges(press, left, { open, marks });
    if (next !== CONFLICT) return putMarks(press, left, marks, next);
  }
  throw busy();
}

export async function readMarks(press: Press, ids: Iterable<string>): Promise<Map<string, StoredMark>> {
  const read = async (id: string) => [id, await readMark(press, id)] as const;
  return new Map(await pMap(ids, read, { concurrency: CONCURRENCY }));
}

/** Without those whose story has become newer meanwhile: who wrote it tells the log. */
async function stillShown(press: Press, told: ReadonlyMap<string, Told>): Promise<Map<string, Told>> {
  const look = async ([id, one]: [string, Told]): Promise<[string, Told][]> => {
    const order = (await readStory(press, id))?.state?.order ?? "";
    if (compareText(order, one.state.order) < 0) throw busy();
    return order === one.state.order ? [[id, one]] : [];
  };
  return new Map((await pMap(told, look, { concurrency: CONCURRENCY })).flat());
}

/** Answers the open page in which all of these stories stand. */
async function putChanges(
  press: Press,
  told: ReadonlyMap<string, Told>,
  { open: { found, open }, marks }: LogView,
): Promise<Open | typeof CONFLICT> {
  const added = [...told].flatMap(([id, one]): Omit<Change, "seq">[] => {
    const change = changeTo(press.site, one, knownState(open, id, marks.get(id)?.mark));
    return change === undefined ? [] : [change];
  });
  if (added.length === 0) return open;
  const { closed, next } = appended(open, added, press.pageChanges ?? PAGE_CHANGES);
  for (const { number, page } of closed)
    if ((await putClosedPage(press, logPageOutput(open.epoch, number), page)) === CONFLICT) return CONFLICT;
  return (await putLogPage(press, openOutput(), next, found)) === CONFLICT ? CONFLICT : next;
}

/** Who loses a mark here was overtaken by somebody who knew at least as much. */
async function putMarks(
  press: Press,
  told: ReadonlyMap<string, Told>,
  marks: ReadonlyMap<string, StoredMark>,
  open: Open,
): Promise<void> {
  const put = async (id: string) => {
    const { mark, found } = marks.get(id) ?? { found: "missing" as const };
    const known = knownState(open, id, mark);
    if (known === undefined || known === mark) return;
    const seq = lastChangeOf(open, id)?.seq ?? 0;
    await putMark(press, id, { ...known, epoch: open.epoch, seq } satisfies Mark, found);
  };
  await pMap(told.keys(), put, { concurrency: CONCURRENCY });
}

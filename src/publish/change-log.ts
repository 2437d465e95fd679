import pMap from "p-map";
import { type Change, changeTo, type Told } from "../core/change.ts";
import {
  appended,
  emptyOpen,
  epochAfter,
  knownState,
  lastChangeOf,
  lastSeq,
  type Open,
} from "../core/change-log.ts";
import { PAGE_CHANGES } from "../core/limits.ts";
import { isKilled } from "../core/story.ts";
import { compareText } from "../core/version.ts";
import { logPageOutput, openOutput } from "../render/outputs.ts";
import { putClosedPage, putLogPage, readOpen, type StoredOpen } from "../repository/change-log.ts";
import { RECORDS_AT_ONCE } from "../repository/limits.ts";
import { type Mark, putEpoch, putMark, readEpoch, readMark, type StoredMark } from "../repository/logged.ts";
import { askForSnapshot } from "../repository/schedule.ts";
import { readStory, stateOf } from "../repository/stories.ts";
import { attempts, busy, type Pacing } from "../store/cas.ts";
import { CONFLICT, type Expected } from "../store/port.ts";
import { MAX_KILL_BACKOFF_MS } from "./limits.ts";
import type { Press, PublisherParts } from "./press.ts";
import type { ShownStory } from "./story.ts";

/** What one try of the log step begins with. */
export type LogView = { open: Required<StoredOpen>; marks: ReadonlyMap<string, StoredMark> };

type LogDeps = Pacing & Pick<PublisherParts, "stores" | "log" | "now">;

/** The open page; where there is none that can be read, an epoch is begun. */
export async function openLog(press: LogDeps): Promise<Required<StoredOpen>> {
  for await (const _ of attempts(press)) {
    const { found, open } = await readOpen(press);
    if (open !== undefined) return { found, open };
    // The log is lost: consumers begin with the snapshot that the next tick makes.
    await askForSnapshot(press);
    const place = await takePlace(press, found);
    const epoch = place === CONFLICT ? CONFLICT : await nameEpoch(press, undefined);
    if (place === CONFLICT || epoch === CONFLICT) continue;
    const begun = emptyOpen(epoch);
    const etag = await putLogPage(press, openOutput(), begun, place);
    if (etag === CONFLICT) continue;
    press.log("log.begun", { epoch: begun.epoch });
    return { found: { etag }, open: begun };
  }
  throw busy();
}

/**
 * What the open page of a new epoch is put over. Where there is none, that is an object like no other, which readers take for a page that
 * cannot be read: "there is none" would hold again after another process has begun an epoch and that page was lost, too, and then the
 * page of a lesser epoch would come after it.
 */
async function takePlace(deps: LogDeps, found: Expected): Promise<Expected | typeof CONFLICT> {
  if (found !== "missing") return found;
  const begins = epochAfter(undefined, deps.now(), deps.random());
  const etag = await putLogPage(deps, openOutput(), { begins }, "missing");
  return etag === CONFLICT ? CONFLICT : { etag };
}

/**
 * The name of an epoch, greater than that of the open page and than all that were ever named: consumers take an open page of a
 * lesser epoch for an old copy.
 */
export async function nameEpoch(
  deps: LogDeps,
  before: string | undefined,
): Promise<string | typeof CONFLICT> {
  const { found, epoch: named } = await readEpoch(deps);
  const greatest = named === undefined || (before ?? "") > named ? before : named;
  const epoch = epochAfter(greatest, deps.now(), deps.random());
  return (await putEpoch(deps, epoch, found)) === CONFLICT ? CONFLICT : epoch;
}

/**
 * Tells the log of these stories, by id, each of which shows the version that is told, as do windows and documents. Safe to
 * repeat. `view`: what was read before the stories. Throws `busy`, and what the store throws. The marks come last, and are `marked` later:
 * a caller that does not wait for them costs the audit some work when the process ends meanwhile.
 */
export async function logChanges(
  press: Press,
  told: ReadonlyMap<string, ShownStory>,
  view: LogView,
): Promise<{ marked: Promise<void> }> {
  const isKill = [...told.values()].some(({ state }) => isKilled(state));
  let left = told;
  let { marks } = view;
  let open = newestOpen(press, view.open);
  // As long as no page was closed, all changes since the stories were read stand in the open one.
  let isCurrent = open.open.first === view.open.open.first;
  let isFirst = isCurrent;
  for await (const _ of attempts(press, isKill ? MAX_KILL_BACKOFF_MS : undefined)) {
    if (!isFirst) {
      const before = open.open;
      open = await openLog(press);
      isCurrent &&= open.open.epoch === before.epoch && open.open.first === before.first;
      // The open page was read first: a publisher that logs a newer version has written its story before.
      if (!isCurrent)
        [marks, left] = await Promise.all([readMarks(press, left.keys()), stillShown(press, left)]);
      isCurrent = true;
    }
    isFirst = false;
    const next = await putChanges(press, left, { open, marks });
    if (next === CONFLICT) continue;
    press.told.open = next;
    const marked = putMarks(press, left, marks, next.open);
    // A caller that does not wait for it hears of a failure from the caller that does.
    marked.catch(() => {});
    return { marked };
  }
  throw busy();
}

async function readMarks(press: Press, ids: Iterable<string>): Promise<Map<string, StoredMark>> {
  const read = async (id: string) => [id, await readMark(press, id)] as const;
  return new Map(await pMap(ids, read, { concurrency: RECORDS_AT_ONCE }));
}

/**
 * As their stories are now: a new epoch tells what the stories said when it was begun. Without those whose story has become newer
 * meanwhile: its publisher tells the log.
 */
async function stillShown(
  press: Press,
  told: ReadonlyMap<string, ShownStory>,
): Promise<Map<string, ShownStory>> {
  const look = async ([id, one]: [string, ShownStory]): Promise<[string, ShownStory][]> => {
    const { state, digest = "", etag = "" } = (await readStory(press, id)) ?? {};
    if (state === undefined || compareText(state.order, one.state.order) < 0) throw busy();
    return state.order === one.state.order ? [[id, { ...one, state, digest, etag }]] : [];
  };
  return new Map((await pMap(told, look, { concurrency: RECORDS_AT_ONCE })).flat());
}

/** The open page as it was read, or as this process has written it since: a put on condition tells whether it is still so. */
function newestOpen({ told }: Press, read: LogView["open"]): LogView["open"] {
  const own = told.open;
  if (own === undefined || own.open.epoch !== read.open.epoch) return read;
  return lastSeq(own.open) > lastSeq(read.open) ? own : read;
}

/** Answers the open page in which all of these stories stand. */
async function putChanges(
  press: Press,
  told: ReadonlyMap<string, ShownStory>,
  { open: { found, open }, marks }: LogView,
): Promise<LogView["open"] | typeof CONFLICT> {
  const view = { open: { found, open }, marks };
  const added = [...told].flatMap(([id, one]) => changeIn(press, id, one, view) ?? []);
  if (added.length === 0) return { found, open };
  const { closed, next } = appended(open, added, press.pageChanges ?? PAGE_CHANGES);
  for (const { number, page } of closed)
    if ((await putClosedPage(press, logPageOutput(open.epoch, number), page)) === CONFLICT) return CONFLICT;
  const etag = await putLogPage(press, openOutput(), next, found);
  return etag === CONFLICT ? CONFLICT : { found: { etag }, open: next };
}

/** The change that the log lacks. */
function changeIn(
  { site }: Press,
  id: string,
  told: Told,
  { open, marks }: LogView,
): Omit<Change, "seq"> | undefined {
  return changeTo(site, told, knownState(open.open, id, marks.get(id)?.mark));
}

/** A mark that loses here was overtaken by a mark that is at least as new. */
async function putMarks(
  press: Press,
  told: ReadonlyMap<string, ShownStory>,
  marks: ReadonlyMap<string, StoredMark>,
  open: Open,
): Promise<void> {
  const put = async ([id, shown]: [string, ShownStory]) => {
    const { mark, found } = { mark: undefined, found: "missing" as const, ...marks.get(id) };
    const known = knownState(open, id, mark);
    if (known === undefined || known === mark) return;
    const seq = lastChangeOf(open, id)?.seq ?? 0;
    const story = known.order === shown.state.order && shown.etag !== "" ? { story: shown.etag } : {};
    const next: Mark = { ...stateOf(known), epoch: open.epoch, seq, ...story };
    let stored = { mark, found };
    for await (const _ of attempts(press)) {
      if ((await putMark(press, id, next, stored.found)) !== CONFLICT) return;
      // Most often a mark that is as new won; S3 may also have refused without looking.
      stored = { mark: undefined, ...(await readMark(press, id)) };
      if (compareText(stored.mark?.order ?? "", next.order) >= 0) return;
    }
  };
  await pMap(told, put, { concurrency: RECORDS_AT_ONCE });
}

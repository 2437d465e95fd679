import {
  endTurn,
  headTurn,
  isTurnOf,
  leaveNotes,
  type Note,
  notesFor,
  notesLeft,
  removeNotes,
  takeTurn,
} from "../repository/handover.ts";
import { askForRepairOf } from "../repository/schedule.ts";
import { MAX_IDLE_LOOKS, MAX_LOOKS, MAX_SERVINGS, RUSH_CALLS, WAIT_MS } from "./limits.ts";
import type { Press } from "./press.ts";
import { type ArticlesReport, allTold, emptyReport, merge, reportOn, type Written } from "./report.ts";
import { gather, type Turn, tidy, watchNotes } from "./watch-notes.ts";

/** Brings these articles into their feeds, beside other publishers. */
type PublishNow = (press: Press, ids: ReadonlySet<string>) => Promise<Written>;

/** One call that takes turns: its articles, and the notes that name them. */
type Call = Turn & { ids: ReadonlySet<string>; notes: Note[]; publishNow: PublishNow };

/**
 * Publishes while other publishers do. One of them has the turn, and publishes the articles of all. The others leave a
 * note and wait until it is removed, which happens only after the documents were written. A publisher that finds the
 * turn free, or its holder dead, takes the turn itself.
 *
 * Turns and notes save work and time, and correctness does not depend on them. Every write stays conditional, so two
 * publishers that both have the turn harm nothing, and a publisher that waits in vain goes on alone.
 */
export async function takeTurns(
  press: Press,
  ids: ReadonlySet<string>,
  publishNow: PublishNow,
): Promise<ArticlesReport> {
  const token = Math.floor(press.random() * 2 ** 48).toString(36);
  const notes = notesFor(token, ids);
  const tried = new Set(notes.map(({ key }) => key));
  const call = { token, ids, notes, publishNow, tried, watches: 0, beat: 0, etag: "" };
  const how = await enter(press, call).catch((error: unknown) => {
    press.log("turn.failed", { error: String(error) });
    return "alone" as const;
  });
  if (how === "published") return emptyReport();
  if (how === "turn") return serve(press, call).catch((error: unknown) => giveUp(press, call, error));
  const report = await allTold(await publishNow(press, ids));
  await tidy(press, removeNotes(press, call.notes));
  return report;
}

/** The notes stay for the next holder of the turn, who need not wait until this one counts as dead. */
async function giveUp(press: Press, { etag }: Turn, error: unknown): Promise<never> {
  await tidy(press, endTurn(press, etag));
  throw error;
}

/** Whether a publisher has the turn. */
export async function isTaken(press: Press): Promise<boolean> {
  return (await headTurn(press).catch(() => undefined)) !== undefined;
}

type Entry = "turn" | "published" | "alone";

/**
 * The note is left at once and not after a refusal, so that the publisher that gets the turn finds it. A publisher that
 * remembers how the feeds are now goes first: it has less to read.
 */
async function enter(press: Press, call: Call): Promise<Entry> {
  const { rush } = press;
  rush.calls = Math.max(0, rush.calls - 1);
  const left = leaveNotes(press, call.notes);
  if (rush.isBehind) await left;
  const [etag] = await Promise.all([takeTurn(press, call.token), left]);
  if (etag !== undefined) return holds(call, etag);
  Object.assign(rush, { calls: RUSH_CALLS, isBehind: true });
  return wait(press, call);
}

function holds(call: Call, etag: string): Entry {
  call.etag = etag;
  return "turn";
}

async function wait(press: Press, call: Call): Promise<Entry> {
  const { token, notes } = call;
  let watched: string | undefined = "";
  let idle = 0;
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    await press.sleep(WAIT_MS);
    const [left, turn] = await Promise.all([notesLeft(press, notes), headTurn(press)]);
    if (left.length === 0) return "published";
    if (turn !== undefined && isTurnOf(press, token, turn)) return holds(call, turn.etag);
    idle = turn?.etag === watched ? idle + 1 : 0;
    watched = turn?.etag;
    // A turn ends at the moment at which notes are removed: the next look tells whether these are.
    const isFree = idle >= (turn === undefined ? 1 : MAX_IDLE_LOOKS);
    const etag = isFree ? await takeTurn(press, token, turn) : undefined;
    if (etag !== undefined) return holds(call, etag);
  }
  return "alone";
}

/**
 * Publishes the call's own articles and those of every note, until there is none that was not tried. While the log is told of
 * the articles of one serving, the documents of the next one are written.
 */
async function serve(press: Press, call: Call): Promise<ArticlesReport> {
  const report = emptyReport();
  const endings: Promise<void>[] = [];
  let notes = await gather(press, call);
  for (let servings = 0; ; servings++) {
    const own = servings === 0 ? call.ids : [];
    const ids = new Set([...own, ...notes.flatMap((note) => note.ids)]);
    const meanwhile = watchNotes(press, call);
    const written = await call.publishNow(press, ids).catch((error: unknown) => {
      meanwhile.end();
      throw error;
    });
    const ending = end(press, report, { written, notes, own: servings === 0 ? call.notes : [] });
    // The call that waits for it below hears of a failure.
    ending.catch(() => {});
    endings.push(ending);
    await Promise.race([written.told, meanwhile.some]);
    const others = [...meanwhile.notes];
    if (others.length === 0 || servings === MAX_SERVINGS) {
      await Promise.all([...endings, leave(press, call, { written, meanwhile })]);
      return reportOn(report, call.ids);
    }
    meanwhile.end();
    notes = others;
  }
}

type Last = { written: Written; meanwhile: ReturnType<typeof watchNotes> };

/** Ends the turn when the log is told, so that the next holder loses no race for the open page; the notes go at the same time. */
async function leave(press: Press, call: Call, { written, meanwhile }: Last): Promise<void> {
  await written.told;
  meanwhile.end();
  // The turn is ended as it was renewed last.
  await call.renewing;
  await tidy(press, endTurn(press, call.etag));
}

type Serving = { written: Written; notes: Note[]; own: Note[] };

/** Adds what became of a serving to the report, and removes the notes whose articles are published. */
async function end(press: Press, report: ArticlesReport, { written, notes, own }: Serving): Promise<void> {
  // The publishers of removed notes hear nothing of it, and this process may end before it has told its caller.
  if (notes.length > 0) for (const feed of written.underfilled) await askForRepairOf(press, feed);
  const wrongs = await written.told;
  const done = notes.filter(({ ids }) => ids.every((id) => isPublished(written, id) && !wrongs.has(id)));
  const [part] = await Promise.all([allTold(written), tidy(press, removeNotes(press, [...own, ...done]))]);
  merge(report, part);
}

function isPublished({ left, unreadable }: ArticlesReport, id: string): boolean {
  return !left.has(id) && !unreadable.includes(id);
}

import pMap from "p-map";
import { resolveFeed } from "../core/feed.ts";
import { documentKeysOf } from "../render/outputs.ts";
import { listNotes, type Note, renewTurn } from "../repository/handover.ts";
import { readState } from "../repository/windows.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { MAX_COMBINED, RENEW_WATCHES, RUSH_CALLS, WATCH_MS } from "./limits.ts";
import type { Press } from "./press.ts";

/** A turn as its holder sees it. */
export type Turn = {
  token: string;
  /** Keys of notes that were taken up, and need not be taken up again. */
  tried: Set<string>;
  /** How often the notes were looked at while articles were published. */
  watches: number;
  /** How often the turn was renewed. */
  beat: number;
  /** Ends when the turn is renewed, where that is under way. */
  renewing?: Promise<void>;
  /** The ETag of the turn as this holder last wrote it; empty as long as it has none. */
  etag: string;
};

/**
 * The notes to begin with. Publishers that wrote together the last time do so again, so one that is a moment late is
 * waited for: it would cost a serving of its own.
 */
export async function gather(press: Press, turn: Turn): Promise<Note[]> {
  const { rush } = press;
  const [notes] = await Promise.all([untried(press, turn), rush.isBehind && catchUp(press)]);
  if (notes.length < rush.others) notes.push(...(await untried(press, turn, notes)));
  Object.assign(rush, { isBehind: false, others: notes.length });
  return notes;
}

/** Reads the feeds again that will most likely be needed. What is not read here is read when it turns out to be old. */
async function catchUp(press: Press): Promise<void> {
  const read = async (name: string) => {
    press.states.delete(name);
    const feed = resolveFeed(press.site, name);
    if (feed !== undefined) press.states.set(name, await readState(press, feed, documentKeysOf(name)));
  };
  await pMap(press.rush.feeds, (name) => read(name).catch(() => {}), { concurrency: CONCURRENCY });
}

/** The notes that are left until the end: they come next. Until then the turn is renewed. `some` resolves when there is one. */
export function watchNotes(press: Press, turn: Turn) {
  const watched = { notes: [] as Note[], isOver: false };
  const { promise: some, resolve: come } = Promise.withResolvers<void>();
  const watch = async () => {
    while (!watched.isOver) {
      watched.notes.push(...(await untried(press, turn, watched.notes, () => watched.isOver)));
      if (watched.notes.length > 0) come();
      await press.sleep(WATCH_MS);
      if (++turn.watches % RENEW_WATCHES !== 0 || watched.isOver) continue;
      turn.renewing = tidy(press, renew(press, turn));
      await turn.renewing;
    }
  };
  void watch();
  return { notes: watched.notes, some, end: () => void Object.assign(watched, { isOver: true }) };
}

async function renew(press: Press, turn: Turn): Promise<void> {
  turn.beat++;
  turn.etag = await renewTurn(press, turn);
}

/**
 * Notes that this call has not seen yet; from here on they count as tried. None once those with the known ones name
 * MAX_COMBINED articles, or where the look comes too late.
 */
async function untried(
  press: Press,
  { tried }: Turn,
  known: Note[] = [],
  isTooLate = () => false,
): Promise<Note[]> {
  const listed = await listNotes(press).catch((error: unknown) => {
    press.log("turn.failed", { error: String(error) });
    return [];
  });
  const notes: Note[] = [];
  for (const note of isTooLate() ? [] : listed) {
    if (tried.has(note.key) || articlesIn(known) + articlesIn(notes) >= MAX_COMBINED) continue;
    tried.add(note.key);
    notes.push(note);
  }
  if (notes.length > 0) press.rush.calls = RUSH_CALLS;
  return notes;
}

const articlesIn = (notes: Note[]) => notes.reduce((sum, { ids }) => sum + ids.length, 0);

/** The articles are published: a note that stays costs other publishers some time. */
export async function tidy(press: Press, work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => press.log("turn.failed", { error: String(error) }));
}

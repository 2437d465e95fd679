import { encodeArticleId } from "./article-id.ts";
import { type Change, type Known, newerOf, stateAfter } from "./change.ts";
import type { Withdrawal } from "./record.ts";
import type { StoryState } from "./story.ts";

/** Where a consumer without a cursor begins: a list of stories in `pages` pages, and the log behind `seq`. */
export type SnapshotPlace = { seq: number; pages: number };

/**
 * The head of the log with its newest changes, oldest first. `first`: the sequence number of the first of them, or of the next
 * change where there is none. `snapshot` is null until it is whole.
 */
export type Open = { epoch: string; first: number; snapshot: SnapshotPlace | null; changes: Change[] };

/** A closed page. It never changes. */
export type Page = Omit<Open, "snapshot">;

/** A story as the snapshot of an epoch names it. `after`: the last withdrawal that it came back from. */
export type SnapshotItem = StoryState & {
  id: string;
  guid: string;
  href: string;
  digest: string;
  after?: Withdrawal;
};

export type Snapshot = { epoch: string; stories: SnapshotItem[] };

/** An epoch without changes. */
export function emptyOpen(epoch: string): Open {
  return { epoch, first: 1, snapshot: null, changes: [] };
}

/** The sequence number of the newest change; 0 where there is none. */
export const lastSeq = ({ first, changes }: Page) => first + changes.length - 1;

/**
 * The open page with these changes behind its own. Those of its own that fill pages of `size` are to be put as closed pages
 * before it; a change that is not committed yet never stands in a closed page.
 */
export function appended(
  open: Open,
  added: Omit<Change, "seq">[],
  size: number,
): { closed: { number: number; page: Page }[]; next: Open } {
  const { epoch, first, snapshot, changes } = open;
  const count = Math.floor(changes.length / size);
  const closed = Array.from({ length: count }, (_, i) => ({
    number: (first - 1) / size + i,
    page: { epoch, first: first + i * size, changes: changes.slice(i * size, (i + 1) * size) },
  }));
  const last = lastSeq(open);
  const fresh = added.map((change, i): Change => ({ seq: last + 1 + i, ...change }));
  const rest = [...changes.slice(count * size), ...fresh];
  return { closed, next: { epoch, first: first + count * size, snapshot, changes: rest } };
}

/** The newest change of the article in this page. `id`: as the newsroom chose it. */
export function lastChangeOf({ changes }: Page, id: string): Change | undefined {
  let newest = newestByForm.get(changes);
  if (newest === undefined) {
    newest = new Map(changes.map((change) => [change.id, change]));
    newestByForm.set(changes, newest);
  }
  return newest.get(encodeArticleId(id));
}

/** By the list of changes, which nobody alters: a batch asks for thousands of articles in a page of thousands. */
const newestByForm = new WeakMap<Change[], Map<string, Change>>();

/** The last change that the log told of a story: the mark, or a change of the open page after it. */
export function knownState(page: Page, id: string, mark: Known | undefined): Known | undefined {
  const change = lastChangeOf(page, id);
  return newerOf(mark, change && stateAfter(change));
}

/**
 * The stories that a snapshot and the changes behind it leave, by the form of their id. Of a story that came twice the newer
 * one counts.
 */
export function foldLog(stories: Iterable<SnapshotItem>, changes: Iterable<Change>): Map<string, StoryState> {
  const found = new Map<string, StoryState>();
  const add = (id: string, state: StoryState) => {
    found.set(id, newerOf(found.get(id), state) as StoryState);
  };
  for (const { id, version, order, status, feeds, breaking } of stories)
    add(id, { version, order, status, feeds, ...(breaking !== undefined && { breaking }) });
  for (const change of changes) add(change.id, stateAfter(change));
  return found;
}

/**
 * The name of an epoch: greater as text than that of the epoch before, with any clock. `time`: milliseconds since
 * 1970; `chance`: 0 up to but not including 1, so that no two that are begun at once have one name.
 */
export function epochAfter(before: string | undefined, time: number, chance: number): string {
  const last = before === undefined ? 0 : Number.parseInt(before.slice(0, EPOCH_DIGITS), 36);
  const next = Math.max(time, Number.isNaN(last) ? 0 : last + 1);
  const tail = Math.floor(chance * 36 ** EPOCH_TAIL);
  return `${next.toString(36).padStart(EPOCH_DIGITS, "0")}${tail.toString(36).padStart(EPOCH_TAIL, "0")}`;
}

/** Milliseconds in base 36: enough for 100,000 years. */
const EPOCH_DIGITS = 10;
const EPOCH_TAIL = 4;

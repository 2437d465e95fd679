import { MAX_PAGE_BYTES } from "./limits.ts";
import {
  type Change,
  type Cursor,
  type Dropped,
  type Item,
  isPage,
  isSnapshotPage,
  lastSeq,
  type Open,
} from "./log.ts";
import { FollowError, get, parse } from "./request.ts";
import type { Web } from "./story.ts";

/** A page of the snapshot or of the log. `next`: the place behind it. `dropped`: what the snapshot has there and nothing else. */
export type Part = { named: (Change | Item)[]; next: Cursor; dropped?: Dropped };

/** Where the pages are. `size`: changes on a closed page. */
export type Pages = { web: Web; size: number };

/** Whether something is to be read at this place. */
export function hasPart({ epoch, snapshot, ...open }: Open, at: Cursor): boolean {
  if (at.epoch !== epoch) return false;
  return at.page === undefined ? at.seq < lastSeq({ epoch, ...open }) : snapshot !== null;
}

/** The page at this place, which `hasPart`. Throws a FollowError. */
export async function readPart(pages: Pages, open: Open, at: Cursor): Promise<Part> {
  if (at.page !== undefined) return readSnapshot(pages, open, { ...at, page: at.page });
  if (at.seq + 1 < open.first) return readClosed(pages, at);
  const named = open.changes.slice(at.seq + 1 - open.first);
  return { named, next: { epoch: at.epoch, seq: lastSeq(open) } };
}

/** A closed page has `size` changes, the first of which is no matter of the cursor. */
async function readClosed({ web, size }: Pages, { epoch, seq }: Cursor): Promise<Part> {
  const number = Math.floor(seq / size);
  const page = await read(web, `changes/${encodeURIComponent(epoch)}/${number}.json`, isPage);
  const { first, changes } = page.value;
  if (page.value.epoch !== epoch || first !== number * size + 1 || changes.length !== size)
    throw new FollowError(`${page.url} is another page of the log.`);
  return { named: changes.slice(seq - number * size), next: { epoch, seq: (number + 1) * size } };
}

async function readSnapshot(
  { web }: Pages,
  { snapshot }: Open,
  { epoch, seq, page, after }: Cursor & { page: number },
): Promise<Part> {
  const end = snapshot?.pages ?? 0;
  const behind = after === undefined ? {} : { after };
  const log = { epoch, seq };
  if (page >= end) return { named: [], next: log, dropped: { ...behind, ids: new Set() } };
  const { url, value } = await read(
    web,
    `snapshots/${encodeURIComponent(epoch)}/${page}.json`,
    isSnapshotPage,
  );
  if (value.epoch !== epoch) throw new FollowError(`${url} is of another epoch.`);
  const to = value.stories.at(-1)?.id;
  const ids = new Set(value.stories.map(({ id }) => id));
  if (page + 1 === end) return { named: value.stories, next: log, dropped: { ...behind, ids } };
  // A page may be empty where nobody can read its stories: the next one tells of their ids, too.
  if (to === undefined) return { named: [], next: { ...log, page: page + 1, ...behind } };
  return {
    named: value.stories,
    next: { ...log, page: page + 1, after: to },
    dropped: { ...behind, to, ids },
  };
}

async function read<T>(web: Web, path: string, isRight: (value: unknown) => value is T) {
  const url = new URL(path, web.base).href;
  const answer = await get(web.fetch, url, { maxBytes: MAX_PAGE_BYTES }, web.signal());
  if (answer === "unchanged") throw new FollowError(`${url} answers 304, and nobody has asked for changes.`);
  return { url, value: parse(url, answer.bytes, isRight) };
}

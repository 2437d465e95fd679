import type { Had } from "./backlog.ts";
import type { Batch } from "./batch.ts";
import { Follower } from "./follower.ts";
import {
  FIRST_RETRY_MS,
  HELD_STORIES,
  MAX_RETRY_MS,
  NO_LOG_LOOKS,
  PAGE_CHANGES,
  PATIENCE_MS,
  POLL_EVERY_MS,
  REQUEST_MS,
  STORIES_AT_ONCE,
} from "./limits.ts";
import { type Cursor, checkCursor } from "./log.ts";
import { digestOf, type Fetch, FollowError, sleepFor } from "./request.ts";

export type { Had } from "./backlog.ts";
export type { Batch, Behind } from "./batch.ts";
export { type Change, type Cursor, type Dropped, type Item, isDropped, type Takedown } from "./log.ts";
export { FollowError, sleepFor } from "./request.ts";
export type { Story, StoryDocument, StoryState } from "./story.ts";

export type FollowOptions = {
  /**
   * What the consumer has of a story, by its id. With it nothing is fetched that the consumer has, and nothing is given that is
   * older: not even after a restart. It is asked after the batches before were handled.
   */
  have?: (id: string) => Had | undefined | Promise<Had | undefined>;
  /** Ends the iteration. */
  signal?: AbortSignal;
  /** Ends the iteration when the consumer has all that the wire had; throws a FollowError after a minute without progress. */
  once?: boolean;
  /** Milliseconds between two looks at the log: 2,000. Less than 1,000 brings nothing behind a cache. */
  everyMs?: number;
  /** Called with each failure that is tried again. */
  onTrouble?: (error: FollowError) => void;
  /** Stories that are asked for at once: 16. */
  atOnce?: number;
  /** Named stories that are remembered until they are fetched: 131,072, some 100 MB at the most. */
  held?: number;
  /** For tests and simulators. `requestMs`: the time for one request; 0 for no limit. `pageChanges`: changes on a closed page. */
  fetch?: Fetch;
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  now?: () => number;
  digest?: (bytes: Uint8Array) => Promise<string> | string;
  requestMs?: number;
  pageChanges?: number;
};

/**
 * Follows the change log of a wire from a cursor, or from nothing, for ever. `url`: the address of the wire.
 *
 *     for await (const batch of follow(url, cursor, { have })) {
 *       for (const kill of batch.kills) takeDown(kill);
 *       for (const { id } of batch.removed) remove(id);
 *       if (batch.dropped) for (const id of copies()) if (isDropped(batch.dropped, id)) remove(id);
 *       for (const story of batch.stories) keep(story);
 *       save(batch.cursor);
 *     }
 *
 * - Kills come first, in batches of their own, from all that the log has, before any story is fetched. Take a copy down that is
 *   not newer than the kill (`copy.order <= kill.order`); the same goes for `removed`.
 * - A story is the version that its change names, or a newer one. Keep it over an older copy. `tombstones` are what the wire
 *   shows in the place of killed stories, with its words to the public; a consumer may ignore them.
 * - `dropped` says which ids the snapshot of an epoch has in a part of all ids. Copies of others there are to be removed.
 * - Save the cursor last, when all of the batch is safe. A batch may come again after a crash. One follower for one copy.
 * - A story that the wire lacks for a while holds up the cursor, and no other story.
 *
 * Throws a FollowError where no log stands at the address (4xx, or five times in a row the same document that is no log), and
 * a TypeError for an invalid cursor or address. It tries again after all other failures. Needs `fetch`, `crypto.subtle`, streams and AbortSignal, as browsers, workers, Deno and Node have them.
 */
export async function* follow(
  url: string | URL,
  cursor?: Cursor | null,
  options: FollowOptions = {},
): AsyncGenerator<Batch, void, undefined> {
  const { signal, once = false, now = Date.now, sleep = sleepFor, onTrouble = () => {} } = options;
  let last: FollowError | undefined;
  const note = (error: FollowError) => {
    if (signal?.aborted) return;
    last = error;
    onTrouble(error);
  };
  const follower = new Follower(partsOf(url, options, { now, note }), checkCursor(cursor));
  let moved = now();
  let failures = 0;
  /** How often the same work failed in a row. */
  let alike = 0;
  while (!signal?.aborted) {
    let batch: Batch | undefined;
    let pause: number;
    try {
      batch = await follower.next();
      pause = follower.pauseMs;
      failures = 0;
    } catch (error) {
      if (signal?.aborted) return;
      if (!(error instanceof FollowError)) throw error;
      alike = failures > 0 && error.message === last?.message ? alike + 1 : 1;
      if (isFinal(error, follower, alike)) throw error;
      note(error);
      pause = Math.max(error.retryAfter, Math.min(FIRST_RETRY_MS * 2 ** failures++, MAX_RETRY_MS));
    }
    if (batch !== undefined) {
      yield batch;
      moved = now();
      continue;
    }
    if (once && failures === 0 && follower.isCaughtUp) return;
    if (once && now() - moved > PATIENCE_MS)
      throw follower.ahead ?? last ?? new FollowError("The log of the wire has no snapshot yet.");
    await sleep(pause, signal);
  }
}

function partsOf(
  url: string | URL,
  options: FollowOptions,
  { now, note }: { now(): number; note(error: FollowError): void },
) {
  const { signal, requestMs = REQUEST_MS } = options;
  const base = new URL(url);
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  const timed = () => {
    const timeout = requestMs > 0 ? [AbortSignal.timeout(requestMs)] : [];
    return AbortSignal.any([...(signal ? [signal] : []), ...timeout]);
  };
  const fetch = options.fetch ?? ((at: string, init: RequestInit) => globalThis.fetch(at, init));
  return {
    web: { fetch, base, signal: timed, digest: options.digest ?? digestOf },
    pageChanges: options.pageChanges ?? PAGE_CHANGES,
    everyMs: options.everyMs ?? POLL_EVERY_MS,
    held: options.held ?? HELD_STORIES,
    atOnce: options.atOnce ?? STORIES_AT_ONCE,
    now,
    have: options.have,
    onTrouble: note,
  };
}

/** Whether nothing at this address ever was a log, and nothing says that it will be one. `alike`: times in a row that it failed so. */
function isFinal({ status = 0 }: FollowError, { isKnown }: Follower, alike: number): boolean {
  const isPassing = [408, 425, 429].includes(status);
  const isNoLog = status === 200 && alike >= NO_LOG_LOOKS;
  return !isKnown && (isNoLog || (status >= 400 && status < 500 && !isPassing));
}

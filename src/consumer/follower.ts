import { Backlog, type BacklogParts } from "./backlog.ts";
import { type Batch, type Behind, batchOf, type Came } from "./batch.ts";
import { AHEAD_LOOKS, MAX_PAGE_BYTES } from "./limits.ts";
import { type Cursor, isBeginning, isOpen, lastSeq, type Open, takedownsOf } from "./log.ts";
import { hasPart, readPart } from "./pages.ts";
import { FollowError, get, parse } from "./request.ts";

/** `pageChanges`: changes on a closed page. `everyMs`: between two looks at the open page. */
export type FollowerParts = BacklogParts & { pageChanges: number; everyMs: number };

/** A consumer without its loop: each call of `next` does one piece of work. */
export class Follower {
  readonly #parts: FollowerParts;
  readonly #backlog: Backlog;
  #open: Open | undefined;
  #etag: string | undefined;
  #pollAt = 0;
  /** Looks in a row that found a log which ends before the cursor. */
  #oldLooks = 0;
  /** Why the log cannot be followed from the cursor, though it can be read; undefined where it can. */
  ahead: FollowError | undefined;
  /** The cursor that the consumer has. */
  #told: Cursor;
  /** The place up to which kills were looked for. */
  #looked: Cursor | undefined;
  /** The place up to which stories are in the backlog, or given; undefined as long as a new epoch has no snapshot. */
  #held: Cursor | undefined;

  constructor(parts: FollowerParts, cursor: Cursor | undefined) {
    this.#parts = parts;
    this.#backlog = new Backlog(parts);
    this.#told = cursor ?? { epoch: "", seq: 0 };
    this.#looked = cursor;
    this.#held = cursor;
  }

  /** Whether the log was ever read, by this consumer or by an earlier one with its cursor. */
  get isKnown(): boolean {
    return this.#open !== undefined || this.#looked !== undefined;
  }

  get isCaughtUp(): boolean {
    const open = this.#open;
    return (
      open !== undefined && this.#held !== undefined && !hasPart(open, this.#held) && this.#backlog.isEmpty
    );
  }

  /** Until there is something to do, milliseconds. */
  get pauseMs(): number {
    return Math.max(0, Math.min(this.#pollAt, this.#backlog.dueAt) - this.#parts.now());
  }

  /** Undefined: there is nothing to do for `pauseMs`. Throws a FollowError where the log cannot be read. */
  async next(): Promise<Batch | undefined> {
    if (this.#parts.now() >= this.#pollAt) await this.#poll();
    return (await this.#look()) ?? (await this.#bring()) ?? this.#progress();
  }

  async #poll(): Promise<void> {
    const { web, now, everyMs } = this.#parts;
    const url = new URL("changes/open.json", web.base).href;
    const ask = { maxBytes: MAX_PAGE_BYTES, etag: this.#etag, again: true };
    const answer = await get(web.fetch, url, ask, web.signal());
    // A body that is cut off does not count as a look: the loop tries again, with its growing pauses.
    const open = answer === "unchanged" ? undefined : openIn(url, answer.bytes);
    this.#pollAt = now() + everyMs;
    if (open === undefined || answer === "unchanged") return;
    this.#noteAhead(open);
    if (this.#isOld(open)) return;
    this.#open = open;
    this.#etag = answer.etag;
    this.#enter(open);
  }

  /** Whether a cache has answered with an older copy than one that was read. */
  #isOld(open: Open): boolean {
    if (isBefore(open, this.#looked)) return true;
    if (open.epoch !== this.#looked?.epoch) return false;
    // The consumer knows a place in this epoch only since its snapshot is there.
    return this.#held !== undefined && open.snapshot === null;
  }

  /** A cache may be old for a few looks. After more of them the trouble is reported, so that the consumer does not wait in silence. */
  #noteAhead(open: Open): void {
    const at = this.#looked;
    const isAhead = at !== undefined && isBefore(open, at);
    this.#oldLooks = isAhead ? this.#oldLooks + 1 : 0;
    this.ahead = isAhead ? aheadOf(open, at) : undefined;
    if (this.ahead !== undefined && this.#oldLooks >= AHEAD_LOOKS) this.#parts.onTrouble(this.ahead);
  }

  /** Begins with the snapshot where the epoch is new. */
  #enter({ epoch, snapshot }: Open): void {
    const isNew = this.#looked?.epoch !== epoch;
    if (snapshot !== null && (isNew || this.#held === undefined)) {
      // All that was named before is in the snapshot, or is to be dropped.
      this.#backlog.clear();
      this.#held = { epoch, seq: snapshot.seq, page: 0 };
      this.#looked = this.#held;
    } else if (isNew) {
      // The snapshot is being made. Kills do not wait for it.
      this.#held = undefined;
      this.#looked = { epoch, seq: 0 };
    }
  }

  /** What is to be taken down because of the pages that nobody has looked at. */
  async #look(): Promise<Batch | undefined> {
    while (this.#open !== undefined && this.#looked !== undefined && hasPart(this.#open, this.#looked)) {
      const from = this.#looked;
      const part = await this.#read(from);
      if (this.#held === from && this.#backlog.hasRoomFor(from)) {
        this.#backlog.add(part, from);
        this.#held = part.next;
      }
      this.#looked = part.next;
      const takedowns = part.named.flatMap(takedownsOf);
      const { dropped } = part;
      this.#backlog.noteGone(takedowns, dropped);
      if (takedowns.length > 0 || dropped !== undefined)
        return this.#batch({ takedowns, stories: [], dropped });
    }
    return undefined;
  }

  async #bring(): Promise<Batch | undefined> {
    await this.#refill();
    const stories = await this.#backlog.take();
    return stories && this.#batch({ takedowns: [], stories });
  }

  /** Reads the pages again for which there was no room. All of them were looked at. */
  async #refill(): Promise<void> {
    for (let at = this.#held; at !== undefined && at !== this.#looked && this.#backlog.hasRoomFor(at); ) {
      const part = await this.#read(at);
      this.#backlog.add(part, at);
      at = isSame(part.next, this.#looked) ? this.#looked : part.next;
      this.#held = at;
    }
  }

  #read(at: Cursor) {
    const { web, pageChanges: size } = this.#parts;
    return readPart({ web, size }, this.#open as Open, at);
  }

  /** The cursor alone, where it has moved and nothing else has happened. */
  #progress(): Batch | undefined {
    return isSame(this.#cursor, this.#told) ? undefined : this.#batch({ takedowns: [], stories: [] });
  }

  get #cursor(): Cursor {
    return this.#backlog.first?.before ?? this.#held ?? this.#told;
  }

  #batch(came: Came): Batch {
    this.#told = this.#cursor;
    return batchOf(came, { cursor: this.#told, behind: this.#behind() });
  }

  #behind(): Behind {
    const { epoch, seq, page } = this.#told;
    const open = this.#open as Open;
    const isHere = open.epoch === epoch;
    const pagesDone = isHere ? (page ?? Number.POSITIVE_INFINITY) : 0;
    const changes = lastSeq(open) - (isHere ? seq : 0);
    const pages = Math.max(0, (open.snapshot?.pages ?? 0) - pagesDone);
    const first = this.#backlog.first?.named;
    if (this.isCaughtUp) return { changes: 0, pages: 0, seconds: 0 };
    if (first === undefined || !("at" in first)) return { changes, pages };
    return { changes, pages, seconds: Math.max(0, (this.#parts.now() - Date.parse(first.at)) / 1_000) };
  }
}

/** Whether the log ends before this place. */
const isBefore = (open: Open, at: Cursor | undefined) =>
  at !== undefined && (open.epoch < at.epoch || (open.epoch === at.epoch && lastSeq(open) < at.seq));

function aheadOf(open: Open, at: Cursor): FollowError {
  const of = (epoch: string) => (open.epoch === at.epoch ? "" : ` of the epoch ${epoch}`);
  return new FollowError(
    `The log of the wire ends at ${lastSeq(open)}${of(open.epoch)}, before the cursor, which is at ${at.seq}${of(at.epoch)}: ` +
      "a cache is old, or the wire was restored from a backup. If it stays so, begin without the cursor.",
  );
}

const isSame = (a: Cursor | undefined, b: Cursor | undefined) =>
  a?.epoch === b?.epoch && a?.seq === b?.seq && a?.page === b?.page;

/** Throws a FollowError without a status where the log begins: who asks again gets it. */
function openIn(url: string, bytes: Uint8Array): Open {
  const open = parse(
    url,
    bytes,
    (value): value is Open | { begins: string } => isOpen(value) || isBeginning(value),
  );
  if (isOpen(open)) return open;
  throw new FollowError(`${url}: the log begins at this moment.`);
}

import { BATCH_BYTES, BATCH_STORIES, HELD_LISTED, STALE_RETRY_MS } from "./limits.ts";
import { type Cursor, type Dropped, isDropped, statusOf, type Takedown } from "./log.ts";
import type { Part } from "./pages.ts";
import type { FollowError } from "./request.ts";
import { askForStory, type Held, type Missing, type Story, type Web } from "./story.ts";

/** What a consumer has of a story. `digest`: that of the document; none where it has taken the story down. */
export type Had = { order: string; digest?: string };

export type BacklogParts = {
  web: Web;
  held: number;
  atOnce: number;
  now(): number;
  have: ((id: string) => Had | undefined | Promise<Had | undefined>) | undefined;
  onTrouble(error: FollowError): void;
};

/** Stories that are named and not given yet. */
export class Backlog {
  readonly #parts: BacklogParts;
  /** By id, the first named first. */
  readonly #held = new Map<string, Held>();
  /** What was given of late, for a consumer that does not tell what it has. */
  readonly #given = new Map<string, Had>();
  /** No story is asked for before: the wire refuses. */
  #restsUntil = 0;

  constructor(parts: BacklogParts) {
    this.#parts = parts;
  }

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  /** Whether there is room for the stories of the part at this place. */
  hasRoomFor({ page }: Cursor): boolean {
    const { held } = this.#parts;
    return this.#held.size < (page === undefined ? held : Math.min(held, HELD_LISTED));
  }

  /** The story that was named first. */
  get first(): Held | undefined {
    const [first] = this.#held.values();
    return first;
  }

  /** When a story is to be asked for, milliseconds. */
  get dueAt(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { due } of this.#held.values()) next = Math.min(next, due);
    return Math.max(next, this.#restsUntil);
  }

  clear(): void {
    this.#held.clear();
  }

  /** A story that is named twice is asked for once. `from`: the place of the part. */
  add({ named }: Part, from: Cursor): void {
    for (const one of named) {
      this.#held.delete(one.id);
      if (statusOf(one) === "removed") continue;
      const before = "seq" in one ? { epoch: from.epoch, seq: one.seq - 1 } : from;
      this.#held.set(one.id, { named: one, before, due: 0, tries: 0 });
    }
  }

  /** What the consumer takes down, and what it drops. */
  noteGone(takedowns: Takedown[], dropped: Dropped | undefined): void {
    for (const { id, order } of takedowns) this.#remember(id, { order });
    if (dropped !== undefined)
      for (const id of this.#given.keys()) if (isDropped(dropped, id)) this.#given.delete(id);
  }

  /** The next stories that are due; undefined where there is none; empty where the consumer had all that were named. */
  async take(): Promise<Story[] | undefined> {
    for (;;) {
      const due = this.#due();
      if (due.length === 0) return undefined;
      const { stories, hadOne } = await this.#ask(due);
      if (hadOne || stories.length > 0) return stories;
    }
  }

  #due(): Held[] {
    const now = this.#parts.now();
    const due: Held[] = [];
    if (now < this.#restsUntil) return due;
    for (const held of this.#held.values()) {
      if (held.due <= now) due.push(held);
      if (due.length === BATCH_STORIES) break;
    }
    return due;
  }

  async #ask(due: Held[]): Promise<{ stories: Story[]; hadOne: boolean }> {
    const { atOnce, now } = this.#parts;
    const stories: Story[] = [];
    let hadOne = false;
    let bytes = 0;
    for (let at = 0; at < due.length && bytes < BATCH_BYTES; at += atOnce) {
      const asked = due.slice(at, at + atOnce);
      const answers = await Promise.all(asked.map((held) => this.#askFor(held)));
      const came = asked.flatMap((held, i) => this.#settle(held, answers[i] as Answer));
      stories.push(...came);
      for (const story of came) bytes += story.bytes.length;
      hadOne ||= answers.includes("had");
      if (!answers.every((one) => one !== "had" && "why" in one && one.isRefused)) continue;
      this.#restsUntil = now() + STALE_RETRY_MS;
      break;
    }
    return { stories, hadOne };
  }

  async #askFor(held: Held): Promise<Answer> {
    const { have, web } = this.#parts;
    const { id, order, digest } = held.named;
    const had = have === undefined ? this.#given.get(id) : await have(id);
    if (had !== undefined && (had.order > order || (had.order === order && had.digest === digest)))
      return "had";
    return askForStory(web, held);
  }

  #settle(held: Held, answer: Answer): Story[] {
    if (answer !== "had" && "why" in answer) {
      held.due = this.#parts.now() + answer.retryIn;
      held.tries++;
      this.#parts.onTrouble(answer.why);
      return [];
    }
    this.#held.delete(held.named.id);
    if (answer === "had") return [];
    this.#remember(answer.id, answer);
    return [answer];
  }

  #remember(id: string, { order, digest }: Had): void {
    if (this.#parts.have !== undefined) return;
    this.#given.delete(id);
    this.#given.set(id, { order, ...(digest !== undefined && { digest }) });
    const [oldest] = this.#given.keys();
    if (this.#given.size > this.#parts.held && oldest !== undefined) this.#given.delete(oldest);
  }
}

type Answer = Story | Missing | "had";

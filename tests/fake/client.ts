import { type Batch, type Cursor, FollowError, follow, isDropped } from "../../src/consumer/follow.ts";

/** Tries of a client whose wire answers wrongly: each goes on where the one before ended. */
const TRIES = 50;

/** A copy that the shipped consumer keeps, with a clock that moves when the consumer waits. */
export class Client {
  /** The live stories: what a consumer would show. */
  readonly copy = new Map<string, { order: string; digest: string }>();
  readonly kills = new Set<string>();
  cursor: Cursor | undefined;
  readonly #url: string;
  /** The versions up to which stories were taken down. */
  readonly #down = new Map<string, string>();
  #now = 0;

  constructor(url: string) {
    this.#url = url;
  }

  /** Follows until it has all that the wire has. What is no wire at the first look may be one at the next. */
  async sync(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        for await (const batch of follow(this.#url, this.cursor, this.#options())) this.#apply(batch);
        return;
      } catch (error) {
        if (!(error instanceof FollowError) || tries === TRIES) throw error;
      }
    }
  }

  #options() {
    return {
      once: true,
      have: (id: string) => this.copy.get(id),
      now: () => this.#now,
      sleep: async (ms: number) => {
        this.#now += ms;
      },
    };
  }

  #apply({ kills, removed, dropped, stories, cursor }: Batch): void {
    for (const { id, order } of kills) this.kills.add(`${id} ${order}`);
    for (const { id, order } of [...kills, ...removed]) {
      if ((this.copy.get(id)?.order ?? "") <= order) this.copy.delete(id);
      if ((this.#down.get(id) ?? "") < order) this.#down.set(id, order);
    }
    for (const id of this.copy.keys()) if (dropped && isDropped(dropped, id)) this.copy.delete(id);
    for (const { id, order, digest } of stories)
      if ((this.#down.get(id) ?? "") < order) this.copy.set(id, { order, digest });
    this.cursor = cursor;
  }
}

import { encodeArticleId } from "../../src/core/article-id.ts";
import { storyIdOf, storyKey } from "../../src/core/keys.ts";
import { orderOf } from "../../src/core/order.ts";
import type { StoredRecord } from "../../src/core/record.ts";
import type { Site } from "../../src/core/site.ts";
import { storyState } from "../../src/core/story.ts";
import type { Store } from "../../src/store/port.ts";
import { Partner } from "./partner.ts";
import { type Random, seededRandom } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Sabotage } from "./spoil.ts";

/** What partners need of the run. `sabotage`: its `partner` spoils their programs. */
type Run = { scheduler: Scheduler; published: Store; sabotage: Sabotage | undefined };

/** The share of runs that have partners: a run with them takes longer. */
const SHARE = 0.5;
const MAX_POLLS = 8;
/** Writes of the wire that a partner waits for until it looks again. */
const MAX_WAIT = 6;

/** Two or three partners of the wire, each with habits of its own. They choose by a seed of their own. */
export class Partners {
  readonly counts = {
    partnerPolls: 0,
    partnerKills: 0,
    staleRefused: 0,
    partnerCrashes: 0,
    lateAnswers: 0,
    snapshotsRead: 0,
  };
  readonly #random: Random;
  readonly #partners: Partner[];
  readonly #store: Store;
  #lives: Promise<unknown> = Promise.resolve();
  #isOver = false;
  /** Who waits for so many writes. */
  #waiting: { left: number; go: () => void }[] = [];

  constructor(seed: number, { scheduler, published: store, sabotage }: Run) {
    const random = seededRandom(seed + 0.5);
    const isThere = random.chance(SHARE) || sabotage?.partner !== undefined;
    const writes = (count: number) => this.#writes(count);
    const on = { scheduler, store, random, writes, sabotage: sabotage?.partner };
    this.#random = random;
    this.#store = store;
    const count = isThere ? 2 + random.below(2) : 0;
    this.#partners = Array.from({ length: count }, () => new Partner(on));
  }

  /** What they do while the wire is at work. Resolves after `catchUp`. */
  async live(): Promise<void> {
    // Two timers for each: now and then a program is still at work when the next one begins.
    const timers = this.#partners.flatMap((partner) => [partner, partner]);
    this.#lives = Promise.all(timers.map((partner) => this.#follow(partner)));
    await this.#lives;
  }

  onChange(key: string, body?: Uint8Array): void {
    if (this.#partners.length === 0 || !isPublic(key)) return;
    for (const { cache } of this.#partners) cache.onChange(key, body);
    for (const one of this.#waiting) one.left--;
    const due = this.#waiting.filter(({ left }) => left <= 0);
    this.#waiting = this.#waiting.filter(({ left }) => left > 0);
    for (const { go } of due) go();
  }

  /** At rest: nobody waits for writes any more, and each partner catches up. */
  async catchUp(): Promise<void> {
    this.#isOver = true;
    for (const { go } of this.#waiting.splice(0)) go();
    await this.#lives;
    for (const partner of this.#partners) await partner.pollAtRest();
  }

  /** At rest: each copy is what records say is public, and each consumer that had a story knows of its kill. */
  async check(written: ReadonlyMap<string, StoredRecord[]>, site: Site): Promise<void> {
    for (const partner of this.#partners) {
      if (partner.problem !== undefined) throw new Error(partner.problem);
      await this.#checkCopy(partner, written, site);
      for (const [id, records] of written) checkKill(partner, encodeArticleId(id), records);
      for (const [what, count] of Object.entries({ ...partner.counts, ...partner.cache.counts }))
        this.counts[what as keyof typeof this.counts] += count;
    }
  }

  async #follow(partner: Partner): Promise<void> {
    for (let polls = this.#random.below(MAX_POLLS + 1); polls > 0 && !this.#isOver; polls--) {
      if (!this.#random.chance(0.2)) await this.#writes(1 + this.#random.below(MAX_WAIT));
      await partner.poll();
    }
  }

  #writes(left: number): Promise<void> {
    return new Promise((go) => (this.#isOver ? go() : this.#waiting.push({ left, go })));
  }

  async #checkCopy(
    { copy }: Partner,
    written: ReadonlyMap<string, StoredRecord[]>,
    site: Site,
  ): Promise<void> {
    const shown = new Map([...copy.kept].filter(([, { bytes }]) => bytes !== undefined));
    for (const [id, records] of written) {
      const state = storyState(site, records.at(-1) as StoredRecord);
      const form = encodeArticleId(id);
      const kept = shown.get(form);
      shown.delete(form);
      if (state?.status !== "published") {
        if (kept !== undefined)
          throw new Error(`a partner shows ${id}, which is ${state?.status ?? "private"}`);
        continue;
      }
      if (kept?.order !== state.order)
        throw new Error(`a partner shows ${id} at ${kept?.order}, and the wire at ${state.order}`);
      const story = await this.#store.get(storyKey(id));
      if (!story || Buffer.compare(kept.bytes as Uint8Array, story.body) !== 0)
        throw new Error(`a partner shows other words of ${id} than the wire`);
    }
    for (const id of shown.keys()) throw new Error(`a partner shows ${id}, which nobody wrote`);
  }
}

function checkKill({ copy }: Partner, id: string, records: StoredRecord[]): void {
  const had = copy.had.get(id);
  if (had === undefined) return;
  const kill = records.findLast(({ article }) => article.status === "withdrawn");
  const order = kill === undefined ? "" : orderOf(kill);
  if (had < order && (copy.kills.get(id) ?? "") < order)
    throw new Error(`a partner had ${id} at ${had}, and never heard of its kill at ${order}`);
}

const isPublic = (key: string) =>
  storyIdOf(key) !== undefined || key.startsWith("changes/") || key.startsWith("snapshots/");

import { createHash } from "node:crypto";
import {
  type Batch,
  type Cursor,
  FollowError,
  type FollowOptions,
  follow,
} from "../../src/consumer/follow.ts";
import type { Store } from "../../src/store/port.ts";
import { LateCache } from "./late-cache.ts";
import { SMALL_LOG } from "./log-watch.ts";
import { PartnerCopy } from "./partner-copy.ts";
import type { Random } from "./random.ts";
import { never, type Scheduler } from "./scheduler.ts";

const WIRE = "https://wire.example.org";
/** Turns after which a program that does not end well ends. */
const MAX_LIFE = 40;
/** How likely a program ends at each of its writes. */
const CRASH = 0.06;
/** Sleeps of a program that does not end by itself. */
const MAX_LOOKS = 20;
const FAULTS = 0.06;
/** By then all caches have forgotten what they had. */
const LATER_MS = 3_600_000;

/** What a partner's program is made of, which a sabotage may spoil. `isFree`: whether no other program is at work on the copy. */
export type PartnerParts = {
  follow: typeof follow;
  isFree: () => boolean;
  keepCursor: (cursor: Cursor) => Promise<void>;
};
export type PartnerSabotage = (parts: PartnerParts) => PartnerParts;

export type PartnerOn = {
  scheduler: Scheduler;
  random: Random;
  store: Store;
  sabotage: PartnerSabotage | undefined;
  /** Resolves when the wire has written so many public objects. */
  writes(count: number): Promise<void>;
};

/** A partner: a copy of the wire, and a program that brings it forward by `follow` and may end anywhere. */
export class Partner {
  readonly counts = { partnerPolls: 0, partnerKills: 0, staleRefused: 0, partnerCrashes: 0 };
  readonly cache: LateCache;
  readonly copy = new PartnerCopy();
  readonly #on: PartnerOn;
  /** Milliseconds. The clock of the partner moves when its programs sleep. */
  #now = Date.UTC(2026, 0, 3);
  #running = 0;
  /** Whether the partner tells `follow` what it has. Else it looks itself whether a story is newer than its copy. */
  readonly #tells: boolean;
  /** Whether a program ends when it has caught up. Else it goes on until somebody ends it. */
  readonly #endsCaughtUp: boolean;
  readonly #atOnce: number;
  readonly #held: number;
  #isAtRest = false;

  constructor(on: PartnerOn) {
    const { random, store } = on;
    this.#on = on;
    this.#tells = random.chance(0.5);
    this.#endsCaughtUp = random.chance(0.6);
    this.#atOnce = random.pick([1, 2, 16]);
    this.#held = random.pick([1, 4, 100]);
    this.cache = new LateCache(store, { random, now: () => this.#now });
  }

  get problem(): string | undefined {
    return this.copy.problem ?? this.cache.problem;
  }

  /** One run of the program. */
  async poll(): Promise<void> {
    this.#running++;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#program(resolve).then(resolve, reject);
      });
    } catch (error) {
      // No log stands there yet, or nothing came for a minute.
      if (!(error instanceof FollowError) || this.#isAtRest) throw error;
    } finally {
      this.#running--;
    }
  }

  /** The last run, which catches up: nothing fails, and no cache has an old copy. */
  async pollAtRest(): Promise<void> {
    this.#now += LATER_MS;
    this.#isAtRest = true;
    await this.poll();
  }

  /** `onCrash`: is called where the program ends in the middle. */
  async #program(onCrash: () => void): Promise<void> {
    const { scheduler, random, sabotage } = this.#on;
    const isMortal = !this.#isAtRest && random.chance(0.3);
    let turnsLeft = isMortal ? random.below(MAX_LIFE) : Number.POSITIVE_INFINITY;
    const turn = async () => {
      await scheduler.turn();
      if (turnsLeft-- === 0) {
        this.counts.partnerCrashes++;
        onCrash();
      }
      if (turnsLeft < 0) await never();
    };
    const step = async () => {
      if (!this.#isAtRest && random.chance(CRASH)) turnsLeft = Math.min(turnsLeft, 0);
      await turn();
    };
    const sound: PartnerParts = {
      follow,
      isFree: () => this.#running === 1,
      keepCursor: async (cursor) => {
        await step();
        this.copy.cursor = cursor;
      },
    };
    const parts = sabotage?.(sound) ?? sound;
    if (!parts.isFree()) return;
    this.counts.partnerPolls++;
    for await (const batch of parts.follow(WIRE, this.copy.cursor, this.#options(turn))) {
      await this.#apply(batch, step);
      await parts.keepCursor(batch.cursor);
    }
  }

  #options(turn: () => Promise<void>): FollowOptions {
    const ends = new AbortController();
    const { random, writes } = this.#on;
    const once = this.#endsCaughtUp || this.#isAtRest;
    let looksLeft = once ? Number.POSITIVE_INFINITY : 1 + random.below(MAX_LOOKS);
    let faultsLeft = this.#isAtRest ? 0 : random.below(3);
    const fails = () => faultsLeft > 0 && random.chance(FAULTS) && faultsLeft-- > 0;
    return {
      once,
      signal: ends.signal,
      ...(this.#tells && { have: (id: string) => this.copy.kept.get(id) }),
      atOnce: this.#atOnce,
      held: this.#held,
      fetch: this.cache.fetchOf({ turn, fails }),
      sleep: async (ms) => {
        if (!once && random.chance(0.5)) await writes(1);
        await turn();
        this.#now += ms;
        if (--looksLeft <= 0) ends.abort();
      },
      onTrouble: ({ message }) => {
        if (STALE.test(message)) this.counts.staleRefused++;
      },
      now: () => this.#now,
      digest: (bytes) => `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`,
      requestMs: 0,
      pageChanges: SMALL_LOG.pageChanges,
    };
  }

  async #apply(batch: Batch, step: () => Promise<void>): Promise<void> {
    const { copy } = this;
    for (const gone of [...batch.kills, ...batch.removed]) {
      await step();
      copy.takeDown(gone);
    }
    for (const kill of batch.kills) if (copy.noteKill(kill)) this.counts.partnerKills++;
    if (batch.dropped !== undefined) {
      await step();
      copy.drop(batch.dropped);
    }
    for (const story of batch.stories) {
      await step();
      const before = copy.kept.get(story.id);
      if (this.#tells || before === undefined || before.order <= story.order) copy.keep(story);
    }
  }
}

/** What `follow` says of a story that a cache had for too long. */
const STALE = /is older than the change|has another digest|\/stories\/.* answers 404/;

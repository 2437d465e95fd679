import {
  CONFLICT,
  type DeleteCondition,
  type Deleted,
  type ObjectHead,
  type PutOptions,
  type Store,
  type StoredObject,
} from "../../src/store/port.ts";
import type { Random } from "./random.ts";
import { never, type Scheduler } from "./scheduler.ts";

/** How many faults a run may still have, and how likely each call is to have one. */
export type Faults = { left: number; rate: number };

/** The process that makes the calls. Once crashed it never hears of anything again. */
export type Process = { crashed: boolean; onCrash: () => void };

/** What happens to a put in the store; the caller may hear something else. */
export type Watch = { onPut?: (key: string, body: Uint8Array) => void; onDelete?: (key: string) => void };

/** A shared store as one process sees it over an unreliable network. */
export class FaultyStore implements Store {
  readonly #store: Store;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #process: Process;
  readonly #watch: Watch;

  constructor(
    store: Store,
    on: { scheduler: Scheduler; random: Random; faults: Faults; process: Process; watch: Watch },
  ) {
    this.#store = store;
    this.#scheduler = on.scheduler;
    this.#random = on.random;
    this.#faults = on.faults;
    this.#process = on.process;
    this.#watch = on.watch;
  }

  async get(key: string): Promise<StoredObject | undefined> {
    await this.#turn();
    return this.#store.get(key);
  }

  async head(key: string): Promise<ObjectHead | undefined> {
    await this.#turn();
    return this.#store.head(key);
  }

  async put(key: string, body: Uint8Array, options: PutOptions = {}): Promise<string | typeof CONFLICT> {
    await this.#turn();
    // 409 ConditionalRequestConflict: S3 gave up on the write without looking at the condition.
    if (options.condition && this.#fault()) return CONFLICT;
    const answer = await this.#store.put(key, body, options);
    if (answer !== CONFLICT) this.#watch.onPut?.(key, body);
    if (this.#fault()) return this.#loseAnswer(options);
    return answer;
  }

  async delete(key: string, condition?: DeleteCondition): Promise<Deleted> {
    await this.#turn();
    if (condition && this.#fault()) return CONFLICT;
    const answer = await this.#store.delete(key, condition);
    if (answer === CONFLICT) return CONFLICT;
    this.#watch.onDelete?.(key);
    return this.#fault() ? this.#loseAnswer({ condition }) : undefined;
  }

  async *list(prefix: string, after?: string): AsyncIterable<string> {
    await this.#turn();
    const keys: string[] = [];
    for await (const key of this.#store.list(prefix, after)) keys.push(key);
    // Pages of two, so that a listing takes time as well.
    for (let i = 0; i < keys.length; i += 2) {
      yield* keys.slice(i, i + 2);
      await this.#turn();
    }
  }

  etagOf(body: Uint8Array): string | undefined {
    return this.#store.etagOf(body);
  }

  /** The put or delete was applied; either the SDK's own retry comes back 412, or the caller gets an error. */
  #loseAnswer(options: { condition?: unknown }): typeof CONFLICT {
    if (options.condition && this.#random.chance(0.6)) return CONFLICT;
    throw new Error("connection reset");
  }

  async #turn(): Promise<void> {
    await this.#scheduler.turn();
    if (this.#process.crashed) await never();
    if (!this.#fault()) return;
    if (this.#random.chance(0.5)) throw new Error("503 SlowDown");
    this.#process.crashed = true;
    this.#process.onCrash();
    await never();
  }

  #fault(): boolean {
    if (this.#faults.left === 0 || !this.#random.chance(this.#faults.rate)) return false;
    this.#faults.left--;
    return true;
  }
}

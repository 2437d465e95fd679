import { FlashwireError } from "../../src/core/errors.ts";
import { resolveFeed } from "../../src/core/feed.ts";
import { FEEDS } from "../../src/core/keys.ts";
import type { StoredRecord } from "../../src/core/record.ts";
import { compareVersions, versionOf } from "../../src/core/version.ts";
import { ingest, type Outcome, type Preconditions, withdraw } from "../../src/ingest/ingest.ts";
import type { PublishReport } from "../../src/publish/report.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { ARTICLES, articleIdOf } from "../../src/repository/records.ts";
import { createServices } from "../../src/services.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { Store } from "../../src/store/port.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { createUpkeep } from "../../src/upkeep/tick.ts";
import { type Faults, FaultyStore, type Process } from "./faulty-store.ts";
import { checkGuids } from "./guids.ts";
import { type Random, seededRandom } from "./random.ts";
import { type Event, type Sabotage, type Worker, withMemory } from "./sabotage.ts";
import { Scheduler } from "./scheduler.ts";
import { SITE } from "./site.ts";
import { VisibleDocuments } from "./visible.ts";
import { plan, type Send, version } from "./world.ts";

const MAX_STEPS = 60_000;
/** The clock of a run goes on by a second each time that somebody looks at it. */
const UPKEEP = { settlesMs: 20_000, auditsAtStart: true };

class Crash extends Error {}

/** One run of the wire under faults. Throws at the first thing that must not happen. */
export async function simulate(
  seed: number,
  sabotage?: Sabotage,
): Promise<{ steps: number; faults: number }> {
  const run = new Run(seed, sabotage);
  await run.toRest();
  await run.check();
  return { steps: run.scheduler.steps, faults: run.faultsAtStart - run.faults.left };
}

class Run {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly faults: Faults = { left: 0, rate: 0.02 };
  faultsAtStart = 0;
  #clock = Date.UTC(2026, 0, 3);
  readonly #newsroom: Store = new MemoryStore(() => this.#clock);
  readonly #site: Store = new MemoryStore(() => this.#clock);
  readonly #renderer = createRenderer(SITE);
  readonly #visible = new VisibleDocuments(this.#renderer);
  readonly #sabotage: Sabotage | undefined;
  readonly #events: Event[] = [];
  readonly #repairs = new Set<string>();
  readonly #acknowledged: Outcome[] = [];
  #duplicates = 6;
  #busy = 0;
  #failure: unknown;

  constructor(seed: number, sabotage: Sabotage | undefined) {
    this.random = seededRandom(seed);
    this.scheduler = new Scheduler(this.random);
    this.#sabotage = sabotage;
  }

  async toRest(): Promise<void> {
    this.#start(() => this.#inProcess(async (services) => void (await services.publisher.startFeeds())));
    await this.scheduler.run(MAX_STEPS);
    this.faults.left = this.random.below(7);
    this.faultsAtStart = this.faults.left;
    const sends = plan(this.random);
    const clients = 1 + this.random.below(3);
    for (let i = 0; i < clients; i++) {
      this.#start(() => this.#client(sends.filter((_, at) => at % clients === i)));
    }
    if (this.random.chance(0.4)) this.#start(() => this.#operator());
    if (this.random.chance(0.4)) this.#start(() => this.#upkeep());
    const publishers = 1 + this.random.below(3);
    for (let i = 0; i < publishers; i++) void this.#publisher().catch((error) => this.#fail(error));
    await this.scheduler.run(MAX_STEPS);
    if (this.#failure) throw this.#failure;
  }

  /** Invariants 1, 2 and 5 at rest, and that every story has a guid of its own. */
  async check(): Promise<void> {
    this.#visible.check();
    for (const outcome of this.#acknowledged) {
      const stored = await this.#newsroom.get(`${ARTICLES}${outcome.id}.json`);
      if (!stored) throw new Error(`article ${outcome.id} was acknowledged and is lost`);
      const record: StoredRecord = JSON.parse(Buffer.from(stored.body).toString());
      const order = compareVersions(record, outcome.record);
      const { edition = 1 } = outcome.record;
      if (order < 0 || (order === 0 && (record.edition ?? 1) < edition)) {
        throw new Error(`article ${outcome.id} went back from ${outcome.version} to ${versionOf(record)}`);
      }
    }
    await checkGuids(this.#newsroom);
    await compareSites(this.#site, await rebuildElsewhere(this.#newsroom));
  }

  /** A newsroom that sends until it is answered. */
  async #client(sends: Send[]): Promise<void> {
    for (const send of sends) {
      await this.#untilAnswered(async (sound) => {
        const services = this.#sabotage?.ingest?.(sound) ?? sound;
        const outcome = await (send.kind === "send"
          ? ingest(services, version(send.id, send.n, send.content), conditionsOf(send))
          : withdraw(services, send.id));
        this.#acknowledged.push(outcome);
        const { article } = outcome.record;
        if (article.status === "published" && article.breaking) {
          await this.#spoil(sound, this.#eventsNow([outcome.id])).publisher.publish([outcome.id]);
        }
      });
    }
  }

  /** A worker that stays warm from batch to batch until it crashes. */
  async #publisher(): Promise<void> {
    let warm: Worker | undefined;
    while (this.#busy > 0 || this.#events.length > 0 || this.#repairs.size > 0) {
      await this.scheduler.turn();
      const events = this.#take();
      const repairs = events.length === 0 || this.random.chance(0.1) ? [...this.#repairs] : [];
      if (events.length === 0 && repairs.length === 0) continue;
      for (const feed of repairs) this.#repairs.delete(feed);
      this.#busy++;
      try {
        await this.#inProcess(async (fresh) => {
          const services =
            warm !== undefined && this.random.chance(0.8) ? withMemory(fresh, warm.memory) : fresh;
          warm = services;
          const work = this.#spoil(services, events);
          const report = await work.publisher.publish(events.map((event) => event.id));
          for (const feed of report.underfilled) this.#repairs.add(feed);
          // As from the queue: what is done does not come again.
          this.#events.push(...events.filter(({ id }) => report.left.has(id)));
          if (repairs.length > 0) this.#digest(await rebuild(work, { feeds: repairs }));
        });
      } catch (error) {
        if (error instanceof Crash) warm = undefined;
        this.#events.push(...events);
        for (const feed of repairs) this.#repairs.add(feed);
      }
      this.#busy--;
    }
  }

  /** Somebody rebuilds everything while the wire is live, again if it failed. */
  async #operator(): Promise<void> {
    await this.#untilAnswered(async (services) => {
      this.#digest(await rebuild(this.#spoil(services, [])));
    });
  }

  /** Ticks that are cut off now and then, until one finds nothing to do; in another process after each crash. */
  async #upkeep(): Promise<void> {
    await this.#untilAnswered(async (services) => {
      const upkeep = createUpkeep(this.#spoil(services, []), UPKEEP);
      while (!(await upkeep.tick(() => this.random.chance(0.2))).isAtRest) await this.scheduler.turn();
    });
  }

  #digest({ underfilled, failed }: PublishReport): void {
    for (const feed of underfilled) this.#repairs.add(feed);
    if (failed[0] !== undefined) throw failed[0].error;
  }

  async #untilAnswered(job: (services: Worker) => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await this.#inProcess(job);
      } catch (error) {
        if (error instanceof FlashwireError && error.code !== "busy") return;
      }
    }
  }

  /** Runs a job in a process of its own; a crash leaves it hanging for ever and is heard of from outside. */
  #inProcess(job: (services: Worker) => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const process = { crashed: false, onCrash: () => reject(new Crash("crashed")) };
      job(this.#services(process)).then(resolve, reject);
    });
  }

  #services(process: Process): Worker {
    const { scheduler, random, faults } = this;
    const on = { scheduler, random, faults, process };
    const watch = { onPut: (key: string, body: Uint8Array) => this.#stored(key, body) };
    const parts = {
      site: SITE,
      stores: {
        newsroom: new FaultyStore(this.#newsroom, { ...on, watch }),
        published: new FaultyStore(this.#site, { ...on, watch }),
      },
      now: () => (this.#clock += 1_000),
      random: () => random.next(),
      sleep: () => scheduler.turn(),
      log: () => {},
    };
    return withMemory(parts, { renderer: this.#renderer, states: new Map() });
  }

  #stored(key: string, body: Uint8Array): void {
    const id = articleIdOf(key);
    // The write is the event.
    if (id !== undefined) this.#events.push({ id, body });
    this.#visible.onPut(key, body);
  }

  #take(): Event[] {
    const events: Event[] = [];
    const size = 1 + this.random.below(4);
    while (events.length < size && this.#events.length > 0) {
      const [event] = this.#events.splice(this.random.below(this.#events.length), 1);
      if (event) events.push(event);
      if (event && this.#duplicates > 0 && this.random.chance(0.15)) {
        this.#duplicates--;
        this.#events.push(event);
      }
    }
    return events;
  }

  #eventsNow(ids: string[]): Event[] {
    return this.#events.filter((event) => ids.includes(event.id)).slice(-1);
  }

  #spoil(services: Worker, events: Event[]): Worker {
    return this.#sabotage?.publish?.(services, events) ?? services;
  }

  #start(work: () => Promise<void>): void {
    this.#busy++;
    void work().then(
      () => this.#busy--,
      (error) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#busy--;
  }
}

/** The documents that the records alone give, on stores that never saw anything else. */
async function rebuildElsewhere(newsroom: Store): Promise<Store> {
  const stores = { newsroom: new MemoryStore(), published: new MemoryStore() };
  for await (const key of newsroom.list(ARTICLES)) {
    const stored = await newsroom.get(key);
    if (stored) await stores.newsroom.put(key, stored.body);
  }
  const pacing = { now: () => 0, random: () => 0, sleep: async () => {}, log: () => {} };
  await rebuild(createServices({ site: SITE, stores, ...pacing }));
  return stores.published;
}

async function compareSites(live: Store, rebuilt: Store): Promise<void> {
  const keys = new Set<string>();
  for (const store of [live, rebuilt]) for await (const key of store.list(FEEDS)) keys.add(key);
  for (const key of keys) {
    const [a, b] = [await live.get(key), await rebuilt.get(key)].map(
      (o) => o && Buffer.from(o.body).toString(),
    );
    if (a !== b) throw new Error(`${key} is not what a rebuild renders:\n${a}\n--- rebuilt:\n${b}`);
  }
  if (!resolveFeed(SITE, "all") || keys.size === 0) throw new Error("no documents at all");
}

/** Most editors go on; one goes back to a content that was replaced, and says so. */
function conditionsOf(send: Send): Preconditions {
  return send.kind === "send" && send.goesBack ? { ifMatch: () => true } : {};
}

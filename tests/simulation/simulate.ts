import { FlashwireError } from "../../src/core/errors.ts";
import { OPEN_KEY } from "../../src/core/keys.ts";
import { ingest, type Outcome, type Preconditions, withdraw } from "../../src/ingest/ingest.ts";
import { noRush, noTelling } from "../../src/publish/press.ts";
import type { ArticlesReport, PublishReport } from "../../src/publish/report.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { articleIdOf } from "../../src/repository/records.ts";
import { setMark } from "../../src/repository/rollout.ts";
import { putUpkeepState } from "../../src/repository/upkeep-state.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { Store } from "../../src/store/port.ts";
import { continueRound, newRound } from "../../src/upkeep/audit-round.ts";
import { never } from "../../src/upkeep/deps.ts";
import { beginEpoch } from "../../src/upkeep/epoch.ts";
import { fingerprintOf } from "../../src/upkeep/fingerprint.ts";
import { SETTLED_MS } from "../../src/upkeep/limits.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { createUpkeep, type Upkeep } from "../../src/upkeep/tick.ts";
import { promiseFor } from "./answered.ts";
import { checkAccepted, checkBreaking, checkDocuments } from "./at-rest.ts";
import { Clock, offsetOf } from "./clock.ts";
import { type Faults, FaultyStore, type Process } from "./faulty-store.ts";
import { checkGuids } from "./guids.ts";
import { LogWatch, SMALL_LOG } from "./log-watch.ts";
import { type Random, seededRandom } from "./random.ts";
import { Scheduler } from "./scheduler.ts";
import { SIMULATED } from "./site.ts";
import { type Event, type Sabotage, type Worker, withMemory } from "./spoil.ts";
import { TimelyStories } from "./timely.ts";
import { timedVersion } from "./times.ts";
import { checkTold } from "./told.ts";
import { VisibleDocuments } from "./visible.ts";
import { plan, type Send } from "./world.ts";

const MAX_STEPS = 200_000;
const UPKEEP = { settlesMs: 20_000, auditsAtStart: true };
/** Ticks that find something to do when all others have ended. */
const MAX_LAST_TICKS = 50;
/** Worlds of what newsrooms say about time. */
const WORLDS = 1_000;

class Crash extends Error {}

/** Milliseconds by which the clock of a process is ahead, and the faults that it may have. */
type Told = Awaited<ReturnType<typeof checkTold>>;
type Counts = TimelyStories["counts"] & Told & LogWatch["counts"];
type ProcessOptions = { offset?: number; faults?: Faults };

/** One run of the wire under faults. Throws at the first thing that must not happen. */
export async function simulate(
  seed: number,
  sabotage?: Sabotage,
): Promise<{ steps: number; faults: number; counts: Counts }> {
  const run = new Run(seed, sabotage);
  await run.toRest();
  const told = await run.check();
  const { steps } = run.scheduler;
  return { steps, faults: run.faultsHad, counts: { ...run.timely.counts, ...told, ...run.log.counts } };
}

class Run {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly faults: Faults = { left: 0, rate: 0.02 };
  /** Of ticks, which make few calls. */
  readonly #tickFaults: Faults = { left: 0, rate: 0.15 };
  faultsHad = 0;
  readonly #clock = new Clock();
  readonly timely = new TimelyStories(this.#clock);
  readonly #newsroom: Store = new MemoryStore(() => this.#clock.now);
  readonly #site: Store = new MemoryStore(() => this.#clock.now);
  readonly #renderer = createRenderer(SIMULATED);
  readonly #visible = new VisibleDocuments(this.#renderer);
  readonly log = new LogWatch();
  readonly #sabotage: Sabotage | undefined;
  readonly #events: Event[] = [];
  readonly #repairs = new Set<string>();
  readonly #acknowledged: Outcome[] = [];
  readonly #world: number;
  /** Whether the clocks of processes differ. */
  readonly #clocksDiffer: boolean;
  /** Whether the audit looks at everything in the run. Without it, the schedule alone tells what is due. */
  readonly #audits: boolean;
  #duplicates = 6;
  #busy = 0;
  /** When the last tick began that found nothing to do. */
  #restsSince = 0;
  #failure: unknown;
  /** The first answer of a publisher that was not true. */
  #broken: unknown;

  constructor(seed: number, sabotage: Sabotage | undefined) {
    this.random = seededRandom(seed);
    this.scheduler = new Scheduler(this.random);
    this.#sabotage = sabotage;
    this.#world = this.random.below(WORLDS);
    this.#clocksDiffer = this.random.chance(0.5);
    this.#audits = this.random.chance(0.2);
  }

  async toRest(): Promise<void> {
    await this.#begin();
    const many = this.random.chance(0.01);
    const sends = plan(this.random, many);
    this.faults.left = this.random.below(7);
    this.#tickFaults.left = this.random.below(4);
    const faultsAtStart = this.faults.left + this.#tickFaults.left;
    const clients = 1 + this.random.below(3);
    for (let i = 0; i < clients; i++) {
      this.#start(() => this.#client(sends.filter((_, at) => at % clients === i)));
    }
    if (this.random.chance(0.4)) this.#start(() => this.#operator());
    if (this.random.chance(0.3)) this.#start(() => this.#upkeep());
    if (this.random.chance(0.2)) this.#start(() => this.#newEpoch());
    if (this.random.chance(0.08)) this.#start(() => this.#loseLog());
    this.#start(() => this.#time(many ? 8 : 4));
    const publishers = 1 + this.random.below(3);
    for (let i = 0; i < publishers; i++) void this.#publisher().catch((error) => this.#fail(error));
    await this.#untilRest();
    this.faultsHad = faultsAtStart - this.faults.left - this.#tickFaults.left;
    this.faults.left = this.#tickFaults.left = 0;
    this.#clock.catchUp();
    this.#start(() => this.#lastTicks());
    void this.#publisher().catch((error) => this.#fail(error));
    await this.#untilRest();
    // The last publisher may have made a feed after the last tick: the directory follows.
    this.#start(() =>
      this.#inProcess((services) => this.#ticksUntilRest(this.#upkeepOf(services)), { offset: 0 }),
    );
    await this.#untilRest();
  }

  /** The wire before the first version. Most wires are marked, and their audit has just ended. */
  async #begin(): Promise<void> {
    this.#start(() => this.#inProcess(async (services) => void (await services.publisher.startFeeds())));
    await this.#untilRest();
    const stores = { newsroom: this.#newsroom, published: this.#site };
    if (!this.#audits) await putUpkeepState({ stores }, { nextRound: "2099-01-01T00:00:00.000Z" });
    if (!this.#audits || this.random.chance(0.5)) await setMark({ stores }, fingerprintOf(SIMULATED));
  }

  async #untilRest(): Promise<void> {
    await this.scheduler.run(MAX_STEPS);
    if (this.#failure) throw this.#failure;
  }

  /** Invariants 1, 2, 5, 8 and 9 at rest, and that every story has a guid of its own. */
  async check(): Promise<Told> {
    this.#visible.check();
    this.timely.check();
    this.log.check();
    checkAccepted(this.timely.written, this.#acknowledged);
    if (this.#broken) throw this.#broken;
    await checkGuids(this.#newsroom);
    this.timely.checkPending(this.#restsSince);
    await checkBreaking({ newsroom: this.#newsroom, site: this.#site }, this.#restsSince);
    const told = await checkTold(SIMULATED, this.#newsroom, this.#site);
    await checkDocuments(this.#newsroom, this.#site);
    await this.#auditLog();
    this.log.checkRest();
    return told;
  }

  /** The audit finds what was logged and not marked: a process ended between the two, and its articles were published by another one. */
  async #auditLog(): Promise<void> {
    const audit = (services: Worker) => async () => {
      const later = { ...services, now: () => this.#clock.now + SETTLED_MS + 1 };
      await continueRound(later, newRound(), { isOver: never, hasMarks: true });
    };
    this.#start(() => this.#inProcess((services) => audit(this.#spoilTick(services))(), { offset: 0 }));
    await this.#untilRest();
  }

  /** A newsroom that sends until it is answered. */
  async #client(sends: Send[]): Promise<void> {
    for (const send of sends) {
      await this.#untilAnswered(async (sound) => {
        const services = this.#sabotage?.ingest?.(sound) ?? sound;
        const outcome = await (send.kind === "send"
          ? ingest(services, timedVersion(this.#world, send.id, send.n, send.content), conditionsOf(send))
          : withdraw(services, send.id));
        this.#acknowledged.push(outcome);
        await this.#publishNow(sound, outcome);
      });
    }
  }

  /** Publishes inside the request what cannot wait for the event. */
  async #publishNow(sound: Worker, outcome: Outcome): Promise<void> {
    const { article } = outcome.record;
    const isKill = article.status === "withdrawn";
    if (!isKill && article.breaking === undefined) return;
    const { left } = await this.#publish(this.#spoil(sound, this.#eventsNow([outcome.id])), [outcome.id]);
    if (isKill && left.size === 0) this.timely.onKilled(outcome);
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
          const ids = events.map((event) => event.id);
          const report = await this.#publish(work, ids);
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

  async #publish({ publisher }: Worker, ids: string[]): Promise<ArticlesReport> {
    const promise = await promiseFor(this.#world, { newsroom: this.#newsroom, site: this.#site }, ids);
    const report = await publisher.publish(ids);
    await promise.check(report.left).catch((error: unknown) => {
      this.#broken ??= error;
    });
    return report;
  }

  /** Somebody rebuilds everything while the wire is live, again if it failed. */
  async #operator(): Promise<void> {
    await this.#untilAnswered(async (services) => {
      this.#digest(await rebuild(this.#spoil(services, [])));
    });
  }

  /** Somebody begins a new epoch of the log; the next ticks make its snapshot. */
  async #newEpoch(): Promise<void> {
    await this.#pause(100);
    await this.#untilAnswered(async (services) => void (await beginEpoch(services)));
  }

  /** The open page is lost: whoever comes next begins another epoch. */
  async #loseLog(): Promise<void> {
    await this.#pause(150);
    await this.#site.delete(OPEN_KEY);
  }

  /** Some ticks that are cut off now and then; in another process after each crash. */
  async #upkeep(): Promise<void> {
    let left = 1 + this.random.below(2);
    const ticks = async (services: Worker) => {
      const upkeep = this.#upkeepOf(services);
      for (; left > 0; left--) {
        await this.#pause(20);
        await upkeep.tick(() => this.random.chance(0.2));
      }
    };
    await this.#untilAnswered(ticks, { faults: this.#tickFaults });
  }

  /** Ticks until one finds nothing to do, now and at some later times. */
  async #lastTicks(): Promise<void> {
    const ticks = async (services: Worker) => {
      const upkeep = this.#upkeepOf(services);
      for (let jumps = this.random.below(3); jumps >= 0; jumps--) {
        await this.#ticksUntilRest(upkeep);
        if (jumps > 0) this.#clock.jump(this.random);
      }
    };
    await this.#inProcess(ticks, { offset: 0 });
  }

  async #ticksUntilRest(upkeep: Upkeep): Promise<void> {
    for (let ticks = 0; ticks < MAX_LAST_TICKS; ticks++) {
      this.#restsSince = this.#clock.now;
      if ((await upkeep.tick(never)).isAtRest) return;
    }
    throw new Error(`something is due after ${MAX_LAST_TICKS} ticks`);
  }

  #upkeepOf(services: Worker): Upkeep {
    return createUpkeep(this.#spoilTick(services), {
      ...UPKEEP,
      auditsAtStart: this.#audits,
      snapshotStories: SMALL_LOG.snapshotStories,
    });
  }

  #spoilTick(services: Worker): Worker {
    const { upkeep } = this.#sabotage ?? {};
    return upkeep?.(services) ?? { ...services, publisher: this.#spoil(services, []).publisher };
  }

  /** Time goes on while the others are at work. */
  async #time(maxJumps: number): Promise<void> {
    for (let jumps = this.random.below(maxJumps + 1); jumps > 0; jumps--) {
      await this.#pause(100);
      this.#clock.jump(this.random);
      for (let ticks = this.random.below(3); ticks > 0; ticks--) this.#start(() => this.#upkeep());
    }
  }

  async #pause(maxTurns: number): Promise<void> {
    for (let turns = this.random.below(maxTurns); turns > 0; turns--) await this.scheduler.turn();
  }

  #digest({ underfilled, failed }: PublishReport): void {
    for (const feed of underfilled) this.#repairs.add(feed);
    if (failed[0] !== undefined) throw failed[0].error;
  }

  async #untilAnswered(
    job: (services: Worker) => Promise<void>,
    options: ProcessOptions = {},
  ): Promise<void> {
    for (;;) {
      try {
        return await this.#inProcess(job, options);
      } catch (error) {
        if (error instanceof FlashwireError && error.code !== "busy") return;
      }
    }
  }

  /** Runs a job in a process of its own; a crash leaves it hanging for ever and is heard of from outside. */
  #inProcess(
    job: (services: Worker) => Promise<void>,
    { offset = this.#clocksDiffer ? offsetOf(this.random) : 0, faults = this.faults }: ProcessOptions = {},
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const process = { crashed: false, onCrash: () => reject(new Crash("crashed")) };
      job(this.#services(process, offset, faults)).then(resolve, reject);
    });
  }

  #services(process: Process, offset: number, faults: Faults): Worker {
    const { scheduler, random } = this;
    const on = { scheduler, random, faults, process };
    const watch = { onPut: (key: string, body: Uint8Array) => this.#stored(key, body) };
    const parts = {
      site: SIMULATED,
      stores: {
        newsroom: new FaultyStore(this.#newsroom, { ...on, watch }),
        published: new FaultyStore(this.#site, { ...on, watch }),
      },
      now: this.#clock.seenBy(offset),
      random: () => random.next(),
      sleep: () => scheduler.turn(),
      log: () => {},
      pageChanges: SMALL_LOG.pageChanges,
    };
    const told = noTelling();
    return withMemory(parts, { renderer: this.#renderer, states: new Map(), rush: noRush(), told });
  }

  #stored(key: string, body: Uint8Array): void {
    const id = articleIdOf(key);
    // The write is the event.
    if (id !== undefined) this.#events.push({ id, body });
    this.#visible.onPut(key, body);
    this.timely.onPut(key, body);
    this.log.onPut(key, body);
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

/** Most editors go on; one goes back to a content that was replaced, and says so. */
function conditionsOf(send: Send): Preconditions {
  return send.kind === "send" && send.goesBack ? { ifMatch: () => true } : {};
}

import { FlashwireError } from "../../src/core/errors.ts";
import type { Site } from "../../src/core/site.ts";
import type { Outcome } from "../../src/ingest/ingest.ts";
import { noRush, noTelling } from "../../src/publish/press.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { articleIdOf } from "../../src/repository/records.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { Store } from "../../src/store/port.ts";
import { Clock, offsetOf } from "./clock.ts";
import { type Faults, FaultyStore, type Process } from "./faulty-store.ts";
import { LogWatch, SMALL_LOG } from "./log-watch.ts";
import { Partners } from "./partners.ts";
import { type Random, seededRandom } from "./random.ts";
import { Scheduler } from "./scheduler.ts";
import { REPLACED, SIMULATED } from "./site.ts";
import { type Event, type Sabotage, type Worker, withMemory } from "./spoil.ts";
import { TimelyStories } from "./timely.ts";
import { VisibleDocuments } from "./visible.ts";

const MAX_STEPS = 200_000;
/** Worlds of what newsrooms say about time. */
const WORLDS = 1_000;
/** More turns than what a failed job has begun may take. */
const LATE_TURNS = 100;

export class Crash extends Error {}

/** Milliseconds by which the clock of a process is ahead, and the faults that it may have. */
export type ProcessOptions = { offset?: number; faults?: Faults };

/** The stores and the time of one run, the processes that work on them, and who watches what is written. */
export class Machine {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly faults: Faults = { left: 0, rate: 0.02 };
  /** Of ticks, which make few calls. */
  readonly tickFaults: Faults = { left: 0, rate: 0.15 };
  readonly clock = new Clock();
  readonly timely = new TimelyStories(this.clock);
  readonly newsroom: Store = new MemoryStore(() => this.clock.now);
  readonly published: Store = new MemoryStore(() => this.clock.now);
  readonly visible = new VisibleDocuments(createRenderer(SIMULATED));
  readonly log: LogWatch;
  readonly partners: Partners;
  readonly sabotage: Sabotage | undefined;
  readonly events: Event[] = [];
  /** Feeds that are short of entries. */
  readonly repairs = new Set<string>();
  readonly acknowledged: Outcome[] = [];
  readonly world: number;
  /** Whether the clocks of processes differ. */
  readonly clocksDiffer: boolean;
  /** Whether the audit looks at everything in the run. Without it, the schedule alone tells what is due. */
  readonly audits: boolean;
  /** The site files of the run, the later one last: most have one. */
  readonly sites: Site[];
  /** That of the processes which begin now. */
  site: Site;
  #processes = 0;
  /** Processes at work that began by the site file before. */
  #old = 0;
  readonly #renderers = new Map<Site, ReturnType<typeof createRenderer>>();
  #duplicates = 6;
  busy = 0;
  /** When the last tick began that found nothing to do. */
  restsSince = 0;
  #failure: unknown;
  /** The first answer of a publisher that was not true. */
  broken: unknown;

  constructor(seed: number, sabotage: Sabotage | undefined) {
    this.random = seededRandom(seed);
    this.scheduler = new Scheduler(this.random);
    this.sabotage = sabotage;
    this.world = this.random.below(WORLDS);
    this.clocksDiffer = this.random.chance(0.5);
    this.audits = this.random.chance(0.2);
    const isReplaced = this.random.chance(0.12);
    const sites = this.random.chance(0.5) ? [SIMULATED, REPLACED] : [REPLACED, SIMULATED];
    this.sites = isReplaced ? sites : [SIMULATED];
    this.site = this.sites[0] as Site;
    this.log = new LogWatch(this.sites);
    this.partners = new Partners(seed, this);
  }

  /** From here on processes begin by the other site file. The others are still at work. */
  changeSite(): void {
    this.#old = this.#processes;
    this.site = this.sites.at(-1) as Site;
  }

  /**
   * Until no process is at work that began by the site file before: a deploy waits so long before it begins its rollout. To be
   * called when a process begins.
   */
  async settled(): Promise<void> {
    while (this.#old > 0) await this.scheduler.turn();
    // A job that failed may have requests under way still.
    let turns = this.site === this.sites[0] ? 0 : LATE_TURNS;
    while (turns-- > 0) await this.scheduler.turn();
  }

  async untilRest(): Promise<void> {
    await this.scheduler.run(MAX_STEPS);
    if (this.#failure) throw this.#failure;
  }

  async pause(maxTurns: number): Promise<void> {
    for (let turns = this.random.below(maxTurns); turns > 0; turns--) await this.scheduler.turn();
  }

  start(work: () => Promise<void>): void {
    this.busy++;
    void work().then(
      () => this.busy--,
      (error) => this.fail(error),
    );
  }

  fail(error: unknown): void {
    this.#failure ??= error;
    this.busy--;
  }

  async untilAnswered(job: (services: Worker) => Promise<void>, options: ProcessOptions = {}): Promise<void> {
    for (;;) {
      try {
        return await this.inProcess(job, options);
      } catch (error) {
        if (error instanceof FlashwireError && error.code !== "busy") return;
      }
    }
  }

  /** Runs a job in a process of its own; a crash leaves it hanging for ever and is heard of from outside. */
  async inProcess(
    job: (services: Worker) => Promise<void>,
    { offset = this.clocksDiffer ? offsetOf(this.random) : 0, faults = this.faults }: ProcessOptions = {},
  ): Promise<void> {
    const { site } = this;
    this.#processes++;
    try {
      await new Promise<void>((resolve, reject) => {
        const process = { crashed: false, onCrash: () => reject(new Crash("crashed")) };
        job(this.#services(process, offset, faults)).then(resolve, reject);
      });
    } finally {
      this.#processes--;
      if (site !== this.site) this.#old--;
    }
  }

  readonly spoil = (services: Worker, events: Event[]): Worker =>
    this.sabotage?.publish?.(services, events) ?? services;

  /** Some of the events that wait, in any order; some come again. */
  take(): Event[] {
    const events: Event[] = [];
    const size = 1 + this.random.below(4);
    while (events.length < size && this.events.length > 0) {
      const [event] = this.events.splice(this.random.below(this.events.length), 1);
      if (event) events.push(event);
      if (event && this.#duplicates > 0 && this.random.chance(0.15)) {
        this.#duplicates--;
        this.events.push(event);
      }
    }
    return events;
  }

  #services(process: Process, offset: number, faults: Faults): Worker {
    const { scheduler, random, site } = this;
    const watch = { onPut: (key: string, body: Uint8Array) => this.#stored(key, body) };
    const on = { scheduler, random, faults, process, watch };
    const parts = {
      site,
      stores: {
        newsroom: new FaultyStore(this.newsroom, on),
        published: new FaultyStore(this.published, on),
      },
      now: this.clock.seenBy(offset),
      random: () => random.next(),
      sleep: () => scheduler.turn(),
      log: () => {},
      pageChanges: SMALL_LOG.pageChanges,
    };
    const renderer = this.#renderers.get(site) ?? createRenderer(site);
    this.#renderers.set(site, renderer);
    return withMemory(parts, { renderer, states: new Map(), rush: noRush(), told: noTelling() });
  }

  #stored(key: string, body: Uint8Array): void {
    const id = articleIdOf(key);
    // The write is the event.
    if (id !== undefined) this.events.push({ id, body });
    // Which stories a window may hold is known only while there is one site file.
    if (this.sites.length === 1) this.visible.onPut(key, body);
    this.timely.onPut(key, body);
    this.log.onPut(key, body);
    this.partners.onChange(key, body);
  }
}

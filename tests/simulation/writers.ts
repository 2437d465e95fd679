import { OPEN_KEY } from "../../src/core/keys.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { noRush, type PublisherMemory } from "../../src/publish/press.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { WINDOWS } from "../../src/repository/windows.ts";
import { createServices, type Services } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { Stores } from "../../src/store/stores.ts";
import { documentKey } from "../support/documents.ts";
import { testSite } from "../support/site.ts";
import { type Random, seededRandom } from "./random.ts";
import { noTraffic, slowStore, type Traffic } from "./slow-store.ts";
import { VirtualTime } from "./virtual-time.ts";

/*
 * The real wire over a store with the latencies of S3, in virtual time: how fast many writers at once are. What
 * functions compute takes no time here.
 */

const SITE = testSite();
const CLOCK = Date.UTC(2026, 0, 3);
/** The stories of a run come a second after each other, and none is dated ahead. */
const FIRST_STORY = Date.UTC(2026, 0, 2);
/** No run of the model takes longer, milliseconds. */
const MAX_RUN_MS = 600_000;
/** Stories that are there before: more than a window of the site shows. */
const OLD_STORIES = 60;

/** `all`, `section/world`, `language/en` and five tags: every story is in the same eight feeds. */
export const story = (id: string, n: number) => ({
  id,
  url: `https://news.example.org/${id}`,
  headline: `Story ${id}`,
  section: "World",
  language: "en",
  tags: ["Diplomacy", "Korea", "Trade", "Asia", "Elections"].map((name) => ({ name })),
  published: new Date(FIRST_STORY + n * 1_000).toISOString(),
  updated: new Date(FIRST_STORY + n * 1_000).toISOString(),
  status: "published" as const,
});

/** A wire with some stories, and processes that reach it over the network. */
export class SlowWire {
  readonly time = new VirtualTime();
  readonly traffic: Traffic = noTraffic();
  readonly random: Random;
  readonly stores: Stores;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    const now = () => CLOCK + this.time.now;
    this.stores = { newsroom: new MemoryStore(now), published: new MemoryStore(now) };
  }

  /** On the store itself, where nothing takes time. */
  near(): Services {
    return this.#services(this.stores);
  }

  /**
   * A process of its own, which remembers no feed. `isRushed`: it has met other publishers of late. `delay`: milliseconds
   * for which it computes before it writes a window.
   */
  process({ isRushed = false, delay = 0 } = {}): Services {
    const { time, random, traffic } = this;
    const stores = {
      newsroom: decorate(slowStore(this.stores.newsroom, time, random, traffic), (store) => ({
        put: async (key, ...rest) => {
          if (key.startsWith(WINDOWS) && delay > 0) await time.sleep(delay);
          return store.put(key, ...rest);
        },
      })),
      published: slowStore(this.stores.published, time, random, traffic),
    };
    const rush = { ...noRush(), calls: isRushed ? 1 : 0 };
    return this.#services(stores, { renderer: createRenderer(SITE), states: new Map(), rush });
  }

  async fill(): Promise<void> {
    const services = this.near();
    await services.publisher.startFeeds();
    const ids = Array.from({ length: OLD_STORIES }, (_, n) => `old-${n}`);
    for (const [n, id] of ids.entries()) await ingest(services, story(id, n));
    await services.publisher.publish(ids);
  }

  #services(stores: Stores, memory?: PublisherMemory): Services {
    return createServices({
      ...(memory === undefined ? {} : { memory }),
      site: SITE,
      stores,
      now: () => CLOCK + this.time.now,
      random: () => this.random.next(),
      sleep: (milliseconds) => this.time.sleep(milliseconds),
      log: () => {},
    });
  }
}

export type FlashOptions = {
  seed: number;
  flashes?: number;
  /** Whether the processes have published before, and remember how the feeds were then. */
  warm?: boolean;
  /** Whether publishers of the queue take up the events of the flashes as well. */
  queued?: boolean;
};

/**
 * Milliseconds from the requests, all at one moment, until each flash is `shown` in `all` and `breaking`, until the log has
 * `told` of each, and until the `last` request is answered.
 */
export async function flashesAtOnce({ seed, flashes = 10, warm = false, queued = false }: FlashOptions) {
  const wire = new SlowWire(seed);
  await wire.fill();
  const processes = Array.from({ length: flashes }, () => wire.process());
  if (warm) {
    for (const services of processes) void services.publisher.publish(["old-1"]);
    await wire.time.run(MAX_RUN_MS);
  }
  const begin = wire.time.now;
  const ids = processes.map((_, n) => `flash-${n}`);
  const seen = (key: string) => firstWith(wire, key, ids);
  const [all, breaking, log] = [
    seen(documentKey("all", "json")),
    seen(documentKey("breaking", "json")),
    seen(OPEN_KEY),
  ];
  const done: number[] = [];
  const send = async (services: Services, n: number) => {
    const id = `flash-${n}`;
    await ingest(services, { ...story(id, 1_000 + n), breaking: { level: "flash" } });
    if (queued) void later(wire, id);
    const report = await services.publisher.publish([id]);
    for (const error of report.left.values()) throw error;
    await expectShown(wire.stores, id);
    done.push(wire.time.now - begin);
  };
  const sent = Promise.all(processes.map(send));
  await wire.time.run(begin + MAX_RUN_MS);
  await sent;
  const after = (...moments: { at: number }[]) => Math.max(...moments.map(({ at }) => at)) - begin;
  return { shown: after(all, breaking), told: after(log), last: Math.max(...done), ...wire.traffic };
}

/** The moment at which the published document under this key names all of these stories for the first time. */
function firstWith({ stores: { published }, time }: SlowWire, key: string, ids: string[]): { at: number } {
  const first = { at: Number.NaN };
  const put = published.put.bind(published);
  published.put = async (...args) => {
    const etag = await put(...args);
    if (args[0] !== key || typeof etag !== "string" || !Number.isNaN(first.at)) return etag;
    const text = Buffer.from(args[1]).toString();
    if (ids.every((id) => text.includes(`/${id}${key === OPEN_KEY ? ".json" : ""}"`))) first.at = time.now;
    return etag;
  };
  return first;
}

/** The event of a write reaches a publisher of the queue. */
async function later(wire: SlowWire, id: string): Promise<void> {
  await wire.time.sleep(100 + wire.random.next() * 200);
  await wire.process().publisher.publish([id]);
}

async function expectShown(stores: Stores, id: string): Promise<void> {
  for (const feed of ["all", "breaking"]) {
    const stored = await stores.published.get(documentKey(feed, "json"));
    if (!Buffer.from(stored?.body ?? "").includes(`/${id}"`)) throw new Error(`${id} is not in ${feed}`);
  }
}

export type StreamOptions = {
  seed: number;
  publishers: number;
  articles: number;
  /** What a publisher takes from the queue at once, at most. */
  batch: number;
  /** Articles that the newsrooms send in a second; without it they all wait in the queue. */
  rate?: number;
};

/** Articles that reach the documents of all their feeds in a second. */
export async function stream({ seed, publishers, articles, batch, rate = Infinity }: StreamOptions) {
  const wire = new SlowWire(seed);
  await wire.fill();
  const near = wire.near();
  const queue: { id: string; at: number }[] = [];
  for (let n = 0; n < articles; n++) {
    await ingest(near, story(`new-${n}`, 1_000 + n));
    queue.push({ id: `new-${n}`, at: (n / rate) * 1_000 });
  }
  let underWay = 0;
  const work = async () => {
    const { publisher } = wire.process();
    while (queue.length > 0 || underWay > 0) {
      const ready = queue.filter(({ at }) => at <= wire.time.now).slice(0, batch);
      for (const message of ready) queue.splice(queue.indexOf(message), 1);
      if (ready.length === 0) {
        await wire.time.sleep(20);
        continue;
      }
      underWay++;
      const { left } = await publisher.publish(ready.map(({ id }) => id));
      queue.push(...ready.filter(({ id }) => left.has(id)));
      underWay--;
    }
  };
  const worked = Promise.all(Array.from({ length: publishers }, work));
  await wire.time.run(MAX_RUN_MS);
  await worked;
  return { perSecond: (articles / wire.time.now) * 1_000, ...wire.traffic };
}

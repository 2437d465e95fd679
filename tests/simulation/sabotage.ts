import { FEEDS } from "../../src/core/keys.ts";
import type { PublisherMemory } from "../../src/publish/press.ts";
import { GUIDS } from "../../src/repository/guids.ts";
import { WINDOWS } from "../../src/repository/windows.ts";
import { createServices, type ServiceOptions, type Services } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import type { Store } from "../../src/store/port.ts";

/** An event as the queue carries it. The real code is only ever given the id. */
export type Event = { id: string; body: Uint8Array };

/** The services of one process, and what its publisher remembers: warm from job to job until the process crashes. */
export type Worker = Services & { memory: PublisherMemory };

/** These services with this memory, as a process has them that goes on with the next job. */
export function withMemory(services: ServiceOptions, memory: PublisherMemory): Worker {
  return { ...createServices({ ...services, memory }), memory };
}

/** The wrong orders that the mechanism must not have, put in from outside: each spoils the stores of one job. */
export type Sabotage = {
  ingest?: (services: Worker) => Worker;
  publish?: (services: Worker, events: Event[]) => Worker;
  /** The tick; without it as `publish`. */
  upkeep?: (services: Worker) => Worker;
};

export const SABOTAGES: Record<string, Sabotage> = {
  "record read before the loop": {
    publish: (services) => {
      const first = new Map<string, ReturnType<Store["get"]>>();
      return withStores(services, {
        newsroom: (store) => ({
          get: (key) => {
            if (key.startsWith(WINDOWS)) return store.get(key);
            const known = first.get(key) ?? store.get(key);
            first.set(key, known);
            return known;
          },
        }),
      });
    },
  },

  "payload folded from the event": {
    publish: (services, events) =>
      withStores(services, {
        newsroom: (store) => ({
          get: async (key) => {
            const event = events.find(({ id }) => key === `articles/${id}.json`);
            const stored = await store.get(key);
            return event === undefined ? stored : stored && { ...stored, body: event.body };
          },
        }),
      }),
  },

  "guid claimed without a condition": {
    ingest: (services) =>
      withStores(services, {
        newsroom: (store) => ({
          put: (key, body, options) => store.put(key, body, key.startsWith(GUIDS) ? {} : options),
        }),
      }),
  },

  "document put without a guard": {
    publish: (services) =>
      withStores(services, {
        published: (store) => ({ put: (key, body) => store.put(key, body) }),
      }),
  },

  "document put skipped when the window did not change": {
    publish: (services) => {
      const changed = new Set<string>();
      return withStores(services, {
        newsroom: (store) => ({
          put: (key, body, options) => {
            changed.add(key.slice(WINDOWS.length, -".json".length));
            return store.put(key, body, options);
          },
        }),
        published: (store) => ({
          put: (key, body, options) => {
            const feed = key.slice(FEEDS.length, key.lastIndexOf("/"));
            if (changed.has(feed)) return store.put(key, body, options);
            return Promise.resolve(store.etagOf(body) ?? "");
          },
        }),
      });
    },
  },
};

const noChange = () => ({});

function withStores(
  services: Worker,
  change: { newsroom?: (store: Store) => Partial<Store>; published?: (store: Store) => Partial<Store> },
): Worker {
  const { newsroom, published } = services.stores;
  const stores = {
    newsroom: decorate(newsroom, change.newsroom ?? noChange),
    published: decorate(published, change.published ?? noChange),
  };
  return withMemory({ ...services, stores }, services.memory);
}

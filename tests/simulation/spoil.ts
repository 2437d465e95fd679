import type { PublisherMemory } from "../../src/publish/press.ts";
import { createServices, type ServiceOptions, type Services } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import type { Store } from "../../src/store/port.ts";
import type { PartnerSabotage } from "./partner.ts";

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
  /** The tick. Without it only what the tick publishes is spoiled, as by `publish`. */
  upkeep?: (services: Worker) => Worker;
  /** The program of each partner. */
  partner?: PartnerSabotage;
};

const noChange = () => ({});

export function withStores(
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

import type { Site } from "./core/site.ts";
import type { PublisherMemory } from "./publish/press.ts";
import { createPublisher, type Publisher } from "./publish/publisher.ts";
import type { Log, Stores } from "./store/stores.ts";

/**
 * The parts of a wire, made once at the edge: time, randomness and the network enter here and nowhere else. A function
 * asks for the parts that it needs, never for all of them.
 */
export type Parts = {
  site: Site;
  stores: Stores;
  /** Milliseconds since 1970. */
  now(): number;
  /** 0 up to but not including 1. */
  random(): number;
  sleep(milliseconds: number): Promise<void>;
  log: Log;
  /** Changes in a closed page of the log, in a test that wants many pages: see `PublisherParts`. */
  pageChanges?: number;
};

/** The parts with a publisher on them. */
export type Services = Parts & { publisher: Publisher };

/** The clock, chance and pauses are the real ones unless the caller brings others. */
export type PartOptions = Pick<Parts, "site" | "stores" | "log"> & Partial<Parts>;

/** `memory` is fresh unless the caller brings that of another publisher. `feedsAtOnce`: see `PublisherParts`. */
export type ServiceOptions = PartOptions & { memory?: PublisherMemory; feedsAtOnce?: number };

/** For a process that never publishes: a bundle of it holds no renderer. */
export function createParts({ site, stores, log, ...others }: PartOptions): Parts {
  const { now = Date.now, random = Math.random, sleep = pause, pageChanges } = others;
  return { site, stores, log, now, random, sleep, ...(pageChanges !== undefined && { pageChanges }) };
}

export function createServices({ memory, feedsAtOnce, ...options }: ServiceOptions): Services {
  const parts = createParts(options);
  const pace = feedsAtOnce === undefined ? {} : { feedsAtOnce };
  return { ...parts, publisher: createPublisher({ ...parts, ...pace }, memory) };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

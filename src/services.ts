import type { Site } from "./core/site.ts";
import type { PublisherMemory } from "./publish/press.ts";
import { createPublisher, type Publisher } from "./publish/publisher.ts";
import type { Log, Stores } from "./store/stores.ts";

/**
 * The parts of a wire, made once at the edge: time, randomness and the network enter here and nowhere else. A function
 * asks for the parts that it needs, never for all of them.
 */
export type Services = {
  site: Site;
  stores: Stores;
  publisher: Publisher;
  /** Milliseconds since 1970. */
  now(): number;
  /** 0 up to but not including 1. */
  random(): number;
  sleep(milliseconds: number): Promise<void>;
  log: Log;
};

/** The clock, chance, pauses and the publisher's memory are real and fresh unless the caller brings others. */
export type ServiceOptions = Pick<Services, "site" | "stores" | "log"> &
  Partial<Pick<Services, "now" | "random" | "sleep">> & { memory?: PublisherMemory };

export function createServices({ site, stores, log, memory, ...others }: ServiceOptions): Services {
  const { now = Date.now, random = Math.random, sleep = pause } = others;
  const parts = { site, stores, log, now, random, sleep };
  return { ...parts, publisher: createPublisher(parts, memory) };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

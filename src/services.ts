import type { Site } from "./core/site.ts";
import type { FeedState } from "./publish.ts";
import type { Renderer } from "./render/renderer.ts";
import type { Store } from "./store/port.ts";

/** What the use cases need. Built once, at the edge: time, randomness and the network enter here and nowhere else. */
export type Services = {
  site: Site;
  stores: {
    /** Private: `articles/`, `windows/`. */
    newsroom: Store;
    /** What the public reads: `feeds/`. */
    site: Store;
  };
  renderer: Renderer;
  /** What a warm process remembers of the feeds that it last wrote. Only ever a hint: every write is conditional. */
  states: Map<string, FeedState>;
  /** Milliseconds since 1970. */
  now(): number;
  /** 0 up to but not including 1. */
  random(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Structured events for operators; never the text of an article, never a token. */
  log(event: string, details?: Record<string, unknown>): void;
};

import type { Site } from "../core/site.ts";
import type { Renderer } from "../render/renderer.ts";
import type { FeedState } from "../repository/windows.ts";
import type { Pacing } from "../store/cas.ts";
import type { Log, Stores } from "../store/stores.ts";

/** What publishing needs of the wire. */
export type PublisherParts = Pacing & { site: Site; stores: Stores; log: Log };

/** What a warm process remembers. It is only a hint: every write is conditional. */
export type PublisherMemory = { renderer: Renderer; states: FeedStates };

/** The state of each feed that this process last wrote, by the feed's name. */
export type FeedStates = {
  get(feed: string): FeedState | undefined;
  set(feed: string, state: FeedState): unknown;
  delete(feed: string): unknown;
  entries(): Iterable<[string, FeedState]>;
};

/** The parts together with the memory: what each step of publishing is given. */
export type Press = PublisherParts & PublisherMemory;

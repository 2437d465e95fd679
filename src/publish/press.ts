import type { Site } from "../core/site.ts";
import type { Renderer } from "../render/renderer.ts";
import type { StoredOpen } from "../repository/change-log.ts";
import type { FeedState } from "../repository/windows.ts";
import type { Pacing } from "../store/cas.ts";
import type { Log, Stores } from "../store/stores.ts";

/** What publishing needs of the wire. `now`: milliseconds since 1970, for the names of epochs alone. */
export type PublisherParts = Pacing & {
  site: Site;
  stores: Stores;
  log: Log;
  now(): number;
  /** Changes in a closed page of the log: PAGE_CHANGES but in a test. It stays what it is as long as there is a log. */
  pageChanges?: number;
  /** Feeds that are written at once: CONCURRENCY where a store answers over a network. */
  feedsAtOnce?: number;
};

/** What a warm process remembers. It is only a hint: every write is conditional. */
export type PublisherMemory = {
  renderer: Renderer;
  states: FeedStates;
  rush?: Rush;
  told?: Telling;
  loads?: Loads;
};

/** Whether the files that pages load are stored, as far as this process knows. */
export type Loads = { stored?: Promise<void> };

/** What a publisher remembers of the log: the open page as it last wrote it, and the end of what it tells the log now. */
export type Telling = { open?: Required<StoredOpen>; last: Promise<unknown>; home: HomeTelling };

/** What it remembers of the page at the root: how often it wrote the page, and the end of the writing under way. */
export type HomeTelling = { writes: number; last: Promise<unknown> };

export const noTelling = (): Telling => ({
  last: Promise.resolve(),
  home: { writes: 0, last: Promise.resolve() },
});

/** What a publisher knows of other publishers that write at the same time. */
export type Rush = {
  /** How many more calls begin with taking turns. It is a count, because clocks jump. */
  calls: number;
  /** Another publisher has written since this one did, so what is remembered of these feeds is old. */
  isBehind: boolean;
  /** Notes of others that the last call began with. */
  others: number;
  /** The feeds that the last call touched. */
  feeds: string[];
};

export const noRush = (): Rush => ({ calls: 0, isBehind: false, others: 0, feeds: [] });

/** The state of each feed that this process last wrote, by the feed's name. */
export type FeedStates = {
  get(feed: string): FeedState | undefined;
  set(feed: string, state: FeedState): unknown;
  delete(feed: string): unknown;
  entries(): Iterable<[string, FeedState]>;
};

/** The parts together with the memory: what each step of publishing is given. */
export type Press = PublisherParts & Required<PublisherMemory>;

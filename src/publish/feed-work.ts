import type { Window } from "../core/window.ts";
import type { Expected } from "../store/port.ts";

/** Work on one feed: the records to fold, and what to do to the window after that. */
export type FeedWork = {
  ids: ReadonlySet<string>;
  /** Also fold every record that the window already names. */
  recheck?: boolean;
  finish?: (window: Window) => Window;
  /** The damaged or lost window that is made from nothing: `ids` are all that belongs into it. */
  replaces?: Expected;
};

/** A document that was written, with its new ETag; without an ETag it was removed. */
export type Changed = { key: string; etag?: string };

/**
 * What one round did to a feed. `isNew`: the directory was asked to list it. `lost`: another writer was faster, and the next round takes up `task`. `isRace`: the other
 * writer came between a read of this round and a write.
 */
export type Outcome =
  | { is: "written"; changed: Changed[]; isNew: boolean; isUnderfilled: boolean }
  | { is: "lost"; task: FeedWork; isRace: boolean }
  | { is: "failed"; error: unknown };

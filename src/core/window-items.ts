import type { BreakingLevel } from "./levels.ts";
import type { Shelf } from "./shelf.ts";
import type { Order } from "./site.ts";

/** What the windows of feeds hold: references to records, never their content. */

/** A reference to one version of one article. */
export type Entry = {
  id: string;
  version: string;
  published: string;
  updated: string;
  label?: string;
  /** Only in a feed whose order is `breaking`. */
  level?: BreakingLevel;
};

/** An entry with the date of its last correction or clarification. */
export type LateEntry = Entry & { corrected: string };

/**
 * A reference to the newest version of any record that was ever in the feed, shown or not. A digest of those taken in
 * last is in the documents. It keeps a document from ever returning to bytes that it had before, so that its ETag,
 * which names bytes, tells an overtaken writer that it was overtaken.
 */
export type VersionReference = { id: string; version: string; updated: string; accepted: string };

/**
 * A reference to a withdrawal. `accepted`: when the wire took it in. `published`: when documents say that the story was
 * published; windows of earlier versions lack it. `notice`: what the public is told.
 */
export type Tombstone = VersionReference & { guid: string; published?: string; notice?: string };

/** A tombstone of which documents can show a stub. */
export type StubReference = Tombstone & { published: string };

/** The newest entries of one feed. `revision` counts its writes; nothing rendered depends on it. */
export type Window = {
  feed: string;
  revision: number;
  order: Order;
  entries: Shelf<Entry>;
  tombstones: Shelf<Tombstone>;
  changes: Shelf<VersionReference>;
  /** Stories with a correction, by its date: they stay visible when many newer stories have come since. */
  late: Shelf<LateEntry>;
  /** Set while a rebuild looks for entries below the old floor: the token of that rebuild. */
  rebuilding?: string;
  /**
   * The last write made the newest story spell the value of the feed in another way. The next writer asks for it to be
   * listed, too: the writer of this window may have been cut off before it asked.
   */
  respelled?: boolean;
};

export const SHELVES = ["entries", "tombstones", "changes", "late"] as const;

/** What a scan of the records found for one feed. */
export type Shelves = Pick<Window, (typeof SHELVES)[number]>;

/** Every reference in the shelves; an article may have several. */
export function referencesIn(shelves: Shelves): { id: string }[] {
  return SHELVES.flatMap((shelf): { id: string }[] => shelves[shelf].items);
}

/** How many references the shelves hold. */
export function sizeOf(shelves: Shelves): number {
  return SHELVES.reduce((size, shelf) => size + shelves[shelf].items.length, 0);
}

import type { Cursor, Dropped, Takedown } from "./log.ts";
import { takedownsOf } from "./log.ts";
import type { Story } from "./story.ts";

/** What is to be done next, in this order; the cursor is kept last. See `follow`. */
export type Batch = {
  kills: Takedown[];
  removed: Takedown[];
  dropped?: Dropped;
  stories: Story[];
  tombstones: Story[];
  cursor: Cursor;
  behind: Behind;
};

/**
 * How far the cursor is behind the wire: changes of the log, pages of the snapshot, and the seconds since the wire accepted the
 * first change that is missing, where that is known.
 */
export type Behind = { changes: number; pages: number; seconds?: number };

/** What came: takedowns, or stories. */
export type Came = { takedowns: Takedown[]; stories: Story[]; dropped?: Dropped | undefined };

export function batchOf(
  { takedowns, stories, dropped }: Came,
  place: Pick<Batch, "cursor" | "behind">,
): Batch {
  const gone = [...takedowns, ...stories.flatMap(newTakedownsOf)];
  return {
    kills: gone.filter(({ kind }) => kind !== "removed"),
    removed: gone.filter(({ kind }) => kind === "removed"),
    ...(dropped !== undefined && { dropped }),
    stories: stories.filter(({ status }) => status === "published"),
    tombstones: stories.filter(({ status }) => status === "withdrawn" || status === "purged"),
    ...place,
  };
}

/** A story that is newer than its change may be gone by now; else its change has said so. */
function newTakedownsOf({ id, guid, version, order, status, named }: Story): Takedown[] {
  if (order === named.order) return [];
  const { feeds, href, digest } = named;
  return takedownsOf({ id, guid, version, order, feeds, href, digest, status });
}

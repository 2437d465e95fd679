import { placements } from "./feed.ts";
import { earlier } from "./later.ts";
import type { BreakingLevel } from "./levels.ts";
import { orderOf } from "./order.ts";
import { isWaiting, type StoredRecord, shownBreaking, shownUpdated } from "./record.ts";
import type { Site } from "./site.ts";
import { SMOKE_ID } from "./smoke.ts";
import { versionOf } from "./version.ts";

/**
 * What the public may know of a story: `published`, a feed selects it; `removed`, no feed does any more (it moved out of all,
 * expired, or waits again); `withdrawn`, it was killed; `purged`, it was killed, and every copy of it has to be deleted.
 */
export const STORY_STATUSES = ["published", "removed", "withdrawn", "purged"] as const;
export type StoryStatus = (typeof STORY_STATUSES)[number];

/** Whether the story was killed. */
export const isKilled = ({ status }: { status: StoryStatus }) =>
  status === "withdrawn" || status === "purged";

/** The state of a story in one version, as the log, its mark and the story itself name it. */
export type StoryState = {
  /** Opaque; `order` is what compares. */
  version: string;
  order: string;
  status: StoryStatus;
  /** The feeds that select the story; of one that is removed or killed, those that ever had it. Sorted. */
  feeds: string[];
  /** The level of breaking news that documents show. */
  breaking?: BreakingLevel;
};

/**
 * Undefined where nothing of the article is public: no feed ever selected it, or it is the test of the wire. `isKnown`: an
 * earlier version is public, so a story that no feed selects is `removed`.
 */
export function storyState(site: Site, record: StoredRecord, isKnown = false): StoryState | undefined {
  const { article } = record;
  if (article.id === SMOKE_ID) return undefined;
  const places = [...placements(site, record).keys()].sort();
  const isPublished = article.status === "published" && places.length > 0;
  if (!isPublished && record.feeds.length === 0 && !isKnown) return undefined;
  const killed = record.purged === true ? "purged" : "withdrawn";
  const gone = article.status === "withdrawn" ? killed : "removed";
  const breaking = isPublished ? shownBreaking(record)?.level : undefined;
  return {
    version: versionOf(record),
    order: orderOf(record),
    status: isPublished ? "published" : gone,
    feeds: isPublished ? places : [...record.feeds].sort(),
    ...(breaking !== undefined && { breaking }),
  };
}

/** When the story was updated, as the log tells it: RFC 3339, UTC. A story that waits does not tell its time. */
export function toldUpdated(record: StoredRecord): string {
  const updated = shownUpdated(record);
  return isWaiting(record) ? earlier(record.accepted ?? updated, updated) : updated;
}

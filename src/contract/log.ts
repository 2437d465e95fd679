import * as v from "valibot";
import { CHANGE_KINDS } from "../core/article.ts";
import { STORY_CHANGE_KINDS } from "../core/change.ts";
import { BREAKING_LEVELS } from "../core/levels.ts";
import { count, feeds, named, order, state, text, time, version, withdrawal } from "./story.ts";

/**
 * What consumers read: the pages of the change log and those of snapshots. A newer wire may write
 * further members, so no schema here forbids them.
 */

const AFTER =
  "The last withdrawal that the story came back from, where the log has no change for it. A consumer that has an older version learns of the kill by it.";

const change = v.object({
  seq: count(1, "The sequence number: from 1, without a gap in its epoch.", 18_433),
  at: time(
    "When the newsroom's record was accepted, or when time changed what it shows, such as the end of an embargo (RFC 3339).",
    "2026-11-02T08:45:02.120Z",
  ),
  kind: v.pipe(
    v.union([v.picklist(STORY_CHANGE_KINDS), v.string()]),
    v.description(
      "What the change did to the story. `withdrawn` and `purged` are kills. `removed`: no feed shows the story any more. Later versions of the wire may have further kinds: read the story, which says its status.",
    ),
    v.examples(["corrected"]),
  ),
  id: named.id,
  guid: named.guid,
  version,
  order,
  updated: time("When documents say that the story was updated (RFC 3339).", "2026-11-02T08:45:00.000Z"),
  feeds: feeds("The feeds that show the story, sorted; of one that is gone, those that ever did."),
  href: named.href,
  digest: named.digest,
  after: v.exactOptional(withdrawal(AFTER)),
  breaking: v.exactOptional(
    v.pipe(
      v.object({
        level: v.pipe(
          v.picklist(BREAKING_LEVELS),
          v.description("How strong the flag is: `flash`, `bulletin`, `urgent`, strongest first."),
        ),
        until: v.exactOptional(time("When the flag ends (RFC 3339).", "2026-11-02T10:45:00.000Z")),
      }),
      v.description("The newsroom flags the story as breaking news."),
    ),
  ),
  change: v.exactOptional(
    v.pipe(
      v.picklist(CHANGE_KINDS),
      v.description("What the newsroom calls the change. Its note stands in the story alone."),
      v.examples(["correction"]),
    ),
  ),
});

const epoch = text(
  "The name of the epoch. Of two texts the one that is greater, character by character, names the later epoch.",
  "00mwykt4z00gna",
);

/** The open page, and a closed one, which has no `snapshot`. */
export const LogPageSchema = v.object({
  epoch,
  first: count(
    1,
    "The sequence number of the first change in the page; of the next change where the page has none.",
    18_433,
  ),
  snapshot: v.exactOptional(
    v.pipe(
      v.nullable(
        v.object({
          seq: count(0, "The changes behind this sequence number follow the snapshot.", 0),
          pages: count(0, "The snapshot has so many pages, from 0: /snapshots/{epoch}/{k}.json.", 12),
        }),
      ),
      v.description(
        "In the open page alone: where a consumer without a cursor begins. null as long as the snapshot is being made.",
      ),
    ),
  ),
  changes: v.pipe(v.array(change), v.description("The changes, the oldest first.")),
});

export const SnapshotSchema = v.object({
  epoch,
  stories: v.pipe(
    v.array(v.object({ ...named, ...state })),
    v.description("The stories and the tombstones of the wire, in no promised order."),
  ),
});

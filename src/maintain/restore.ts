import { FlashwireError } from "../core/errors.ts";
import { later } from "../core/later.ts";
import { type StoredRecord, shownUpdated } from "../core/record.ts";
import { versionOf } from "../core/version.ts";
import type { IngestDeps } from "../ingest/decide.ts";
import { nextRecord } from "../ingest/next-record.ts";
import { foundOf } from "../ingest/stored.ts";
import { remind, remindAgain } from "../life/remind.ts";
import { claimGuid } from "../repository/guids.ts";
import { recordBytes } from "../repository/record-form.ts";
import { putRecord, readRecord } from "../repository/records.ts";
import { orUnreadable, UnreadableError } from "../repository/stored-json.ts";
import { compareAndSwap } from "../store/cas.ts";
import { CONFLICT } from "../store/port.ts";

/**
 * A record as it was. `newer`: how many versions were written after it, at the least. `isOvertaken`: whether readers may
 * have seen one of them.
 */
export type Old = { record: StoredRecord; newer: number; isOvertaken: boolean };

export type Restored = {
  id: string;
  result: "restored" | "unchanged";
  /** What the restored record took the place of. */
  was: "published" | "withdrawn" | "unreadable" | "nothing";
  /** The wire's name of the version that is stored now. */
  version: string;
  /** Every feed in which the article stands, or stood by any version. */
  feeds: string[];
};

/**
 * Puts an old content of an article back, as an edition that is newer than all that windows and readers know. The edition keeps
 * the feeds of every version, so publishing it writes all of them. Documents date it now if a later version was there.
 * The replaced version changes nothing when it is sent once more; the next version of the newsroom is newer. Throws `withdrawn`
 * where a killed story would come back and `revives` is not set, `guid-taken` where another article has its guid by now.
 */
export function restore(deps: IngestDeps, id: string, old: Old, revives = false): Promise<Restored> {
  return compareAndSwap(deps, async () => {
    const stored = await orUnreadable(readRecord(deps, id));
    const current = stored instanceof UnreadableError ? undefined : stored;
    const was = stored instanceof UnreadableError ? "unreadable" : (current?.article.status ?? "nothing");
    const answer = (result: Restored["result"], record: StoredRecord): Restored => ({
      ...{ id, result, was, version: versionOf(record), feeds: record.feeds },
    });
    if (current !== undefined && JSON.stringify(current.article) === JSON.stringify(old.record.article))
      return answer("unchanged", current);
    if (was === "withdrawn" && old.record.article.status === "published" && !revives) throw killed(id);
    const now = deps.now();
    const record = restoredRecord(deps, old, current, now);
    if ((await claimGuid(deps, record.article)) === CONFLICT) return CONFLICT;
    await remind(deps, record);
    if ((await putRecord(deps, id, recordBytes(record), foundOf(stored))) === CONFLICT) return CONFLICT;
    await remindAgain(deps, record, now);
    return answer("restored", record);
  });
}

function killed(id: string): FlashwireError {
  const detail = `Article ${id} is withdrawn, and the version that is to be restored is live`;
  return new FlashwireError("withdrawn", `${detail}: give --revive to make the story public again.`);
}

function restoredRecord(
  { site }: IngestDeps,
  { record: old, newer, isOvertaken }: Old,
  current: StoredRecord | undefined,
  now: number,
): StoredRecord {
  const { article } = old;
  const base = current ?? old;
  const {
    history: _,
    dates,
    ...next
  } = nextRecord(site, article, {
    ...{ current: base, relation: "edition", found: old.feeds, now },
  });
  const shown = { ...next, ...(dates && { dates }) };
  const isBehind = current !== undefined || isOvertaken;
  const updated = isBehind ? later(new Date(now).toISOString(), shownUpdated(base)) : shownUpdated(shown);
  return {
    ...shown,
    // No edition of either version has this number: one name means one content.
    edition: Math.max(old.edition ?? 1, base.edition ?? 1) + newer + 1,
    ...(updated !== article.updated && { dates: { ...dates, updated } }),
    // The history of later versions is undone with them.
    ...(old.history && { history: old.history }),
  };
}

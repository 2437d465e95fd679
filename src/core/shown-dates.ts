import { earlier, later } from "./later.ts";
import { type StoredRecord, shownUpdated } from "./record.ts";
import { nextInstant } from "./version.ts";

/** The dates at which documents say that readers were told of a correction or a withdrawal: RFC 3339, UTC. */

/**
 * When readers were last told of a correction or a clarification of the article; undefined where they never were, and for
 * a withdrawn one. Clocks run ahead; nothing that the wire was told happened later.
 */
export function correctedAt(record: StoredRecord): string | undefined {
  const { article, history = [], accepted } = record;
  if (article.status === "withdrawn") return undefined;
  const { change } = article;
  const corrections = article.corrections ?? history;
  const last = change && { kind: change.kind, at: shownUpdated(record) };
  let latest: string | undefined;
  for (const told of [...(Array.isArray(corrections) ? corrections : []), last]) {
    // Somebody may have edited the record by hand.
    const isDate = typeof told?.at === "string" && !Number.isNaN(Date.parse(told.at));
    if (!isDate || told.kind === "update") continue;
    const at = told === last ? told.at : earlier(told.at, accepted ?? told.at);
    latest = latest === undefined ? at : later(latest, at);
  }
  return latest;
}

/** When documents say that a story was withdrawn: later than any date that they have shown of it. */
export function shownWithdrawn({ updated, accepted }: { updated: string; accepted: string }): string {
  return later(updated, accepted);
}

/** `when` of a tombstone: it counts only where it is later than the entry (RFC 6721 §3), which is the stub. */
export function deletedAt(withdrawn: { updated: string; accepted: string }): string {
  return nextInstant(shownWithdrawn(withdrawn));
}

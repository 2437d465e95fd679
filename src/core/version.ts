import type { Article } from "./article.ts";
import { compareInstants } from "./instant.ts";
import { notAfter } from "./later.ts";
import { MAX_CLOCK_AHEAD_MS } from "./limits.ts";
import { type Shown, type StoredRecord, shownBreaking, shownPublished, shownUpdated } from "./record.ts";

/** What the order of versions depends on. */
export type Ordered = Pick<StoredRecord, "article" | "accepted">;

/**
 * The order of an article's versions: `revision` where the newsroom sends one, else `updated` as sent. A record without a
 * revision counts as revision 0, so the order stays total when a newsroom begins to send revisions. A date that lay ahead
 * of the wire's clock counts as the time at which it came, so that a later version with a right date is newer.
 * A withdrawal is newer than the live article that it withdraws.
 */
export function compareVersions(a: Ordered, b: Ordered): number {
  const byDate = () => {
    const areBothAhead = isDatedAhead(a) && isDatedAhead(b);
    return areBothAhead
      ? compareInstants(a.article.updated, b.article.updated)
      : compareInstants(orderDate(a), orderDate(b));
  };
  return (
    (a.article.revision ?? 0) - (b.article.revision ?? 0) ||
    (hasRevision(a.article) ? 0 : byDate()) ||
    Number(a.article.status === "withdrawn") - Number(b.article.status === "withdrawn")
  );
}

/** Whether the version was dated further ahead than clocks differ. */
export function isDatedAhead({ article, accepted }: Ordered): boolean {
  const ahead = accepted === undefined ? 0 : Date.parse(article.updated) - Date.parse(accepted);
  return ahead > MAX_CLOCK_AHEAD_MS;
}

/** The date that orders a version without a revision. */
export function orderDate(record: Ordered): string {
  return isDatedAhead(record) ? (record.accepted as string) : record.article.updated;
}

/** Names what a record shows: the version, and the phase to which time has brought it. */
export function versionOf(record: StoredRecord): string {
  const { phase = 0 } = record;
  return phase === 0 ? sentVersionOf(record) : `${sentVersionOf(record)}/phase-${phase}`;
}

/** Names one version of one article for the newsroom: the same name means the same content, in every phase. */
export function sentVersionOf(record: Pick<StoredRecord, "article" | "accepted" | "edition">): string {
  const { article, edition = 1 } = record;
  const base = hasRevision(article) ? String(article.revision) : orderDate(record);
  const withdrawn = article.status === "withdrawn" ? "/withdrawn" : "";
  return `${base}${withdrawn}${edition > 1 ? `/${edition}` : ""}`;
}

/** The article as documents show it; undefined for a withdrawn one. */
export function shownArticle(record: StoredRecord): Shown | undefined {
  const { article, history } = record;
  if (article.status === "withdrawn") return undefined;
  const { breaking: _, ...rest } = article;
  const breaking = shownBreaking(record);
  // Clocks run ahead; nothing that the wire was told happened later.
  const corrections = article.corrections?.map((one) => notAfter(one, record.accepted ?? one.at)) ?? history;
  const isNamed = record.edition !== undefined || record.phase !== undefined;
  return {
    ...rest,
    published: shownPublished(record),
    updated: shownUpdated(record),
    ...(breaking !== undefined && { breaking }),
    ...(corrections !== undefined && { corrections }),
    ...(isNamed && { version: versionOf(record) }),
  };
}

/** The first whole millisecond after this instant: what documents show has no finer digits. */
export function nextInstant(date: string): string {
  return new Date(Date.parse(date) + 1).toISOString();
}

function hasRevision(article: Article): boolean {
  return (article.revision ?? 0) > 0;
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

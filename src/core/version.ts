import type { Article } from "./article.ts";
import { compareInstants } from "./instant.ts";

/**
 * The order of an article's versions: `revision` where the newsroom sends one, else `updated`. A record without a
 * revision counts as revision 0, so the order stays total when a newsroom begins to send revisions.
 * A withdrawal is newer than the live article that it withdraws.
 */
export function compareVersions(a: Article, b: Article): number {
  return (
    (a.revision ?? 0) - (b.revision ?? 0) ||
    (hasRevision(a) ? 0 : compareInstants(a.updated, b.updated)) ||
    Number(a.status === "withdrawn") - Number(b.status === "withdrawn")
  );
}

/** Names one version of one article: the same name means the same content. */
export function versionOf(article: Article): string {
  const base = hasRevision(article) ? String(article.revision) : article.updated;
  return article.status === "withdrawn" ? `${base}/withdrawn` : base;
}

/**
 * The same version, dated as readers need it, who know versions by their `updated` (RFC 4287 §4.2.15): never before
 * the version that it replaces, and after a withdrawal later, because RFC 6721 §3 has a tombstone win otherwise. What
 * says that it is an update or a correction and has no later date is dated now.
 */
export function dated(article: Article, current: Article, now: number): Article {
  if (article.status === "withdrawn" || compareVersions(article, current) === 0) {
    return after(article, current.updated);
  }
  const floor = current.status === "withdrawn" ? nextInstant(current.updated) : current.updated;
  const isNews = article.change !== undefined && compareInstants(article.updated, current.updated) <= 0;
  return after(isNews ? after(article, new Date(now).toISOString()) : article, floor);
}

/** The first whole millisecond after this instant: what documents show has no finer digits. */
export function nextInstant(date: string): string {
  return new Date(Date.parse(date) + 1).toISOString();
}

/**
 * When documents say that the article was updated: never before it was published. Systems that schedule stories send an
 * earlier `updated`, by which versions are ordered nevertheless.
 */
export function shownUpdated({ published, updated }: Pick<Article, "published" | "updated">): string {
  return compareInstants(updated, published) < 0 ? published : updated;
}

function after(article: Article, floor: string): Article {
  return compareInstants(article.updated, floor) < 0 ? { ...article, updated: floor } : article;
}

function hasRevision(article: Article): boolean {
  return (article.revision ?? 0) > 0;
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

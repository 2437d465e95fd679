import type { Article } from "./article.ts";

/**
 * The order of an article's versions: `revision` where the newsroom sends one, else `updated`. A record without a
 * revision counts as revision 0, so the order stays total when a newsroom begins to send revisions.
 * A withdrawal is newer than the live article that it withdraws.
 */
export function compareVersions(a: Article, b: Article): number {
  return (
    (a.revision ?? 0) - (b.revision ?? 0) ||
    (hasRevision(a) ? 0 : compareText(a.updated, b.updated)) ||
    Number(a.status === "withdrawn") - Number(b.status === "withdrawn")
  );
}

/** Names one version of one article: the same name means the same content. */
export function versionOf(article: Article): string {
  const base = hasRevision(article) ? String(article.revision) : article.updated;
  return article.status === "withdrawn" ? `${base}/withdrawn` : base;
}

function hasRevision(article: Article): boolean {
  return (article.revision ?? 0) > 0;
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

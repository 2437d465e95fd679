import type { StoredRecord } from "./record.ts";
import { orderDate } from "./version.ts";

/** What the order text is made of. */
export type Placed = Pick<StoredRecord, "article" | "accepted" | "edition" | "phase" | "redated">;

/**
 * Text whose plain order (by code unit, which is that of its bytes) is the order in which the versions of one article follow
 * each other: `compareVersions`, then the edition, then the phase. A record whose dates a wrong clock wrote, and which was
 * dated again, is behind what it was before. ASCII; a reader compares the whole text and reads nothing in its parts.
 */
export function orderOf(record: Placed): string {
  const { article, edition = 1, phase = 0, redated = 0 } = record;
  const revision = Math.max(0, article.revision ?? 0);
  // Versions with a revision are ordered by it alone.
  const date = revision > 0 ? "" : digitsOf(orderDate(record));
  const withdrawn = article.status === "withdrawn" ? "1" : "0";
  return `${numberText(redated)}${numberText(revision)}/${date}/${withdrawn}${numberText(edition)}${numberText(phase)}`;
}

/** A whole number from 0 as text in the order of the numbers: a letter for the count of digits comes first. */
function numberText(number: number): string {
  const digits = String(number);
  return `${String.fromCharCode("a".charCodeAt(0) + digits.length - 1)}${digits}`;
}

/** As in `compareInstants`: the `/` that follows is less than any digit of a longer fraction. */
function digitsOf(instant: string): string {
  return instant.endsWith("Z") ? instant.slice(0, -1) : instant;
}

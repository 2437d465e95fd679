import type { Article } from "../core/article.ts";
import { FlashwireError } from "../core/errors.ts";
import type { StoredRecord } from "../core/record.ts";
import type { Site } from "../core/site.ts";
import { sentVersionOf } from "../core/version.ts";
import { etagOf, readRecord, type TaggedRecord } from "../repository/records.ts";
import { orUnreadable, UnreadableError } from "../repository/stored-json.ts";
import { searchFeeds } from "../repository/windows.ts";
import type { Pacing } from "../store/cas.ts";
import type { Log, Stores } from "../store/stores.ts";
import { nextRecord, relate } from "./next-record.ts";
import { type Outcome, outcome } from "./outcome.ts";
import { believedOf, foundOf, sentEtagOf } from "./stored.ts";

/** What taking records in needs of the wire. */
export type IngestDeps = Pacing & { site: Site; stores: Stores; log: Log; now(): number };

/** What the caller demands. `ifMatch`: of the ETag of the record. `strict`: what would be a warning is an error. */
export type Preconditions = { ifMatch?: (etag: string | undefined) => boolean; strict?: boolean };

/** Makes the wanted article from the stored record. `broken`: the stored record cannot be read. */
export type Next = (current: TaggedRecord | undefined, broken?: UnreadableError) => Article;

/**
 * What is to be done with a version: nothing, with this outcome; nothing, because it is older; or this record is to be
 * written over what was `found`. `now`: the time of the decision, milliseconds since 1970.
 */
export type Decision = { current: TaggedRecord | undefined; now: number } & (
  | { is: "known"; outcome: Outcome }
  | { is: "older"; error: FlashwireError; isRedated: boolean }
  | { is: "next"; record: StoredRecord; found: { etag: string } | undefined; isNew: boolean }
);

/**
 * Reads the stored record and decides. Writes nothing. `sent`: the date of what comes, by the newsroom's clock. Throws
 * `precondition-failed`, `same-version` for a replaced content that is not welcome, `invalid` for more feeds than a record
 * may name, `unreadable` for a kill whose feeds cannot be found, and what `next` throws.
 */
export async function decide(
  deps: IngestDeps,
  id: string,
  { ifMatch, strict, sent }: Preconditions & { sent?: string | undefined },
  next: Next,
): Promise<Decision> {
  const stored = await orUnreadable(readRecord(deps, id));
  const now = deps.now();
  const [current, broken] =
    stored instanceof UnreadableError ? [undefined, stored] : [believedOf(stored, now, sent)];
  const article = next(current, broken);
  const relation = relate(article, current, now);
  const known = { current, now };
  if (current !== undefined && relation === "same")
    return { ...known, is: "known", outcome: outcome(current, etagOf(current), "unchanged") };
  if (ifMatch && !ifMatch(sentEtagOf(stored))) {
    const detail = "The article is not at the version that the request names.";
    throw new FlashwireError("precondition-failed", detail);
  }
  if (current !== undefined && relation === "older")
    return { ...known, is: "older", error: olderThan(article, current), isRedated: current !== stored };
  // A client that names what it replaces goes back on purpose.
  if (current !== undefined && relation === "superseded" && ifMatch === undefined)
    return { ...known, is: "known", outcome: superseded(article, current, strict) };
  const feeds = broken === undefined ? [] : await feedsShowing(deps, article);
  const record = nextRecord(deps.site, article, { current, relation, found: feeds, now });
  return { ...known, is: "next", record, found: foundOf(stored), isNew: stored === undefined };
}

const SUPERSEDED =
  "this content came before and was replaced under the same version, so it changes nothing; to go back to it, send a " +
  "higher revision, a later updated, or If-Match with the ETag of the article";

function superseded(article: Article, current: TaggedRecord, strict: boolean | undefined): Outcome {
  // A kill is carried out or refused.
  const isKillOfLive = article.status === "withdrawn" && current.article.status === "published";
  if (strict || isKillOfLive) throw new FlashwireError("same-version", SUPERSEDED);
  const warnings = [{ pointer: "#", detail: SUPERSEDED }];
  return { ...outcome(current, etagOf(current), "superseded"), warnings };
}

/**
 * The feeds that show an article whose record cannot be read. A kill that cannot find them is refused; a live version
 * is taken, and the audit finds the feeds.
 */
async function feedsShowing(deps: IngestDeps, { id, status }: Article): Promise<string[]> {
  try {
    return await searchFeeds(deps, id);
  } catch (error) {
    if (status === "withdrawn") throw error;
    return [];
  }
}

function olderThan(article: Article, current: StoredRecord): FlashwireError {
  const [older, newer] = [sentVersionOf({ article }), sentVersionOf(current)];
  const detail = `Version ${older} is older than the stored version ${newer}.`;
  return new FlashwireError("stale", detail);
}

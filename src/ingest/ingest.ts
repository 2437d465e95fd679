import type { Article, Incoming, StoredRecord } from "../core/article.ts";
import { FlashwireError } from "../core/errors.ts";
import { placements } from "../core/feed.ts";
import { checkGuid, defaultGuid } from "../core/guid.ts";
import { compareInstants } from "../core/instant.ts";
import type { Site } from "../core/site.ts";
import { compareVersions, dated, versionOf } from "../core/version.ts";
import { claimGuid } from "../repository/guids.ts";
import { putRecord, readRecord, recordBytes, type TaggedRecord } from "../repository/records.ts";
import { orUnreadable, UnreadableError } from "../repository/stored-json.ts";
import { compareAndSwap, type Pacing } from "../store/cas.ts";
import { CONFLICT } from "../store/port.ts";
import type { Log, Stores } from "../store/stores.ts";
import { MAX_PLACEMENTS } from "./limits.ts";

export type { Incoming } from "../core/article.ts";

/** What taking records in needs of the wire. */
export type IngestDeps = Pacing & { site: Site; stores: Stores; log: Log; now(): number };

export type Outcome = {
  id: string;
  version: string;
  result: "created" | "updated" | "unchanged" | "withdrawn";
  /** Every feed that the article is or was in. */
  feeds: string[];
  etag: string;
  article: Article;
};

/** HTTP preconditions of the caller, on the ETag of the record. */
export type Preconditions = { ifMatch?: (etag: string | undefined) => boolean };

/**
 * Takes a version of an article in. Beyond the claim to a new guid, the record is the only thing written: its write is
 * the event that gets it published. Throws `stale` for an older version, `same-version` for other content under the
 * stored version, `guid-taken` for a first version with the guid of another article.
 */
export function ingest(
  deps: IngestDeps,
  incoming: Incoming,
  preconditions: Preconditions = {},
): Promise<Outcome> {
  return replace(deps, incoming.id, preconditions, (current) => {
    const guid = incoming.guid ?? current?.article.guid ?? defaultGuid(deps.site, incoming.id);
    if (current === undefined) checkGuid(deps.site, incoming);
    else if (current.article.guid !== guid) {
      const detail = `readers know this article as ${current.article.guid}; an identifier never changes`;
      throw new FlashwireError("invalid", "The record is not valid.", [{ pointer: "#/guid", detail }]);
    }
    return withGuid(incoming, guid);
  });
}

/** Kills an article now: a tombstone stays. Withdrawing twice is withdrawing once. */
export function withdraw(
  deps: IngestDeps,
  id: string,
  reason?: string,
  preconditions: Preconditions = {},
): Promise<Outcome> {
  return replace(deps, id, preconditions, (current, broken) => {
    // Who reads its guid and its dates is not known, so there is nothing to make a tombstone of.
    if (broken !== undefined) throw broken;
    if (current === undefined) throw new FlashwireError("not-found", `There is no article ${id}.`);
    if (current.article.status === "withdrawn") return current.article;
    const { guid, published, updated, revision } = current.article;
    const now = new Date(deps.now()).toISOString();
    return {
      id,
      guid,
      published,
      // Never before the version that it kills, even where the newsroom's clock runs ahead of ours.
      updated: compareInstants(now, updated) > 0 ? now : updated,
      ...(revision === undefined ? {} : { revision }),
      ...(reason === undefined ? {} : { reason }),
      status: "withdrawn",
    };
  });
}

function replace(
  deps: IngestDeps,
  id: string,
  preconditions: Preconditions,
  next: (current: TaggedRecord | undefined, broken?: UnreadableError) => Article,
): Promise<Outcome> {
  let attempted: { etag: string | undefined; isNew: boolean } | undefined;
  return compareAndSwap(deps, async () => {
    const stored = await orUnreadable(readRecord(deps, id));
    const [current, broken] = stored instanceof UnreadableError ? [undefined, stored] : [stored];
    const wanted = next(current, broken);
    const order = current === undefined ? 1 : compareVersions(wanted, current.article);
    const replaces = current !== undefined && order >= 0;
    const article = replaces ? dated(wanted, current.article, deps.now()) : wanted;
    const same = order === 0 && JSON.stringify(article) === JSON.stringify(current?.article);
    if (current !== undefined && same) {
      // A put of ours whose answer was lost won all the same.
      const result = attempted?.etag === current.etag ? resultOf(article, attempted.isNew) : "unchanged";
      return outcome(article, current.feeds, current.etag, result);
    }
    if (preconditions.ifMatch && !preconditions.ifMatch(etagOf(stored))) {
      throw new FlashwireError(
        "precondition-failed",
        "The article is not at the version that the request names.",
      );
    }
    if (current !== undefined && order <= 0) refuse(article, current.article, order);
    const feeds = placesOf(deps.site, article, current);
    if (current === undefined && (await claimGuid(deps, article)) === CONFLICT) return CONFLICT;
    const body = recordBytes({ article, feeds, accepted: acceptedAfter(deps.now(), current) });
    const isNew = stored === undefined;
    attempted = { etag: deps.stores.newsroom.etagOf(body), isNew };
    const etag = await putRecord(deps, id, body, foundOf(stored));
    if (etag === CONFLICT) return CONFLICT;
    return outcome(article, feeds, etag, resultOf(article, isNew));
  });
}

/** What a write of the record replaces, be it readable or not. */
function foundOf(stored: TaggedRecord | UnreadableError | undefined): { etag: string } | undefined {
  if (!(stored instanceof UnreadableError)) return stored;
  return stored.found === "missing" ? undefined : stored.found;
}

const etagOf = (stored: TaggedRecord | UnreadableError | undefined) => foundOf(stored)?.etag;

function refuse(article: Article, current: Article, order: number): never {
  const version = versionOf(current);
  if (order < 0) {
    throw new FlashwireError(
      "stale",
      `Version ${versionOf(article)} is older than the stored version ${version}.`,
    );
  }
  const detail = `Version ${version} is stored with other content; send a higher revision or a later updated.`;
  throw new FlashwireError("same-version", detail);
}

/** Every feed that the article was in, is in by the site file of today, and will be in. */
function placesOf(site: Site, article: Article, current: StoredRecord | undefined): string[] {
  const feeds = new Set(current?.feeds);
  if (current !== undefined) for (const feed of placements(site, current.article).keys()) feeds.add(feed);
  for (const feed of placements(site, article).keys()) feeds.add(feed);
  // A kill adds none, or one for a family of today; it is never refused.
  if (article.status === "published" && feeds.size > MAX_PLACEMENTS) {
    const detail = `would bring the article into more than ${MAX_PLACEMENTS} feeds over its life`;
    throw new FlashwireError("invalid", "The record is not valid.", [{ pointer: "#/tags", detail }]);
  }
  return [...feeds].sort();
}

/** Clocks differ, and the order in which an article's versions were taken in has to show. */
function acceptedAfter(now: number, current: StoredRecord | undefined): string {
  const last = Date.parse(current?.accepted ?? "");
  return new Date(Number.isNaN(last) ? now : Math.max(now, last + 1)).toISOString();
}

function withGuid(incoming: Incoming, guid: string): Article {
  // Keys in the order of the schema, whether or not the newsroom sent a guid: same content, same JSON.
  const { id, guid: _, ...rest } = incoming;
  return { id, guid, ...rest } as Article;
}

function resultOf(article: Article, isNew: boolean): Outcome["result"] {
  if (article.status === "withdrawn") return "withdrawn";
  return isNew ? "created" : "updated";
}

function outcome(article: Article, feeds: string[], etag: string, result: Outcome["result"]): Outcome {
  return { id: article.id, version: versionOf(article), result, feeds, etag, article };
}

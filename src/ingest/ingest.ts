import type { Article, Incoming, WithdrawalWords } from "../core/article.ts";
import { FlashwireError } from "../core/errors.ts";
import { checkGuid, defaultGuid } from "../core/guid.ts";
import { compareInstants } from "../core/instant.ts";
import type { StoredRecord } from "../core/record.ts";
import type { Site } from "../core/site.ts";
import { orderDate, sentVersionOf } from "../core/version.ts";
import { remind, remindAgain } from "../life/remind.ts";
import { claimGuid } from "../repository/guids.ts";
import {
  etagOf,
  putRecord,
  putRedated,
  readRecord,
  recordBytes,
  type TaggedRecord,
} from "../repository/records.ts";
import { orUnreadable, UnreadableError } from "../repository/stored-json.ts";
import { searchFeeds } from "../repository/windows.ts";
import { compareAndSwap, type Pacing } from "../store/cas.ts";
import { CONFLICT } from "../store/port.ts";
import type { Log, Stores } from "../store/stores.ts";
import { nextRecord, relate } from "./next-record.ts";
import { type Outcome, outcome, resultOf } from "./outcome.ts";
import { believedOf, foundOf, sentEtagOf } from "./stored.ts";

export type { Incoming } from "../core/article.ts";
export { isKill, isWritten, type Outcome } from "./outcome.ts";

/** What taking records in needs of the wire. */
export type IngestDeps = Pacing & { site: Site; stores: Stores; log: Log; now(): number };

/** What the caller demands. `ifMatch`: of the ETag of the record. `strict`: what would be a warning is an error. */
export type Preconditions = { ifMatch?: (etag: string | undefined) => boolean; strict?: boolean };

/**
 * Takes a version of an article in. Beyond the claim to a new guid, the record is the only thing written: its write is
 * the event that gets it published. Other content under the stored version is taken in as its next edition. Throws `stale`
 * for an older version, `guid-taken` for a first version with the guid of another article.
 */
export function ingest(
  deps: IngestDeps,
  incoming: Incoming,
  preconditions: Preconditions = {},
): Promise<Outcome> {
  return replace(deps, incoming.id, { ...preconditions, sent: incoming.updated }, (current) => {
    const guid = incoming.guid ?? current?.article.guid ?? defaultGuid(deps.site, incoming.id);
    if (current === undefined) checkGuid(deps.site, incoming);
    else if (current.article.guid !== guid) {
      const detail = `readers know this article as ${current.article.guid}; an identifier never changes`;
      throw new FlashwireError("invalid", "The record is not valid.", [{ pointer: "#/guid", detail }]);
    }
    return withGuid(incoming, guid);
  });
}

/** Kills an article now: a tombstone stays. Withdrawing twice is withdrawing once, and the first words stay. */
export function withdraw(
  deps: IngestDeps,
  id: string,
  words: WithdrawalWords = {},
  preconditions: Preconditions = {},
): Promise<Outcome> {
  return replace(deps, id, preconditions, (current, broken) => {
    // Who reads its guid and its dates is not known, so there is nothing to make a tombstone of.
    if (broken !== undefined) throw broken;
    if (current === undefined) throw new FlashwireError("not-found", `There is no article ${id}.`);
    if (current.article.status === "withdrawn") return current.article;
    const { guid, published, revision } = current.article;
    const now = new Date(deps.now()).toISOString();
    const killed = orderDate(current);
    return {
      id,
      guid,
      published,
      // Never before the version that it kills, even where the newsroom's clock runs ahead of ours.
      updated: compareInstants(now, killed) > 0 ? now : killed,
      ...(revision === undefined ? {} : { revision }),
      ...words,
      status: "withdrawn",
    };
  });
}

type Next = (current: TaggedRecord | undefined, broken?: UnreadableError) => Article;

function replace(
  deps: IngestDeps,
  id: string,
  { ifMatch, strict, sent }: Preconditions & { sent?: string },
  next: Next,
): Promise<Outcome> {
  let attempted: { etag: string | undefined; isNew: boolean } | undefined;
  return compareAndSwap(deps, async () => {
    const stored = await orUnreadable(readRecord(deps, id));
    const now = deps.now();
    const [current, broken] =
      stored instanceof UnreadableError ? [undefined, stored] : [believedOf(stored, now, sent)];
    const article = next(current, broken);
    const relation = relate(article, current, now);
    if (current !== undefined && relation === "same") {
      // The process that wrote it may have ended before its reminder was there.
      await remind(deps, current);
      // A put of ours whose answer was lost won all the same.
      const result = attempted?.etag === current.etag ? resultOf(current, attempted.isNew) : "unchanged";
      return outcome(current, etagOf(current), result);
    }
    if (ifMatch && !ifMatch(sentEtagOf(stored))) {
      throw new FlashwireError(
        "precondition-failed",
        "The article is not at the version that the request names.",
      );
    }
    if (current !== undefined && relation === "older") {
      // The next version is compared with the time at which the clock was right again.
      if (current !== stored) await putRedated(deps, id, current, current);
      refuseOlder(article, current);
    }
    // A client that names what it replaces goes back on purpose.
    if (current !== undefined && relation === "superseded" && ifMatch === undefined) {
      // A kill is carried out or refused.
      const isKillOfLive = article.status === "withdrawn" && current.article.status === "published";
      if (strict || isKillOfLive) throw new FlashwireError("same-version", SUPERSEDED);
      return {
        ...outcome(current, etagOf(current), "superseded"),
        warnings: [{ pointer: "#", detail: SUPERSEDED }],
      };
    }
    const found = broken === undefined ? [] : await feedsShowing(deps, article);
    const record = nextRecord(deps.site, article, { current, relation, found, now });
    if (current === undefined && (await claimGuid(deps, article)) === CONFLICT) return CONFLICT;
    const body = recordBytes(record);
    const isNew = stored === undefined;
    attempted = { etag: deps.stores.newsroom.etagOf(body), isNew };
    // What must not stay hidden has its reminder first; breaking news does not wait for its own.
    const reminded = remind(deps, record);
    if (record.pending?.release !== undefined) await reminded;
    const [etag] = await Promise.all([putRecord(deps, id, body, foundOf(stored)), reminded]);
    if (etag === CONFLICT) return CONFLICT;
    await remindAgain(deps, record, now);
    return outcome(record, etag, resultOf(record, isNew));
  });
}

const SUPERSEDED =
  "this content came before and was replaced under the same version, so it changes nothing; to go back to it, send a " +
  "higher revision, a later updated, or If-Match with the ETag of the article";

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

function refuseOlder(article: Article, current: StoredRecord): never {
  const [older, newer] = [sentVersionOf({ article }), sentVersionOf(current)];
  const detail = `Version ${older} is older than the stored version ${newer}.`;
  throw new FlashwireError("stale", detail);
}

function withGuid(incoming: Incoming, guid: string): Article {
  // Keys in the order of the schema, whether or not the newsroom sent a guid: same content, same JSON.
  const { id, guid: _, ...rest } = incoming;
  return { id, guid, ...rest } as Article;
}

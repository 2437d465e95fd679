import type { Article, Incoming, WithdrawalWords } from "../core/article.ts";
import { FlashwireError } from "../core/errors.ts";
import { checkGuid, defaultGuid } from "../core/guid.ts";
import { compareInstants } from "../core/instant.ts";
import type { StoredRecord } from "../core/record.ts";
import { orderDate } from "../core/version.ts";
import { putPhase } from "../life/put-phase.ts";
import { remind, remindAgain, remindWhereLost } from "../life/remind.ts";
import { checkClaim, claimGuid } from "../repository/guids.ts";
import { recordBytes } from "../repository/record-form.ts";
import { etagOf, putRecord } from "../repository/records.ts";
import { compareAndSwap } from "../store/cas.ts";
import { CONFLICT } from "../store/port.ts";
import { decide, type IngestDeps, type Next, type Preconditions } from "./decide.ts";
import { type Outcome, outcome, resultOf, withWordsLeft } from "./outcome.ts";

export type { Incoming } from "../core/article.ts";
export type { IngestDeps, Preconditions } from "./decide.ts";
export { isKill, isWritten, type Outcome } from "./outcome.ts";

/**
 * Takes a version of an article in. Beyond the claim to a new guid and the reminder of what time brings, only the
 * record is written: its write is the event that gets it published. Other content under the stored version is taken in as its next
 * edition. Throws `stale` for an older version, `guid-taken` for a first version with the guid of another article.
 */
export function ingest(
  deps: IngestDeps,
  incoming: Incoming,
  preconditions: Preconditions = {},
): Promise<Outcome> {
  const demands = { ...preconditions, sent: incoming.updated };
  return replace(deps, incoming.id, demands, named(deps, incoming));
}

/** The version under the guid that the article has, or gets. */
function named(deps: IngestDeps, incoming: Incoming): Next {
  return (current) => {
    const guid = incoming.guid ?? current?.article.guid ?? defaultGuid(deps.site, incoming.id);
    if (current === undefined) checkGuid(deps.site, incoming);
    else if (current.article.guid !== guid) {
      const detail = `readers know this article as ${current.article.guid}; an identifier never changes`;
      throw new FlashwireError("invalid", "The record is not valid.", [{ pointer: "#/guid", detail }]);
    }
    return withGuid(incoming, guid);
  };
}

/** Kills an article now: a tombstone stays. A second withdrawal changes nothing: the first words stay, with a warning. */
export async function withdraw(
  deps: IngestDeps,
  id: string,
  words: WithdrawalWords = {},
  preconditions: Preconditions = {},
): Promise<Outcome> {
  const killed = await replace(deps, id, preconditions, tombstone(deps, id, words));
  return withWordsLeft(killed, words);
}

function tombstone(deps: IngestDeps, id: string, words: WithdrawalWords): Next {
  return (current, broken) => {
    // Neither its guid nor its dates are known, so no tombstone can be made.
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
  };
}

/**
 * What a version would become, without writing anything. Throws as `ingest` does. `before`: the record that is stored now;
 * undefined where there is none, or none that can be read.
 */
export async function preview(
  deps: IngestDeps,
  incoming: Incoming,
  preconditions: Preconditions = {},
): Promise<{ outcome: Outcome; before: StoredRecord | undefined }> {
  const demands = { ...preconditions, sent: incoming.updated };
  const decision = await decide(deps, incoming.id, demands, named(deps, incoming));
  const before = decision.current;
  if (decision.is === "older") throw decision.error;
  if (decision.is === "known") return { outcome: decision.outcome, before };
  if (before === undefined) await checkClaim(deps, decision.record.article);
  return { outcome: outcome(decision.record, "", resultOf(decision.record, decision.isNew), before), before };
}

function replace(
  deps: IngestDeps,
  id: string,
  demands: Preconditions & { sent?: string | undefined },
  next: Next,
): Promise<Outcome> {
  let attempted: { etag: string | undefined; isNew: boolean } | undefined;
  return compareAndSwap(deps, async () => {
    const decision = await decide(deps, id, demands, next);
    const { current } = decision;
    if (decision.is === "older") {
      // The next version is compared with the time at which the clock was right again.
      if (current !== undefined && decision.isRedated) await putPhase(deps, current, current);
      throw decision.error;
    }
    if (decision.is === "known") {
      if (current === undefined || decision.outcome.result !== "unchanged") return decision.outcome;
      // The process that wrote it may have ended before its reminder was there.
      await remindWhereLost(deps, current);
      // A put of ours whose answer was lost still won.
      if (attempted?.etag !== current.etag) return decision.outcome;
      return outcome(current, etagOf(current), resultOf(current, attempted.isNew));
    }
    const { record, found, isNew, now } = decision;
    if (current === undefined && (await claimGuid(deps, record.article)) === CONFLICT) return CONFLICT;
    const body = recordBytes(record);
    attempted = { etag: deps.stores.newsroom.etagOf(body), isNew };
    // A story that waits has its reminder before its record, or nothing would let it out; breaking news does not wait for its reminder.
    const reminded = remind(deps, record);
    if (record.pending?.release !== undefined) await reminded;
    const [etag] = await Promise.all([putRecord(deps, id, body, found), reminded]);
    if (etag === CONFLICT) return CONFLICT;
    await remindAgain(deps, record, now);
    return outcome(record, etag, resultOf(record, isNew), current);
  });
}

function withGuid(incoming: Incoming, guid: string): Article {
  // Keys in the order of the schema, whether or not the newsroom sent a guid: same content, same JSON.
  const { id, guid: _, ...rest } = incoming;
  return { id, guid, ...rest } as Article;
}

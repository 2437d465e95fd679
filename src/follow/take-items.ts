import { createHash } from "node:crypto";
import pMap from "p-map";
import { type ErrorCode, FlashwireError } from "../core/errors.ts";
import type { FollowedSource } from "../core/site-sources.ts";
import { notAhead } from "../import/ahead.ts";
import { instantOf } from "../import/feed/poll.ts";
import type { Item } from "../import/item.ts";
import { type Incoming, ingest } from "../ingest/ingest.ts";
import { sentEtagOf } from "../ingest/stored.ts";
import { readRecord } from "../repository/records.ts";
import type { KnownArticle, SourceState } from "../repository/sources.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { readArticle, siteContext } from "../validate/article.ts";
import type { FollowDeps } from "./deps.ts";
import { MAX_KNOWN_TEXT, MAX_REFUSED, MAX_SHOWN } from "./limits.ts";

export type Taken = {
  taken: number;
  unchanged: number;
  refused: SourceState["refused"];
  /** Keys of the articles that the door took, or had already. */
  accepted: Set<string>;
  /** Keys of known articles that the source does not show to everybody any more. */
  hidden: string[];
};

/**
 * Takes in what a poll brought. An item that has not changed since the last poll costs nothing; `known` learns the rest. An item that
 * the door refuses is not tried again before the source changes it. Throws where the wire's own store fails.
 */
export async function takeItems(
  deps: FollowDeps,
  source: FollowedSource,
  items: Item[],
  known: Map<string, KnownArticle>,
): Promise<Taken> {
  const result: Taken = { taken: 0, unchanged: 0, refused: [], accepted: new Set(), hidden: [] };
  // The same article may come twice: the later one counts.
  const once = new Map(items.map((item) => [item.key, item]));
  await pMap(
    once.values(),
    async (item) => {
      if ("skipped" in item) {
        if (known.has(item.key)) result.hidden.push(item.key);
        return;
      }
      const shown = notAhead(item, deps.now());
      const digest = digestOf(shown.record);
      if (known.get(item.key)?.digest === digest) {
        result.unchanged++;
        return;
      }
      const refused = await take(deps, shown.record);
      if (refused === undefined) {
        result.taken++;
        result.accepted.add(item.key);
      } else {
        const shown = item.where.slice(0, MAX_SHOWN);
        if (result.refused.length < MAX_REFUSED)
          result.refused.push({
            key: item.key.slice(0, MAX_KNOWN_TEXT),
            where: shown,
            detail: refused,
          });
        deps.log("source.refused", { source: source.name, where: shown, error: refused });
      }
      // A name that is too long to be kept is asked about each time.
      if (item.key.length + item.where.length <= MAX_KNOWN_TEXT) known.set(item.key, knownOf(item, digest));
    },
    { concurrency: CONCURRENCY },
  );
  return result;
}

function knownOf({ key, where, record }: Extract<Item, { record: unknown }>, digest: string): KnownArticle {
  const published = instantOf(record.published);
  const url = typeof record.url === "string" ? record.url : where;
  return { key, id: record.id, url, digest, ...(published === undefined ? {} : { published }) };
}

/**
 * Some websites date every article now, each time that they are asked: a date of publication that changes alone is no news
 * and no later version. A date of change is believed.
 */
function digestOf({ published, ...record }: Record<string, unknown>): string {
  const told = record.updated === undefined ? record : { published, ...record };
  return createHash("sha256").update(JSON.stringify(told)).digest("base64url").slice(0, 22);
}

/** Answers why the door refuses the record; undefined where it is in, or the wire has a later version or a kill of it. */
async function take(
  deps: FollowDeps,
  record: Extract<Item, { record: unknown }>["record"],
): Promise<string | undefined> {
  try {
    const dated = record.published === undefined ? await dateOf(deps, record.id) : {};
    if (dated === undefined) return undefined;
    const { article } = readArticle({ ...record, ...dated }, { now: deps.now(), ...siteContext(deps.site) });
    const { id, version, result, etag } = await ingestAgain(deps, article);
    if (result !== "unchanged") deps.log("article.accepted", { id, version, result, by: "follow", etag });
    return undefined;
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
    if (error.code === "stale" || error.code === "same-version") return undefined;
    if (OF_THE_RECORD.includes(error.code)) return reasonOf(error);
    throw error;
  }
}

/** Errors of the record itself: trying again does not help. */
const OF_THE_RECORD: ErrorCode[] = ["invalid", "malformed", "guid-taken", "too-large"];

/** A source that goes back to what it said before, without a later date, means it; but a kill is never undone so. */
async function ingestAgain(deps: FollowDeps, article: Incoming) {
  const outcome = await ingest(deps, article);
  if (outcome.result !== "superseded") return outcome;
  const stored = await readRecord(deps, article.id);
  if (stored?.article.status !== "published") return outcome;
  return ingest(deps, article, { ifMatch: (etag) => etag === sentEtagOf(stored) });
}

function reasonOf({ message, errors }: FlashwireError): string {
  const [first] = errors;
  return first === undefined ? message : `${first.pointer} ${first.detail}`;
}

/** The first import of an article that its source does not date. Undefined for one that was killed. */
async function dateOf(deps: FollowDeps, id: string): Promise<{ published: string } | undefined> {
  const record = await readRecord(deps, id);
  if (record === undefined) return { published: new Date(deps.now()).toISOString() };
  return record.article.status === "withdrawn" ? undefined : { published: record.article.published };
}

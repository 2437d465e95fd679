import { createHash } from "node:crypto";
import pMap from "p-map";
import { FlashwireError } from "../core/errors.ts";
import type { FollowedSource } from "../core/site-sources.ts";
import { instantOf } from "../import/feed/poll.ts";
import type { Item } from "../import/item.ts";
import { ingest } from "../ingest/ingest.ts";
import { readRecord } from "../repository/records.ts";
import type { KnownArticle, SourceState } from "../repository/sources.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { readArticle, siteContext } from "../validate/article.ts";
import type { FollowDeps } from "./deps.ts";
import { MAX_REFUSED } from "./limits.ts";

export type Taken = {
  taken: number;
  unchanged: number;
  refused: SourceState["refused"];
  /** Keys of known articles that the source does not show to everybody any more. */
  hidden: string[];
};

/**
 * Takes in what a poll brought. What is as it was at the last poll costs nothing; `known` learns the rest. What the door refuses
 * is not tried again before the source changes it. Throws where the wire's own store fails.
 */
export async function takeItems(
  deps: FollowDeps,
  source: FollowedSource,
  items: Item[],
  known: Map<string, KnownArticle>,
): Promise<Taken> {
  const result: Taken = { taken: 0, unchanged: 0, refused: [], hidden: [] };
  // The same article may come twice: the later one counts.
  const once = new Map(items.map((item) => [item.key, item]));
  await pMap(
    once.values(),
    async (item) => {
      if ("skipped" in item) {
        if (known.has(item.key)) result.hidden.push(item.key);
        return;
      }
      const digest = digestOf(item.record);
      if (known.get(item.key)?.digest === digest) {
        result.unchanged++;
        return;
      }
      const refused = await take(deps, item.record);
      if (refused === undefined) result.taken++;
      else if (result.refused.length < MAX_REFUSED)
        result.refused.push({ where: item.where, detail: refused });
      if (refused !== undefined)
        deps.log("source.refused", { source: source.name, where: item.where, error: refused });
      known.set(item.key, knownOf(item, digest));
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

const digestOf = (record: object) =>
  createHash("sha256").update(JSON.stringify(record)).digest("base64url").slice(0, 22);

/** Answers why the door refuses the record; undefined where it is in, or the wire has a later version or a kill of it. */
async function take(
  deps: FollowDeps,
  record: Extract<Item, { record: unknown }>["record"],
): Promise<string | undefined> {
  try {
    const dated = record.published === undefined ? await dateOf(deps, record.id) : {};
    if (dated === undefined) return undefined;
    const { article } = readArticle({ ...record, ...dated }, { now: deps.now(), ...siteContext(deps.site) });
    const { id, version, result, etag } = await ingest(deps, article);
    if (result !== "unchanged") deps.log("article.accepted", { id, version, result, by: "follow", etag });
    return undefined;
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
    if (error.code === "stale") return undefined;
    if (error.code === "invalid" || error.code === "guid-taken" || error.code === "too-large")
      return reasonOf(error);
    throw error;
  }
}

function reasonOf({ message, errors }: FlashwireError): string {
  const [first] = errors;
  return first === undefined ? message : `${first.pointer} ${first.detail}`;
}

/** Of an article that its source does not date: when it came first. Undefined for one that was killed. */
async function dateOf(deps: FollowDeps, id: string): Promise<{ published: string } | undefined> {
  const record = await readRecord(deps, id);
  if (record === undefined) return { published: new Date(deps.now()).toISOString() };
  return record.article.status === "withdrawn" ? undefined : { published: record.article.published };
}

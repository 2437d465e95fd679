import pMap from "p-map";
import type { StoredRecord } from "./core/article.ts";
import { articleKey } from "./core/keys.ts";
import { CONCURRENCY, MAX_HELD_BODIES } from "./core/limits.ts";
import type { Services } from "./services.ts";

/** A record with the ETag that a conditional write needs. */
export type TaggedRecord = StoredRecord & { etag: string };

/** The record as it is stored now; undefined when the wire has never seen this id. */
export async function readRecord(services: Services, id: string): Promise<TaggedRecord | undefined> {
  const stored = await services.stores.newsroom.get(articleKey(id));
  if (stored === undefined) return undefined;
  return { ...(JSON.parse(Buffer.from(stored.body).toString()) as StoredRecord), etag: stored.etag };
}

/** The bytes of a record; the same record, the same bytes. */
export function recordBytes({ article, feeds }: StoredRecord): Uint8Array {
  return Buffer.from(`${JSON.stringify({ article, feeds })}\n`);
}

/** Records by id; undefined for an id that the wire has never seen. */
export type Records = Map<string, TaggedRecord | undefined>;

/** Stands where a body was not kept. */
const BODY_LEFT_OUT = { body: "\0" };

/** Whether the body has to be read again. */
export function isWithoutBody({ article }: TaggedRecord): boolean {
  return article.status === "published" && article.body === BODY_LEFT_OUT.body;
}

/** The records of these ids. Bodies are kept up to a bound: the fold needs none, and what is shown can be read again. */
export async function readRecords(services: Services, ids: string[]): Promise<Records> {
  let held = 0;
  const read = async (id: string): Promise<TaggedRecord | undefined> => {
    const record = await readRecord(services, id);
    if (record?.article.status !== "published") return record;
    held += record.article.body?.length ?? 0;
    return held <= MAX_HELD_BODIES ? record : { ...record, article: { ...record.article, ...BODY_LEFT_OUT } };
  };
  const records = await pMap(ids, read, { concurrency: CONCURRENCY });
  return new Map(ids.map((id, i) => [id, records[i]]));
}

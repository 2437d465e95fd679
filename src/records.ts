import type { StoredRecord } from "./core/article.ts";
import { articleKey } from "./core/keys.ts";
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

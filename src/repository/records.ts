import pMap from "p-map";
import * as v from "valibot";
import { decodeArticleId, encodeArticleId } from "../core/article-id.ts";
import type { StoredRecord } from "../core/record.ts";
import {
  type CONFLICT,
  type ObjectHead,
  type StoredObject,
  unchanged,
  type Versions,
} from "../store/port.ts";
import type { Log, Stores } from "../store/stores.ts";
import { MAX_HELD_BODIES, RECORDS_AT_ONCE } from "./limits.ts";
import { RecordShape } from "./record-form.ts";
import { getStored, orUnreadable, parseStored, UnreadableError } from "./stored-json.ts";

type Deps = { stores: Stores; log: Log };

export const ARTICLES = "articles/";
export const articleKey = (id: string) => `${ARTICLES}${encodeArticleId(id)}.json`;

/** The id in the key of an article; undefined for any other key. */
export function articleIdOf(key: string): string | undefined {
  if (!key.startsWith(ARTICLES) || !key.endsWith(".json")) return undefined;
  return decodeArticleId(key.slice(ARTICLES.length, -5));
}

/** The ids of all records behind `after`, in the order of their keys. A listing goes on as long as it is read. */
export async function* listRecordIds(
  { stores }: Pick<Deps, "stores">,
  after?: string,
): AsyncIterable<string> {
  const start = after === undefined ? undefined : articleKey(after);
  for await (const key of stores.newsroom.list(ARTICLES, start)) {
    const id = articleIdOf(key);
    if (id !== undefined) yield id;
  }
}

/** What a conditional write of the record needs, without reading the record. */
export function headRecord({ stores }: Pick<Deps, "stores">, id: string): Promise<ObjectHead | undefined> {
  return stores.newsroom.head(articleKey(id));
}

/** Writes the record over what was found under its id, and answers the new ETag. */
export function putRecord(
  { stores }: Pick<Deps, "stores">,
  id: string,
  body: Uint8Array,
  found: { etag: string } | undefined,
): Promise<string | typeof CONFLICT> {
  return stores.newsroom.put(articleKey(id), body, {
    condition: unchanged(found),
    contentType: "application/json",
  });
}

/** Removes every stored version of the record but the newest, for good; answers how many there were. */
export function forgetOldRecords(versions: Versions, id: string): Promise<number> {
  return versions.forgetOld(articleKey(id));
}

/** A record with the ETag that a conditional write needs. `modified`: when it was written, by the clock of the store. */
export type TaggedRecord = StoredRecord & { etag: string; modified: Date };

/** The ETag that the newsroom knows: what time brings to a record does not change it. */
export function etagOf({ sentEtag, etag }: TaggedRecord): string {
  return sentEtag ?? etag;
}

/** The record as it is stored now; undefined when the wire has never seen this id. Throws an UnreadableError. */
export async function readRecord(deps: Pick<Deps, "stores">, id: string): Promise<TaggedRecord | undefined> {
  const stored = await getStored(deps.stores.newsroom, articleKey(id));
  return stored && parseRecord(id, stored);
}

/** The record of this id in these bytes. Throws an UnreadableError. */
export function parseRecord(id: string, stored: StoredObject): TaggedRecord {
  return { ...parseUntagged(id, stored), ...tagOf(stored) };
}

function parseUntagged(id: string, stored: StoredObject): StoredRecord {
  const isRecord = (value: Partial<StoredRecord>) => value.article?.id === id && v.is(RecordShape, value);
  return parseStored<StoredRecord>(articleKey(id), stored, isRecord);
}

const tagOf = ({ etag, modified }: ObjectHead) => ({ etag, modified });

/** As `readRecord`, but a record that cannot be read counts as missing: the log names it, and its feeds go on without it. */
export function findRecord(
  deps: Deps,
  id: string,
  onUnreadable?: (id: string) => void,
): Promise<TaggedRecord | undefined> {
  return orMissing(deps, id, readRecord(deps, id), onUnreadable);
}

/** As `findRecord`, for a reader that writes nothing over the record: the store need not hash it. */
export async function findUntagged(
  deps: Deps,
  id: string,
  onUnreadable?: (id: string) => void,
): Promise<StoredRecord | undefined> {
  const read = async () => {
    const stored = await getStored(deps.stores.newsroom, articleKey(id));
    return stored && parseUntagged(id, stored);
  };
  return orMissing(deps, id, read(), onUnreadable);
}

async function orMissing<T extends StoredRecord>(
  deps: Deps,
  id: string,
  reading: Promise<T | undefined>,
  onUnreadable: (id: string) => void = () => {},
): Promise<T | undefined> {
  const found = await orUnreadable(reading);
  if (!(found instanceof UnreadableError)) return found;
  deps.log("record.failed", { id, key: found.key, error: found.message });
  onUnreadable(id);
  return undefined;
}

export type Unreadable = {
  /** Articles whose record cannot be read and counts as none. */
  unreadable: string[];
};

/** Records by id. */
export type Records = {
  /** Undefined where there is no readable record. Throws the storage error where the store failed to answer. */
  get(id: string): TaggedRecord | undefined;
};

/** The mark in place of a body that was not kept. */
const BODY_LEFT_OUT = { body: "\0" };

/** Whether the body has to be read again. */
export function isWithoutBody({ article }: TaggedRecord): boolean {
  return article.status === "published" && article.body === BODY_LEFT_OUT.body;
}

/**
 * The records of these ids. A record that fails does not stop the others. Bodies are kept up to MAX_HELD_BODIES: the
 * fold needs no body, and a body that is shown can be read again.
 */
export async function readRecords(
  deps: Deps,
  ids: Iterable<string>,
  onUnreadable?: (id: string) => void,
): Promise<Records> {
  const records = new Map<string, TaggedRecord | undefined>();
  const failures = new Map<string, unknown>();
  let held = 0;
  const read = async (id: string): Promise<TaggedRecord | undefined> => {
    const record = await findRecord(deps, id, onUnreadable);
    if (record?.article.status !== "published") return record;
    held += record.article.body?.length ?? 0;
    return held <= MAX_HELD_BODIES ? record : { ...record, article: { ...record.article, ...BODY_LEFT_OUT } };
  };
  const keep = async (id: string): Promise<void> => {
    try {
      records.set(id, await read(id));
    } catch (error) {
      failures.set(id, error);
    }
  };
  await pMap(ids, keep, { concurrency: RECORDS_AT_ONCE });
  return {
    get(id) {
      if (failures.has(id)) throw failures.get(id);
      return records.get(id);
    },
  };
}

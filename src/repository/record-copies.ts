import type { StoredRecord } from "../core/record.ts";
import { compareVersions } from "../core/version.ts";
import { CONFLICT } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";
import { isSame, listPairs, type Pair } from "./pairs.ts";
import { recordBytes } from "./record-form.ts";
import { ARTICLES, articleIdOf, articleKey, parseRecord, putRecord } from "./records.ts";
import { getStored, orUnreadable, UnreadableError } from "./stored-json.ts";

type Newsroom = Pick<Stores, "newsroom">;

/**
 * What becomes of a record that is copied. `kept`: the other wire has a newer version, or other content of this version;
 * `unreadable`: nobody can read the record that is to be copied; `gone`: it was deleted meanwhile.
 */
export type CopyOutcome = "copied" | "replaced" | "same" | "kept" | "unreadable" | "gone";

/** The records of one wire, beside those of another one. */
export async function* listRecordPairs(
  from: Newsroom,
  to: Newsroom,
): AsyncIterable<{ id: string } & Pick<Pair, "isThere">> {
  for await (const { key, isThere } of listPairs(from.newsroom, to.newsroom, ARTICLES)) {
    const id = articleIdOf(key);
    if (id !== undefined) yield { id, isThere };
  }
}

/** Whether both wires have the record in the same bytes. */
export function isRecordSame(from: Newsroom, to: Newsroom, id: string): Promise<boolean> {
  return isSame(from.newsroom, to.newsroom, articleKey(id));
}

/**
 * Writes the record of one wire into another one where that has none, an older version, or one that cannot be read. `before`
 * runs before the write with the record that is written, and may answer CONFLICT itself. CONFLICT: somebody else has written the record meanwhile.
 */
export async function copyRecord(
  from: Newsroom,
  to: Newsroom,
  id: string,
  before: (record: StoredRecord) => Promise<typeof CONFLICT | undefined>,
): Promise<CopyOutcome | typeof CONFLICT> {
  const source = await read(from, id);
  if (source === undefined) return "gone";
  if (source.record === undefined) return "unreadable";
  const target = await read(to, id);
  const next = nextOf(source.record, target?.record);
  if (typeof next === "string") return next;
  if ((await before(next)) === CONFLICT) return CONFLICT;
  const isAsItIs = next === source.record;
  const body = isAsItIs ? source.body : recordBytes(next);
  const etag = await putRecord({ stores: to as Stores }, id, body, target);
  return etag === CONFLICT ? CONFLICT : target === undefined ? "copied" : "replaced";
}

/** What is stored: a record with its bytes, or what nobody can read. */
type Found = { etag: string } & ({ record: StoredRecord; body: Uint8Array } | { record: undefined });

async function read({ newsroom }: Newsroom, id: string): Promise<Found | undefined> {
  const stored = await orUnreadable(getStored(newsroom, articleKey(id)));
  if (stored === undefined) return undefined;
  const isRead = !(stored instanceof UnreadableError);
  const record = isRead ? await orUnreadable((async () => parseRecord(id, stored))()) : stored;
  if (record instanceof UnreadableError)
    return record.found === "missing" ? undefined : { ...record.found, record: undefined };
  const { etag, modified: _, ...rest } = record;
  return isRead ? { etag, record: rest, body: stored.body } : undefined;
}

/** What is written over the record that is there; the words for it where nothing is. */
function nextOf(source: StoredRecord, there: StoredRecord | undefined): StoredRecord | "same" | "kept" {
  if (there === undefined) return source;
  if (Buffer.compare(recordBytes(source), recordBytes(there)) === 0) return "same";
  const isNewer = compareVersions(source, there) || (source.edition ?? 1) - (there.edition ?? 1);
  if (isNewer <= 0) return JSON.stringify(source.article) === JSON.stringify(there.article) ? "same" : "kept";
  const last = Math.max(Date.parse(source.accepted ?? "") || 0, (Date.parse(there.accepted ?? "") || 0) + 1);
  return {
    ...source,
    // The feeds that show the older version are written, too, after every other version of theirs.
    feeds: [...new Set([...source.feeds, ...there.feeds])].sort(),
    accepted: new Date(last).toISOString(),
  };
}

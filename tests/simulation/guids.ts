import type { StoredRecord } from "../../src/core/record.ts";
import { GUIDS } from "../../src/repository/guids.ts";
import { ARTICLES } from "../../src/repository/records.ts";
import type { Store } from "../../src/store/port.ts";

/** At rest no two articles have one guid, killed ones included, and each claim to one has its article. */
export async function checkGuids(newsroom: Store): Promise<void> {
  const holders = new Map<string, string>();
  for await (const key of newsroom.list(ARTICLES)) {
    const { article } = await read<StoredRecord>(newsroom, key);
    const other = holders.get(article.guid);
    if (other !== undefined) throw new Error(`articles ${other} and ${article.id} both have ${article.guid}`);
    holders.set(article.guid, article.id);
  }
  for await (const key of newsroom.list(GUIDS)) {
    const { guid, id } = await read<{ guid: string; id: string }>(newsroom, key);
    if (holders.get(guid) !== id) throw new Error(`article ${id} claims ${guid} and does not have it`);
  }
}

async function read<T>(store: Store, key: string): Promise<T> {
  return JSON.parse(Buffer.from((await store.get(key))?.body ?? []).toString());
}

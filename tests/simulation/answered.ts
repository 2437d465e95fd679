import type { Article } from "../../src/core/article.ts";
import { FEEDS, HOME_KEY } from "../../src/core/keys.ts";
import { type StoredRecord, shownBreaking } from "../../src/core/record.ts";
import { compareVersions } from "../../src/core/version.ts";
import { articleKey } from "../../src/repository/records.ts";
import type { Store } from "../../src/store/port.ts";
import { timedVersion } from "./times.ts";

type Stores = { newsroom: Store; site: Store };

/**
 * What a publisher answers for: from its answer on no document shows an article as it was before the version that the
 * record had at the call. A kill that is answered is a kill that readers see.
 */
export async function promiseFor(world: number, stores: Stores, ids: string[]) {
  const promised = await readAll(stores, ids);
  return {
    /** Throws where a document shows less than was promised. `left`: articles that are still to be published. */
    async check(left: ReadonlyMap<string, unknown>): Promise<void> {
      for await (const key of stores.site.list(FEEDS)) {
        const text = Buffer.from((await stores.site.get(key))?.body ?? "").toString();
        for (const record of promised)
          if (!left.has(record.article.id)) checkDocument(world, key, text, record);
      }
    },
    /** The same of the page at the root and of breaking news that is breaking still, for who has brought the page up to date. */
    async checkHome(): Promise<void> {
      const text = Buffer.from((await stores.site.get(HOME_KEY))?.body ?? "").toString();
      const isBreaking = (record: StoredRecord) => shownBreaking(record) !== undefined;
      // Time may have settled a story since: its page at the root is left to the tick.
      const still = (await readAll(stores, ids)).filter(isBreaking).map(({ accepted }) => accepted);
      for (const record of promised)
        if (isBreaking(record) && still.includes(record.accepted))
          checkDocument(world, HOME_KEY, text, record);
    },
  };
}

async function readAll({ newsroom }: Stores, ids: string[]): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for (const id of ids) {
    const stored = await newsroom.get(articleKey(id));
    if (stored) records.push(JSON.parse(Buffer.from(stored.body).toString()));
  }
  return records;
}

function checkDocument(world: number, key: string, text: string, record: StoredRecord): void {
  const { article } = record;
  const own = article.status === "published" ? versionIn(article.headline)?.[2] : undefined;
  for (const [headline, id = "", n] of text.matchAll(new RegExp(VERSION, "g"))) {
    // Under one version the contents may change in any order.
    if (id !== article.id || n === own) continue;
    if (compareVersions({ article: timedVersion(world, id, Number(n)) as Article }, record) < 0)
      throw new Error(`${key} shows "${headline}" after a newer version was answered for`);
  }
}

const VERSION = /Story (\w+), version (\d+)/;
const versionIn = (text: string) => VERSION.exec(text);

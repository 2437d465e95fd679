import { ingest } from "../src/ingest/ingest.ts";
import { recordBytes } from "../src/repository/record-form.ts";
import { articleKey } from "../src/repository/records.ts";
import { createServices } from "../src/services.ts";
import { MemoryStore } from "../src/store/memory.ts";
import { readArticle } from "../src/validate/article.ts";
import { countingStore } from "../tests/support/counting-store.ts";
import { story } from "./events.ts";
import { benchSite } from "./site.ts";
import type { Row } from "./support.ts";

/** all, section, language and three tags */
const FEEDS = 6;

/** Store requests of publishing one article, and one batch, on a warm wire with that many records present. */
async function requestsWith(records: number) {
  const newsroom = countingStore(new MemoryStore());
  const site = countingStore(new MemoryStore());
  const stores = { newsroom: newsroom.store, published: site.store };
  const services = createServices({ site: benchSite(), stores, log: () => {} });
  await services.publisher.startFeeds();
  const article = (n: number) => readArticle(story(n), { now: Date.now() }).article;
  const send = async (ns: number[]) => {
    for (const n of ns) await ingest(services, article(n));
    newsroom.reset();
    site.reset();
    await services.publisher.publish(ns.map((n) => `story-${n}`));
    const { get, put } = newsroom.counts;
    return {
      gets: { ...get },
      windows: put.windows,
      heads: site.counts.head.feeds ?? 0,
      documents: site.counts.put.feeds,
    };
  };
  const filler = recordBytes({ article: { ...article(0), guid: "tag:x" } as never, feeds: ["all"] });
  for (let n = 0; n < records; n++) await newsroom.store.put(articleKey(`old-${n}`), filler);
  await send([1]);
  return { one: await send([2]), batch: await send(Array.from({ length: 100 }, (_, i) => i + 3)) };
}

export async function requestsBench(): Promise<Row[]> {
  const small = await requestsWith(1_000);
  const large = await requestsWith(1_000_000);
  const { one, batch } = small;
  const same = JSON.stringify(small) === JSON.stringify(large);
  const within =
    one.gets.articles === 1 && one.windows === FEEDS && one.heads <= 3 * FEEDS && one.documents === 3 * FEEDS;
  return [
    {
      measure: "store requests to publish one article into 6 feeds, warm",
      value: `${one.gets.articles} article GET; ${one.gets.windows ?? 0} window GET, ${one.windows} window PUT, ${one.heads} document checks, ${one.documents} document PUT`,
      reach: "1; 6, 6, 18, 18",
      ok: within,
    },
    {
      measure: "the same with 1,000,000 records present",
      value: same ? "the same" : JSON.stringify(large.one),
      reach: "the same",
      ok: same,
    },
    {
      measure: "100 articles of one section in one batch",
      value: `${batch.windows} window PUT, ${batch.documents} document PUT`,
      reach: `${one.windows}, ${one.documents}`,
      ok: batch.windows === one.windows && batch.documents === one.documents,
    },
  ];
}

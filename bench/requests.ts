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

/** What a lone article into six feeds (all, section, language and three tags) may ask of the store. */
const MAX_PUTS = 36;
const MAX_GETS = 6;

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
    const all = (...counts: Record<string, number>[]) =>
      counts.flatMap((count) => Object.values(count)).reduce((sum, count) => sum + count, 0);
    return {
      articles: get.articles ?? 0,
      windowGets: get.windows ?? 0,
      windows: put.windows,
      documents: site.counts.put.feeds,
      puts: all(put, site.counts.put, newsroom.counts.list, site.counts.list),
      gets: all(get, site.counts.get),
      heads: all(newsroom.counts.head, site.counts.head),
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
  return [
    {
      measure: "store requests to publish one article into 6 feeds with pages, warm",
      value: `${one.puts} PUT and LIST, ${one.gets} GET, ${one.heads} HEAD in all; of them ${one.articles} article GET, ${one.windowGets} window GET, ${one.windows} window PUT, ${one.documents} document PUT`,
      reach: `${MAX_PUTS} PUT, ${MAX_GETS} GET`,
      ok: one.puts <= MAX_PUTS && one.gets <= MAX_GETS,
    },
    {
      measure: "the same with 1,000,000 records present",
      value: same ? "the same" : JSON.stringify(large.one),
      reach: "the same",
      ok: same,
    },
    {
      measure: "100 articles of one section in one batch",
      value: `${batch.windows} window PUT, ${batch.documents} document PUT; ${batch.puts} PUT and LIST, ${batch.gets} GET, ${batch.heads} HEAD in all`,
      reach: `${one.windows}, ${one.documents}`,
      ok: batch.windows === one.windows && batch.documents === one.documents,
    },
  ];
}

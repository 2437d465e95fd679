import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Published } from "../../src/core/article.ts";
import { type Incoming, ingest, withdraw } from "../../src/ingest/ingest.ts";
import { createServices } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import { S3_REQUESTS_AT_ONCE } from "../../src/store/limits.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { Store } from "../../src/store/port.ts";
import { published, TEST_SITE } from "../support/articles.ts";

/* What a publish asks of its stores beyond counts: nothing that is there already, and as much at once as S3 is asked. */

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const story = (n: number, more: Partial<Published> = {}) =>
  published({ id: `story-${n}`, section: "World", published: at(n), ...more });
const SHOWN = 50;

/** A wire with more stories than its feeds show, and the documents that are put: `feeds/all/rss.xml`, `feeds/all/rss.xml again`. */
async function fullWire() {
  const stored = new MemoryStore();
  const puts: string[] = [];
  const spied = decorate(stored, () => ({
    async put(key, body, options) {
      const before = await stored.head(key);
      const etag = await stored.put(key, body, options);
      puts.push(before?.etag === etag ? `${key} again` : key);
      return etag;
    },
  }));
  const stores = { newsroom: new MemoryStore(), published: spied };
  const open = () => createServices({ site: TEST_SITE, stores, log: () => {} });
  const services = open();
  await services.publisher.startFeeds();
  const send = async (...articles: Incoming[]) => {
    for (const article of articles) await ingest(services, article);
    puts.length = 0;
    await services.publisher.publish(articles.map(({ id }) => id));
    return puts.filter((key) => key.startsWith("feeds/"));
  };
  await send(...Array.from({ length: 2 * SHOWN }, (_, n) => story(100 + n)));
  return { services, open, send, puts };
}

test("when a batch changes nothing in a feed, no document of the feed is put", async () => {
  const { open, send, puts } = await fullWire();
  const last = 100 + 2 * SHOWN - 1;
  // The others of the batch are as they were.
  const changed = await send(story(150), story(last), story(201, { section: "Arts" }));
  expect(changed.filter((key) => key.includes("section/world"))).toEqual([]);
  expect(changed.filter((key) => key.includes("section/arts"))).toHaveLength(4);
  expect(await send(story(150), story(last))).toEqual([]);
  puts.length = 0;
  // A process that remembers nothing reads and compares.
  await open().publisher.publish(["story-150", "story-201"]);
  expect(puts).toEqual([]);
});

test("when stories come, change and go, shown or not, no document is put with the bytes that it has", async () => {
  const { services, send, puts } = await fullWire();
  const sent = [
    await send(story(300)),
    await send(story(300, { revision: 2, headline: "Another headline" })),
    // Older than what the feeds show: their documents say that they know of it.
    await send(story(1)),
    await send(story(1, { revision: 2, headline: "Another headline" })),
    await send(story(300, { revision: 3, section: "Arts" }), story(2), story(150)),
  ];
  for (const keys of sent) expect(keys.length).toBeGreaterThan(0);
  puts.length = 0;
  await withdraw(services, "story-2");
  await services.publisher.publish(["story-2"]);
  expect(puts.length).toBeGreaterThan(0);
  expect([...sent.flat(), ...puts].filter((key) => key.endsWith("again"))).toEqual([]);
});

/** The store, and the most records that were read of it at the same time. */
function watchedReads(store: Store) {
  let [now, most] = [0, 0];
  const watched = decorate(store, () => ({
    async get(key) {
      if (!key.startsWith("articles/")) return store.get(key);
      most = Math.max(most, ++now);
      await setImmediate();
      now--;
      return store.get(key);
    },
  }));
  return { watched, most: () => most };
}

test("when a process remembers no entry, it reads as many records of a feed at once as S3 is asked", async () => {
  const site = {
    ...TEST_SITE,
    size: 3 * S3_REQUESTS_AT_ONCE,
    feeds: TEST_SITE.feeds.slice(0, 1),
    families: [],
  };
  const { watched, most } = watchedReads(new MemoryStore());
  const stores = { newsroom: watched, published: new MemoryStore() };
  const open = () => createServices({ site, stores, log: () => {} });
  const ids = Array.from({ length: 3 * S3_REQUESTS_AT_ONCE }, (_, n) => `story-${n}`);
  const first = open();
  for (const [n] of ids.entries()) await ingest(first, story(n));
  await first.publisher.publish(ids);
  await ingest(first, story(ids.length));
  expect(most()).toBe(S3_REQUESTS_AT_ONCE);
  const cold = watchedReads(stores.newsroom);
  const services = createServices({ site, stores: { ...stores, newsroom: cold.watched }, log: () => {} });
  await services.publisher.publish([`story-${ids.length}`]);
  expect(cold.most()).toBe(S3_REQUESTS_AT_ONCE);
});

import { expect, test } from "vitest";
import type { Published } from "../../src/core/article.ts";
import { CHANGES, TOMBSTONES } from "../../src/core/limits.ts";
import { shownUpdated } from "../../src/core/record.ts";
import { type Incoming, ingest } from "../../src/ingest/ingest.ts";
import { createServices, type Services } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { Store } from "../../src/store/port.ts";
import { published, TEST_SITE, withdrawn } from "../support/articles.ts";
import { expectTruth } from "../support/compare-sites.ts";

/*
 * A story from the archive is changed by a system that counts revisions and sends no `updated`: by its dates it stands
 * behind all that is new, and must not be lost there.
 */

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const old = (revision: number, fields: Partial<Published> = {}): Incoming =>
  published({ id: "old", section: "Sport", published: at(0), revision, ...fields });

async function wire(news: number) {
  const stores = { newsroom: new MemoryStore(), published: new MemoryStore() };
  const open = (published: Store = stores.published) =>
    createServices({ site: TEST_SITE, stores: { ...stores, published }, log: () => {} });
  const services = open();
  await services.publisher.startFeeds();
  const ids = Array.from({ length: news }, (_, i) => `new-${i}`);
  for (const [i, id] of ids.entries()) {
    await ingest(services, published({ id, section: "World", published: at(100 + i) }));
  }
  await ingest(services, old(1));
  await services.publisher.publish([...ids, "old"]);
  return { stores, open, services };
}

/** A store whose puts wait until they are let go. */
function held(store: Store) {
  const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const put: Store["put"] = async (...put) => {
    reach();
    await gate;
    return store.put(...put);
  };
  const slow = decorate(store, () => ({ put }));
  return { slow, reached, letGo };
}

test("invariant 2: when an old story comes and goes, documents do not return to old bytes", async () => {
  const { stores, open, services } = await wire(CHANGES + 5);
  await ingest(services, old(2, { sections: ["World"] }));
  const { slow, reached, letGo } = held(stores.published);
  const overtaken = open(slow).publisher.publish(["old"]);
  await reached;
  await ingest(services, old(3));
  await services.publisher.publish(["old"]);
  letGo();
  await overtaken;
  await expectTruth(TEST_SITE, stores);
});

test("invariant 7: when many newer stories are killed, the kill of an old story still reaches the readers", async () => {
  const { stores, services } = await wire(TOMBSTONES + 5);
  const kill = async (services: Services, article: Incoming) => {
    await ingest(services, article);
    await services.publisher.publish([article.id]);
  };
  for (let i = 0; i < TOMBSTONES + 5; i++) {
    await kill(services, withdrawn({ id: `new-${i}`, published: at(100 + i), updated: at(200 + i) }));
  }
  await kill(services, withdrawn({ id: "old", published: at(0), updated: at(0), revision: 2 }));
  const atom = await stores.published.get("feeds/section/sport/atom.xml");
  const all = await stores.published.get("feeds/all/atom.xml");
  for (const document of [atom, all]) {
    expect(Buffer.from(document?.body ?? []).toString()).toContain(":article/old");
  }
  await expectTruth(TEST_SITE, stores);
});

test("invariant 2: when versions of an old story follow each other, its dates go forward; when a version comes twice, it changes nothing", async () => {
  const { services } = await wire(0);
  const sent = [
    old(2, { updated: at(30) }),
    old(3),
    old(4, { change: { kind: "correction" } }),
    withdrawn({ id: "old", published: at(0), updated: at(0), revision: 5 }),
    old(6),
  ];
  let last = at(0);
  for (const version of sent) {
    const { record, result } = await ingest(services, version);
    expect(result).not.toBe("unchanged");
    const updated = shownUpdated(record);
    expect(updated >= last, `${updated} is before ${last}`).toBe(true);
    last = updated;
    expect(await ingest(services, version)).toMatchObject({ result: "unchanged", record });
  }
  expect(last > at(30)).toBe(true);
});

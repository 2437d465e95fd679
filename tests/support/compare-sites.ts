import { expect } from "vitest";
import { directoryPageOf, FEEDS } from "../../src/core/keys.ts";
import type { Site } from "../../src/core/site.ts";
import { ARTICLES } from "../../src/repository/records.ts";
import { createServices } from "../../src/services.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { Store } from "../../src/store/port.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";

/** Invariant 1: every document is, byte for byte, what the records alone give on stores that saw nothing else. */
export async function expectTruth(site: Site, stores: { newsroom: Store; published: Store }): Promise<void> {
  const fresh = { newsroom: new MemoryStore(), published: new MemoryStore() };
  for await (const key of stores.newsroom.list(ARTICLES)) {
    const stored = await stores.newsroom.get(key);
    if (stored) await fresh.newsroom.put(key, stored.body);
  }
  await rebuild(createServices({ site, stores: fresh, log: () => {} }));
  const texts = async (store: Store) => {
    const found = new Map<string, string | undefined>();
    for await (const key of store.list(FEEDS)) {
      // A marker tells of a site file of the past.
      if (key.endsWith("/removed")) continue;
      // The directory follows with the next tick.
      if (directoryPageOf(key) !== undefined) continue;
      const stored = await store.get(key);
      found.set(key, stored && Buffer.from(stored.body).toString());
    }
    return found;
  };
  expect(await texts(stores.published)).toEqual(await texts(fresh.published));
}

import { expect, test } from "vitest";
import { ingest } from "../../src/ingest/ingest.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { createServices } from "../../src/services.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { published, TEST_SITE } from "../support/articles.ts";
import { expectTruth } from "../support/compare-sites.ts";

test("when feeds push each other out of the renderer's memory, it publishes all of them", async () => {
  const stores = { newsroom: new MemoryStore(), published: new MemoryStore() };
  const services = {
    ...createServices({
      site: TEST_SITE,
      stores,
      log: () => {},
      // Room for some of the entries: what one feed remembers goes while it reads what it does not.
      memory: { renderer: createRenderer(TEST_SITE, { memoBytes: 40_000 }), states: new Map() },
    }),
  };
  await services.publisher.startFeeds();
  for (let round = 0; round < 5; round++) {
    const articles = Array.from({ length: 24 }, (_, i) =>
      published({
        id: `story-${round}-${i}`,
        section: `Section ${i % 6}`,
        published: new Date(Date.UTC(2026, 0, 1, round, i)).toISOString(),
      }),
    );
    for (const article of articles) await ingest(services, article);
    const { failed } = await services.publisher.publish(articles.map(({ id }) => id));
    expect(failed).toEqual([]);
  }
  await expectTruth(TEST_SITE, stores);
});

import { expect, test } from "vitest";
import { ingest } from "../../src/ingest/ingest.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { createServices } from "../../src/services.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { published, TEST_SITE } from "../support/articles.ts";
import { expectTruth } from "../support/compare-sites.ts";

/** Room for some of the entries: what one feed remembers goes while it reads what it does not. */
const SIZES = Array.from({ length: 12 }, (_, i) => 30_000 + i * 2_500);

test.each(SIZES)(
  "when feeds push each other out of the renderer's memory of %i bytes, it publishes all of them",
  async (memoBytes) => {
    const stores = { newsroom: new MemoryStore(), published: new MemoryStore() };
    const services = {
      ...createServices({
        site: TEST_SITE,
        stores,
        log: () => {},
        memory: { renderer: createRenderer(TEST_SITE, { memoBytes }), states: new Map() },
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
  },
);

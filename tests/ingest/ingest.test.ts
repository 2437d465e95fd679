import { expect, test } from "vitest";
import { MAX_TAGS } from "../../src/core/limits.ts";
import { DEFAULT_FAMILIES } from "../../src/core/site.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { MAX_PLACEMENTS } from "../../src/ingest/limits.ts";
import { createServices } from "../../src/services.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { published, TEST_SITE } from "../support/articles.ts";

test("a kill is never refused, in however many feeds the article was", async () => {
  const stores = { newsroom: new MemoryStore(), published: new MemoryStore() };
  const open = (families = TEST_SITE.families) =>
    createServices({ site: { ...TEST_SITE, families }, stores, log: () => {} });
  const byTag = open([{ family: "tag", by: "tag", title: "{value}" }]);
  const send = (revision: number) => {
    const tags = Array.from({ length: MAX_TAGS }, (_, i) => ({ name: `Tag ${revision} ${i}` }));
    return ingest(byTag, published({ id: "x", revision, tags }));
  };
  const full = Math.floor((MAX_PLACEMENTS - 1) / MAX_TAGS);
  for (let revision = 1; revision <= full; revision++) await send(revision);
  await expect(send(full + 1)).rejects.toMatchObject({ code: "invalid" });
  // Families that the site file has since bring the article over the limit.
  const families = Array.from({ length: MAX_PLACEMENTS }, (_, i) => ({
    family: `by-language-${i}`,
    by: "language" as const,
    title: "{value}",
  }));
  expect((await withdraw(open([...DEFAULT_FAMILIES, ...families]), "x")).result).toBe("withdrawn");
});

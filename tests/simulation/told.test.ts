import { expect, test } from "vitest";
import { documentKey } from "../../src/core/keys.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { createServices } from "../../src/services.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { DOCUMENT_FILES } from "../support/documents.ts";
import { incoming } from "../support/wire.ts";
import { SITE } from "./site.ts";
import { checkTold } from "./told.ts";

/** A corrected and a killed story, with as many newer ones as push both out of windows of two. */
async function wire() {
  const stores = { newsroom: new MemoryStore(), published: new MemoryStore() };
  const services = createServices({ site: SITE, stores, log: () => {} });
  const send = async (n: number, fields: Parameters<typeof incoming>[1] = {}) => {
    await ingest(services, incoming(n, fields));
    await services.publisher.publish([`story-${n}`]);
  };
  for (const n of [1, 2, 3, 4, 5, 6]) await send(n);
  await send(1, { revision: 2, change: { kind: "correction" } });
  await send(2, { revision: 2, status: "withdrawn" });
  return stores;
}

test("when the documents tell of every correction and kill, the check at rest counts them", async () => {
  const { newsroom, published } = await wire();
  // The correction: all, corrections, section/world. The kill: all, section/world.
  expect(await checkTold(SITE, newsroom, published)).toEqual({ corrections: 3, stubs: 2 });
});

test.each([
  ["correction of story-1", "tag:news.example.org,2026:article/story-1"],
  ["kill of story-2", "tag:news.example.org,2026:article/story-2"],
])("when a document does not show the %s, the check at rest says so", async (what, guid) => {
  const { newsroom, published } = await wire();
  const key = documentKey("section/world", DOCUMENT_FILES.json);
  const document = JSON.parse(Buffer.from((await published.get(key))?.body ?? []).toString());
  const items = document.items.filter(({ id }: { id: string }) => id !== guid);
  await published.put(key, Buffer.from(JSON.stringify({ ...document, items })));
  await expect(checkTold(SITE, newsroom, published)).rejects.toThrow(
    `section/world does not tell of the ${what}`,
  );
});

import { expect, test } from "vitest";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { createServices } from "../../src/services.ts";
import { countingStore } from "../support/counting-store.ts";
import { incoming, type MemoryWire, memoryWire, textOf } from "../support/wire.ts";

/* The mark of a story tells which story is stored, so that most puts of stories need no look before them. */

const MARK = "logged/story-1.json";
const STORY = "stories/story-1.json";
const later = (minutes: number) => new Date(Date.UTC(2026, 0, 2, 0, minutes)).toISOString();
const titleOf = async ({ published }: MemoryWire) => JSON.parse(await textOf(published, STORY)).title;

async function published(): Promise<MemoryWire> {
  const wire = memoryWire();
  await ingest(wire.services, incoming(1));
  await wire.services.publisher.publish(["story-1"]);
  return wire;
}

/** Publishes story 1. Answers the requests for stories. */
async function publishCounted({ services, newsroom, published }: MemoryWire) {
  const site = countingStore(published);
  const counted = createServices({ ...services, stores: { newsroom, published: site.store } });
  const report = await counted.publisher.publish(["story-1"]);
  expect([...report.left]).toEqual([]);
  return { get: site.counts.get.stories ?? 0, put: site.counts.put.stories ?? 0 };
}

test("when a mark names the stored story, a revision and a kill are each put without a look", async () => {
  const wire = await published();
  await ingest(wire.services, incoming(1, { headline: "Second", updated: later(1) }));
  expect(await publishCounted(wire)).toEqual({ get: 0, put: 1 });
  expect(await titleOf(wire)).toBe("Second");
  await withdraw(wire.services, "story-1");
  expect(await publishCounted(wire)).toEqual({ get: 0, put: 1 });
  expect(await titleOf(wire)).toBe("Withdrawn");
});

test("when a mark of an earlier version names no story, the story is read first", async () => {
  const wire = await published();
  const { story, ...earlier } = JSON.parse(await textOf(wire.newsroom, MARK));
  expect(story).toBe((await wire.published.head(STORY))?.etag);
  await wire.newsroom.put(MARK, Buffer.from(JSON.stringify(earlier)));
  await ingest(wire.services, incoming(1, { headline: "Second", updated: later(1) }));
  expect(await publishCounted(wire)).toEqual({ get: 1, put: 1 });
  expect(await titleOf(wire)).toBe("Second");
});

test.each([
  ["is lost", undefined],
  ["names another story than is stored", { story: '"another"' }],
])(
  "when the mark %s, the put loses, the story is read, and what it shows is brought up to date",
  async (_, change) => {
    const wire = await published();
    const mark = JSON.parse(await textOf(wire.newsroom, MARK));
    if (change === undefined) await wire.newsroom.delete(MARK);
    else await wire.newsroom.put(MARK, Buffer.from(JSON.stringify({ ...mark, ...change })));
    await ingest(wire.services, incoming(1, { headline: "Second", updated: later(1) }));
    expect(await publishCounted(wire)).toEqual({ get: 1, put: 2 });
    expect(await titleOf(wire)).toBe("Second");
  },
);

test("when the mark is behind a story that is newer than the record, the story stays", async () => {
  const wire = await published();
  const behind = await textOf(wire.newsroom, MARK);
  const record = await textOf(wire.newsroom, "articles/story-1.json");
  await ingest(wire.services, incoming(1, { headline: "Third", updated: later(2) }));
  await wire.services.publisher.publish(["story-1"]);
  // As a publisher sees it that read mark and record long ago.
  await wire.newsroom.put(MARK, Buffer.from(behind));
  const between = { ...JSON.parse(record), accepted: later(1) };
  Object.assign(between.article, { headline: "Second", updated: later(1) });
  await wire.newsroom.put("articles/story-1.json", Buffer.from(JSON.stringify(between)));
  await publishCounted(wire);
  expect(await titleOf(wire)).toBe("Third");
});

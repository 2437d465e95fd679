import { expect, test } from "vitest";
import { publishBatch, publishInRequest } from "../../src/aws/publish-handler.ts";
import { writtenIn } from "../../src/aws/s3-event.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { repairsOf } from "../support/upkeep.ts";
import { incoming, type MemoryWire, memoryWire, s3Body, sqsEvent, textOf } from "../support/wire.ts";

test("when S3 events encode keys, they are decoded: a plus is a blank, the rest is percent-encoded UTF-8", () => {
  const body = s3Body("inbox/a+b%2Bc.ndjson", "articles/%E5%8C%97.json");
  expect(writtenIn({ body }).map(({ key }) => key)).toEqual(["inbox/a b+c.ndjson", "articles/北.json"]);
});

test("when a message is the test event of S3, it has no write; when it is not an event, it is an error", () => {
  expect(writtenIn({ body: '{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}' })).toEqual([]);
  for (const body of ["", "{}", "[]", "null", '{"Records":1}'])
    expect(() => writtenIn({ body }), body).toThrow();
});

test("when a batch is published, its latency and the age of its messages are counted", async () => {
  const wire = memoryWire();
  await wire.services.publisher.startFeeds();
  for (const n of [1, 2]) await ingest(wire.services, incoming(n));
  const event = sqsEvent(
    s3Body("articles/story-1.json", "articles/story-1.json"),
    s3Body("articles/story-2.json"),
  );
  expect(await publishBatch(wire, event)).toEqual({ batchItemFailures: [] });
  expect(await textOf(wire.published, "feeds/all/atom.xml")).toContain("Story 2");
  expect(wire.metrics).toMatchObject({ PublishLatency: 2_000, QueueAge: 1_000, DocumentsChecked: 8 });
  expect(wire.logs).toContainEqual(expect.objectContaining({ event: "article.published" }));
  await expectTruth(wire.services.site, wire.services.stores);
});

test("when a message or a record cannot be read, only its message fails", async () => {
  const wire = memoryWire();
  await ingest(wire.services, incoming(1));
  await wire.newsroom.put("articles/poison.json", Buffer.from("{"));
  const event = sqsEvent("no event", s3Body("articles/story-1.json"), s3Body("articles/poison.json"));
  const failed = (await publishBatch(wire, event)).batchItemFailures.map(
    ({ itemIdentifier }) => itemIdentifier,
  );
  expect(failed).toEqual(["m0", "m2"]);
  expect(await textOf(wire.published, "feeds/all/feed.json")).toContain("Story 1");
});

test("when a feed fails, only the messages that touch it come back", async () => {
  const wire = memoryWire();
  await ingest(wire.services, incoming(1, { section: "Broken" }));
  await ingest(wire.services, incoming(2, { section: "Sport" }));
  await wire.newsroom.put("windows/section/broken.json", Buffer.from("{"));
  const event = sqsEvent(s3Body("articles/story-1.json"), s3Body("articles/story-2.json"));
  expect(await publishBatch(wire, event)).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
  expect(await textOf(wire.published, "feeds/section/sport/rss.xml")).toContain("Story 2");
});

test.each([
  [
    "from the queue",
    (wire: MemoryWire, ids: string[]) =>
      publishBatch(wire, sqsEvent(...ids.map((id) => s3Body(`articles/${id}.json`)))),
  ],
  ["inside a request", publishInRequest],
])(
  "when articles that are published %s leave feeds short, the repair of these feeds is asked for",
  async (_, publish) => {
    const wire = memoryWire();
    const ids = Array.from({ length: 8 }, (_, n) => `story-${n}`);
    for (const n of ids.keys()) await ingest(wire.services, incoming(n));
    await publish(wire, ids);
    expect(await repairsOf(wire.services)).toEqual([]);
    const newest = ids.slice(-3);
    for (const id of newest) await withdraw(wire.services, id);
    await publish(wire, newest);
    expect(await repairsOf(wire.services)).toEqual(["all", "section/world"]);
  },
);

test("when there are more articles than one publish takes, they are published in parts", async () => {
  const wire = memoryWire();
  await wire.services.publisher.startFeeds();
  const keys = Array.from({ length: 130 }, (_, n) => `articles/story-${n}.json`);
  for (let n = 0; n < 130; n++) await ingest(wire.services, incoming(n));
  expect(await publishBatch(wire, sqsEvent(...keys.map((key) => s3Body(key))))).toEqual({
    batchItemFailures: [],
  });
  await expectTruth(wire.services.site, wire.services.stores);
});

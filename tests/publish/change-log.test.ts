import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Open } from "../../src/core/change-log.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { openLog } from "../../src/publish/change-log.ts";
import { createServices } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import { CONFLICT } from "../../src/store/port.ts";
import type { Stores } from "../../src/store/stores.ts";
import { incoming, type MemoryWire, memoryWire, textOf } from "../support/wire.ts";

const openOf = async ({ published }: MemoryWire): Promise<Open> =>
  JSON.parse(await textOf(published, "changes/open.json"));
const storyOf = async ({ published }: MemoryWire, form: string) => {
  const text = await textOf(published, `stories/${form}.json`);
  return text === "" ? undefined : JSON.parse(text);
};
const kindsOf = async (wire: MemoryWire) =>
  (await openOf(wire)).changes.map(({ id, kind }) => `${id} ${kind}`);
const send = async (wire: MemoryWire, ...sent: Parameters<typeof incoming>[]) => {
  for (const one of sent) await ingest(wire.services, incoming(...one));
  return wire.services.publisher.publish(sent.map(([n, { id = `story-${n}` } = {}]) => id));
};
const later = (minutes: number) => new Date(Date.UTC(2026, 0, 2, 0, minutes)).toISOString();

test("when a story is published, its document is the item of the feeds with the state of the story, and the change names its digest", async () => {
  const wire = memoryWire();
  await send(wire, [1, { body: "<p>Whole <b>body</b></p>", change: { kind: "correction", note: "A note" } }]);
  const story = await storyOf(wire, "story-1");
  const feed = JSON.parse(await textOf(wire.published, "feeds/all/feed.json"));
  const { story: state, ...extension } = story._flashwire;
  expect({ ...story, _flashwire: extension }).toEqual(feed.items[0]);
  const [change] = (await openOf(wire)).changes;
  expect(state).toMatchObject({
    id: "story-1",
    order: change?.order,
    version: change?.version,
    status: "published",
  });
  const bytes = (await wire.published.get("stories/story-1.json"))?.body as Uint8Array;
  expect(change?.digest).toBe(`sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`);
  expect(JSON.stringify(change)).not.toContain("A note");
  expect(await wire.published.head("stories/story-1.json")).toMatchObject({
    cacheControl: "public, max-age=5",
  });
  expect(await wire.published.head("changes/open.json")).toMatchObject({ cacheControl: "public, max-age=1" });
});

test("when an id is any text, story and change have its form", async () => {
  const wire = memoryWire();
  await send(wire, [1, { id: "a/ü" }]);
  expect((await openOf(wire)).changes[0]).toMatchObject({
    id: "_a~2F~C3~BC",
    href: "/stories/_a~2F~C3~BC.json",
  });
  expect(await storyOf(wire, "_a~2F~C3~BC")).toBeDefined();
});

test("when a story waits or no feed ever selected it, nothing of it is public", async () => {
  const wire = memoryWire();
  await send(wire, [1, { embargo: "2030-01-01T00:00:00.000Z" }], [2]);
  expect(await kindsOf(wire)).toEqual(["story-2 published"]);
  expect(await storyOf(wire, "story-1")).toBeUndefined();
  await withdraw(wire.services, "story-1");
  await wire.services.publisher.publish(["story-1"]);
  expect(await kindsOf(wire)).toEqual(["story-2 published"]);
  expect(await storyOf(wire, "story-1")).toBeUndefined();
});

test("when a public story waits again, its document keeps its identity alone, and the change is `removed`", async () => {
  const wire = memoryWire();
  await send(wire, [1, { body: "<p>Secret</p>" }]);
  await send(wire, [1, { headline: "Not yet", updated: later(1), embargo: "2030-01-01T00:00:00.000Z" }]);
  expect(await kindsOf(wire)).toEqual(["story-1 published", "story-1 removed"]);
  const story = await storyOf(wire, "story-1");
  expect(story).toMatchObject({ _flashwire: { removed: true, story: { status: "removed" } } });
  expect(JSON.stringify(story)).not.toMatch(/Secret|Not yet|Story 1|2030/);
});

test("when a story is killed, its tombstone stands in its place; when a kill and a revival come together, one change tells of both", async () => {
  const wire = memoryWire();
  await send(wire, [1, { body: "<p>Secret</p>" }], [2]);
  await withdraw(wire.services, "story-1", { reason: "private" });
  await wire.services.publisher.publish(["story-1"]);
  const story = await storyOf(wire, "story-1");
  expect(story).toMatchObject({
    title: "Withdrawn",
    _flashwire: { withdrawn: true, story: { status: "withdrawn" } },
  });
  expect(JSON.stringify(story)).not.toMatch(/Secret|private|Story 1/);
  await withdraw(wire.services, "story-2");
  const killed = JSON.parse(await textOf(wire.newsroom, "articles/story-2.json"));
  await send(wire, [2, { updated: new Date(wire.clock.now + 60_000).toISOString() }]);
  const last = (await openOf(wire)).changes.at(-1);
  expect(last).toMatchObject({ kind: "restored", after: { version: `${killed.article.updated}/withdrawn` } });
});

test("when a batch has a kill, the kill is in the log before any document of the others is written", async () => {
  const wire = memoryWire();
  await send(wire, [1], [2]);
  await withdraw(wire.services, "story-1");
  await ingest(wire.services, incoming(3, { section: "Sport" }));
  const order: string[] = [];
  const published = decorate(wire.published, (store) => ({
    put: (key, body, options) => {
      order.push(key);
      return store.put(key, body, options);
    },
  }));
  const services = createServices({ ...wire.services, stores: { newsroom: wire.newsroom, published } });
  const report = await services.publisher.publish(["story-3", "story-1"]);
  expect([...report.left]).toEqual([]);
  expect(order.indexOf("changes/open.json")).toBeLessThan(order.indexOf("feeds/section/sport/feed.json"));
  expect((await kindsOf(wire)).slice(-2)).toEqual(["story-1 withdrawn", "story-3 published"]);
});

const refusing = (stores: Stores, prefix: string): Stores => {
  const refuse: Parameters<typeof decorate>[1] = (store) => ({
    put: (key, ...rest) =>
      key.startsWith(prefix) ? Promise.reject(new Error("SlowDown")) : store.put(key, ...rest),
  });
  return { newsroom: decorate(stores.newsroom, refuse), published: decorate(stores.published, refuse) };
};

test.each(["stories/", "changes/", "logged/"])(
  "when nothing can be written below %s, the documents are written and the article is left; the next try ends it, and the log tells it once",
  async (prefix) => {
    const wire = memoryWire();
    await ingest(wire.services, incoming(1));
    const services = createServices({ ...wire.services, stores: refusing(wire.services.stores, prefix) });
    const report = await services.publisher.publish(["story-1"]);
    expect([...report.left.keys()]).toEqual(["story-1"]);
    expect(await textOf(wire.published, "feeds/all/feed.json")).toContain("Story 1");
    expect([...(await wire.services.publisher.publish(["story-1"])).left]).toEqual([]);
    expect(await kindsOf(wire)).toEqual(["story-1 published"]);
    expect(JSON.parse(await textOf(wire.newsroom, "logged/story-1.json"))).toMatchObject({ seq: 1 });
  },
);

test("when the log grows, pages of 256 changes are closed with what was committed, and never change", async () => {
  const wire = memoryWire();
  for (let n = 0; n < 600; n += 50)
    await send(wire, ...Array.from({ length: 50 }, (_, i) => [n + i] as [number]));
  const open = await openOf(wire);
  expect(open.first).toBe(513);
  const pages = await Promise.all(
    [0, 1].map((n) => textOf(wire.published, `changes/${open.epoch}/${n}.json`)),
  );
  const changes = [...pages.flatMap((page) => JSON.parse(page).changes), ...open.changes];
  expect(changes.map(({ seq }) => seq)).toEqual(Array.from({ length: 600 }, (_, i) => i + 1));
  expect(new Set(changes.map(({ id }) => id)).size).toBe(600);
  expect(await wire.published.head(`changes/${open.epoch}/0.json`)).toMatchObject({
    cacheControl: "public, max-age=31536000, immutable",
  });
});

test("when the open page cannot be read, a new epoch is begun, and nothing else is held up", async () => {
  const wire = memoryWire();
  await send(wire, [1]);
  const { epoch } = await openOf(wire);
  wire.clock.now += 1;
  await wire.published.put("changes/open.json", Buffer.from("{ torn"));
  expect([...(await send(wire, [2])).left]).toEqual([]);
  const open = await openOf(wire);
  expect(open.epoch > epoch).toBe(true);
  expect(open).toMatchObject({ first: 1, snapshot: null, changes: [{ id: "story-2" }] });
});

test.each([1, 2, 3])(
  "when two processes begin an epoch, one of them before put %i of the other, and the open page is lost again, no epoch follows a greater one",
  async (when) => {
    const wire = memoryWire();
    const epochs: string[] = [];
    let puts = 0;
    const watched = (isSlow: boolean): Stores => ({
      newsroom: wire.newsroom,
      published: decorate(wire.published, (store) => ({
        async put(key, body, options) {
          if (key === "changes/open.json" && isSlow && ++puts === when) {
            await openLog({ ...wire.services, stores: watched(false) });
            await store.delete(key);
          }
          const etag = await store.put(key, body, options);
          const { epoch } = key === "changes/open.json" && etag !== CONFLICT ? JSON.parse(String(body)) : {};
          if (epoch !== undefined) epochs.push(epoch);
          return etag;
        },
      })),
    });
    const { open } = await openLog({ ...wire.services, stores: watched(true) });
    expect(epochs).toEqual(epochs.toSorted());
    expect(open.epoch).toBe(epochs.at(-1));
    expect(epochs.length).toBeGreaterThan(0);
  },
);

import { beforeEach, expect, test } from "vitest";
import { createServices, type Services } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import { EDGE_OLDEST_MS, LOOK_EVERY_MS, LOOK_NOTED_MS } from "../../src/upkeep/limits.ts";
import { createReaders, type Readers, type Seen } from "../../src/upkeep/readers.ts";
import { upkeepStatus } from "../../src/upkeep/status.ts";
import { countingStore } from "../support/counting-store.ts";
import { type MemoryWire, memoryWire } from "../support/wire.ts";

/** The first feed of the site file, in every format. */
const KEYS = ["feeds/all/rss.xml", "feeds/all/atom.xml", "feeds/all/feed.json", "feeds/all/index.html"];

/** The address of a page ends in the slash. */
const addressOf = (key: string) => key.replace(/index\.html$/, "");

let wire: MemoryWire;
let newsroom: ReturnType<typeof countingStore>;
let services: Services;
/** What the edge answers by key; what is not here comes from the bucket. */
let edge: Record<string, Partial<Seen> | Error>;
let asked: string[];
let readers: Readers;

const begin = () =>
  createReaders(services, async (url) => {
    asked.push(url);
    const path = new URL(url).pathname.slice(1);
    const key = path.endsWith("/") ? `${path}index.html` : path;
    const answer = edge[key];
    if (answer instanceof Error) throw answer;
    const head = await wire.published.head(key);
    const status = head === undefined ? 403 : 200;
    return { status, modified: head?.modified, isEmpty: false, ...answer };
  });

beforeEach(async () => {
  wire = memoryWire();
  newsroom = countingStore(wire.newsroom);
  services = createServices({
    ...wire.services,
    stores: { newsroom: newsroom.store, published: wire.published },
  });
  await wire.services.publisher.startFeeds();
  [edge, asked] = [{}, []];
  newsroom.reset();
  readers = begin();
});

const later = (ms: number) => {
  wire.clock.now += ms;
};

async function rewrite(text: string): Promise<void> {
  for (const key of KEYS) await wire.published.put(key, Buffer.from(text));
}

test("when readers get what is stored, a look finds nothing, and the same five minutes have no second one", async () => {
  expect(await readers.look()).toEqual([]);
  expect(asked).toEqual(KEYS.map((key) => `${services.site.origin}/${addressOf(key)}`));
  expect(await readers.look()).toBeUndefined();
  later(LOOK_EVERY_MS);
  expect(await readers.look()).toEqual([]);
});

test("when a look finds the same as the one before, it writes nothing for an hour", async () => {
  await readers.look();
  expect(newsroom.counts.put).toEqual({ upkeep: 1 });
  for (let ms = LOOK_EVERY_MS; ms < LOOK_NOTED_MS; ms += LOOK_EVERY_MS) {
    later(LOOK_EVERY_MS);
    await readers.look();
  }
  expect(newsroom.counts.put).toEqual({ upkeep: 1 });
  later(LOOK_EVERY_MS);
  await readers.look();
  expect(newsroom.counts.put).toEqual({ upkeep: 2 });
});

test.each<[string, Partial<Seen> | Error, string]>([
  ["is refused", { status: 403 }, "answers 403"],
  ["is redirected", { status: 301 }, "answers 301"],
  ["has no body", { isEmpty: true }, "answers no body"],
  ["has no date", { modified: undefined }, "answers no Last-Modified"],
  [
    "meets a certificate that has ended",
    new Error("The certificate has expired"),
    "cannot be reached: The certificate has expired",
  ],
  ["waits in vain", new Error("It does not answer in time"), "cannot be reached: It does not answer in time"],
])("when a reader %s, the look says so with the address", async (_what, answer, words) => {
  edge[KEYS[1] as string] = answer;
  const fault = `${services.site.origin}/${KEYS[1]} ${words}${answer instanceof Error ? "" : "."}`;
  expect(await readers.look()).toEqual([fault]);
  expect(wire.logs).toContainEqual({ event: "readers.failed", details: { faults: [fault] } });
});

test("when an edge shows what was replaced a moment ago, all is well; when it still does after its time, it is a fault", async () => {
  const old = new Date(wire.clock.now);
  for (const key of KEYS) edge[key] = { modified: old };
  later(LOOK_EVERY_MS);
  await rewrite("new");
  later(EDGE_OLDEST_MS - 1_000);
  expect(await readers.look()).toEqual([]);
  later(LOOK_EVERY_MS);
  expect(await readers.look()).toEqual(
    KEYS.map((key) =>
      expect.stringContaining(`${addressOf(key)} shows what was written at ${old.toISOString()}`),
    ),
  );
});

test("when a document changes all the time, an edge that keeps up is well, and one that is stuck is a fault", async () => {
  const stuck = new Date(wire.clock.now);
  for (let n = 0; n < 3; n++) {
    later(LOOK_EVERY_MS);
    await rewrite(`version ${n}`);
    for (const key of KEYS) edge[key] = { modified: new Date(wire.clock.now - 60_000) };
    expect(await readers.look()).toEqual([]);
  }
  for (const key of KEYS) edge[key] = { modified: stuck };
  later(LOOK_EVERY_MS);
  await rewrite("the newest");
  expect(await readers.look()).toHaveLength(KEYS.length);
});

test("when readers get something wrong, the status says what and since when, until a look finds all well", async () => {
  const at = () => new Date(wire.clock.now).toISOString();
  const status = async () => (await upkeepStatus(services)).readers;
  expect(await status()).toBeUndefined();
  await readers.look();
  later(LOOK_EVERY_MS);
  edge[KEYS[0] as string] = { status: 503 };
  await readers.look();
  const since = at();
  const url = `${services.site.origin}/${KEYS[0]}`;
  expect(await status()).toEqual({ at: since, since, faults: [`${url} answers 503.`] });
  later(LOOK_EVERY_MS);
  edge[KEYS[0] as string] = { status: 502 };
  // Another process goes on with what the first one noted.
  await begin().look();
  expect(await status()).toEqual({ at: at(), since, faults: [`${url} answers 502.`] });
  later(LOOK_EVERY_MS);
  edge = {};
  await readers.look();
  expect(await status()).toEqual({ at: at(), since: at(), faults: [] });
});

test("when the store fails, a look says still what readers get, and logs what the store did not do", async () => {
  const failing = (): never => {
    throw new Error("the store is down");
  };
  const down = decorate(wire.newsroom, () => ({ put: failing, head: failing, get: failing }));
  services = createServices({ ...services, stores: { newsroom: down, published: down } });
  readers = begin();
  edge[KEYS[2] as string] = { status: 503 };
  expect(await readers.look()).toEqual([`${services.site.origin}/${KEYS[2]} answers 503.`]);
  const failed = wire.logs.filter(({ event }) => event === "upkeep.failed");
  expect(failed.map(({ details }) => details?.name)).toEqual([...KEYS, "readers"]);
});

test("when the note cannot be read, the status names it, and the next look writes it again", async () => {
  await wire.newsroom.put("upkeep/readers.json", Buffer.from('{"at":"never"}'));
  expect(await upkeepStatus(services)).toMatchObject({
    readers: undefined,
    unreadable: [expect.stringContaining("upkeep/readers.json")],
  });
  await readers.look();
  expect((await upkeepStatus(services)).readers).toMatchObject({ faults: [] });
});

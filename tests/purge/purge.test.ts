import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { takeFile } from "../../src/ingest/inbox.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { type PurgeDeps, type PurgeReport, purge } from "../../src/purge/purge.ts";
import { listInbox } from "../../src/repository/inbox.ts";
import { readRecord } from "../../src/repository/records.ts";
import { listDue } from "../../src/repository/schedule.ts";
import { createServices, type Services } from "../../src/services.ts";
import { fileStore } from "../../src/store/file/store.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { Store } from "../../src/store/port.ts";
import { connect } from "../../src/store/s3/connection.ts";
import { s3Store } from "../../src/store/s3/store.ts";
import { s3Versions } from "../../src/store/s3/versions.ts";
import { SITE } from "../simulation/site.ts";
import { toldBy } from "../support/change-log.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { clientOf } from "../support/s3-client.ts";
import { startS3Server } from "../support/s3-server.ts";
import { startedAndAtRest, tickOnce } from "../support/upkeep.ts";
import { incoming } from "../support/wire.ts";

const SECRET = "Anna Muster";
const FILE = "inbox/day.ndjson";
const far = Number.POSITIVE_INFINITY;
const secret = (fields = {}) => incoming(1, { headline: SECRET, body: `<p>${SECRET} said</p>`, ...fields });

type World = {
  deps: PurgeDeps;
  services: Services;
  clock: { now: number };
  texts(): Promise<Record<string, string>>;
};

function worldOf(newsroom: Store, published: Store, versions?: PurgeDeps["versions"]): World {
  const clock = { now: Date.parse("2026-06-01T12:00:00Z") };
  const services = createServices({
    ...{ site: SITE, stores: { newsroom, published }, log: () => {}, now: () => clock.now },
    sleep: async (milliseconds) => {
      clock.now += milliseconds;
    },
  });
  const inbox = { store: newsroom, names: () => listInbox(services), isAlone: false };
  const deps: PurgeDeps = {
    ...services,
    versions,
    withInbox: (run) =>
      run({ ...inbox, ...(versions && { forgetOld: () => versions.forgetOldBelow("inbox/") }) }),
  };
  const texts = async () => {
    const all: Record<string, string> = {};
    for (const store of [newsroom, published])
      for await (const key of store.list(""))
        all[key] = Buffer.from((await store.get(key))?.body ?? []).toString();
    return all;
  };
  return { deps, services, clock, texts };
}

async function drop({ services }: World, text: string, file = FILE): Promise<void> {
  await services.stores.newsroom.put(file, Buffer.from(text));
}

async function take({ services }: World, file = FILE): Promise<string> {
  const body = (await services.stores.newsroom.get(file))?.body ?? new Uint8Array();
  const open = async function* (_: string, __: unknown, from: number) {
    yield body.subarray(from);
  };
  return takeFile(services, services.stores.newsroom, file, { open, until: far });
}

/** Live in its feeds, with older versions, in a file of the inbox and in its result. */
async function publishedIn(world: World): Promise<void> {
  const { services } = world;
  await services.publisher.startFeeds();
  const lines = [secret(), { id: "story-1", headline: SECRET, url: 7 }, incoming(2)];
  await drop(
    world,
    `${lines.map((line) => JSON.stringify(line)).join("\n")}\n{"id":"story-1","headline":"${SECRET}\n`,
  );
  expect(await take(world)).toBe("taken");
  await ingest(services, secret({ section: "Sport", updated: "2026-02-01T00:00:00.000Z" }));
  await services.publisher.publish(["story-1", "story-2"]);
}

const holding = async (world: World) =>
  Object.entries(await world.texts()).flatMap(([key, text]) => (text.includes(SECRET) ? [key] : []));

async function expectPurged(world: World, report: PurgeReport): Promise<void> {
  expect(report.left).toEqual([]);
  expect(await holding(world)).toEqual([]);
  const record = await readRecord(world.services, "story-1");
  expect(record?.article).toMatchObject({ id: "story-1", status: "withdrawn" });
  expect(await readRecord(world.services, "story-2")).toMatchObject({ article: { status: "published" } });
  expect((await listDue(world.services, world.clock.now, 10)).kills).toEqual([]);
  await expectTruth(world.services.site, world.services.stores);
}

let folder: string;
const closers: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashwire-purge-"));
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  rmSync(folder, { recursive: true });
});

const inMemory = () => worldOf(new MemoryStore(), new MemoryStore());
function onFiles(): World {
  const [newsroom, published] = [fileStore(join(folder, "newsroom")), fileStore(join(folder, "site"))];
  closers.push(newsroom.close, published.close);
  return worldOf(newsroom, published);
}

describe.each([
  ["in memory", inMemory],
  ["on files", onFiles],
])("an article that is purged %s", (_, open) => {
  test("when it is live, it is withdrawn, and its content is nowhere any more", async () => {
    const world = open();
    await publishedIn(world);
    expect((await holding(world)).length).toBeGreaterThan(5);
    const report = await purge(world.deps, "story-1", "court order");
    expect(report).toMatchObject({
      ...{ was: "published", versions: 0, feeds: ["all", "section/sport", "section/world"] },
      inbox: { files: [{ name: FILE, records: 3 }], results: [`${FILE}.result`], others: [], left: [] },
    });
    await expectPurged(world, report);
    expect((await readRecord(world.services, "story-1"))?.article).toMatchObject({ reason: "court order" });
  });

  test("when it was withdrawn before, and when it is purged again, nothing more happens", async () => {
    const world = open();
    await publishedIn(world);
    await withdraw(world.services, "story-1", { reason: "first" });
    expect(await purge(world.deps, "story-1", "second")).toMatchObject({ was: "withdrawn", left: [] });
    const before = await world.texts();
    const again = await purge(world.deps, "story-1");
    expect(again).toMatchObject({ was: "withdrawn", inbox: { files: [], results: [] } });
    await expectPurged(world, again);
    expect(await world.texts()).toEqual(before);
  });
});

describe("the inbox", () => {
  test("when a file was taken in, its result stands, says nothing of the records, and the file is not taken again", async () => {
    const world = inMemory();
    await publishedIn(world);
    await purge(world.deps, "story-1");
    expect(await take(world)).toBe("nothing to do");
    const texts = await world.texts();
    expect(texts[FILE]).toBe(`\n\n${JSON.stringify(incoming(2))}\n\n`);
    expect(JSON.parse(texts[`${FILE}.result`] ?? "")).toMatchObject({ done: 4, accepted: 2, refusals: [] });
  });

  test("when a file is being read, it is finished first", async () => {
    const world = inMemory();
    await publishedIn(world);
    await drop(world, `${JSON.stringify(secret())}\n${JSON.stringify(incoming(3))}\n`, "inbox/late.ndjson");
    const { sleep } = world.deps;
    let looks = 0;
    world.deps.sleep = async (milliseconds) => {
      await sleep(milliseconds);
      if (++looks === 3) await take(world, "inbox/late.ndjson");
    };
    const report = await purge(world.deps, "story-1");
    expect(looks).toBe(3);
    expect(report.inbox.files).toHaveLength(2);
    expect(await readRecord(world.services, "story-3")).toBeDefined();
    await world.services.publisher.publish(["story-3"]);
    await expectPurged(world, report);
  });

  test("when a file is never finished, everything else is done, and the report says what is left", async () => {
    const world = inMemory();
    await publishedIn(world);
    await drop(world, JSON.stringify(secret()), "inbox/stuck.ndjson");
    await drop(world, "notes", "inbox/README.txt");
    await drop(world, "PK\u0003\u0004", "inbox/zipped.json");
    const report = await purge(world.deps, "story-1");
    expect(report.left).toEqual([expect.stringContaining("inbox/stuck.ndjson is not taken in")]);
    expect(report.inbox.others).toEqual(["inbox/README.txt", "inbox/zipped.json"]);
    expect(await holding(world)).toEqual(["inbox/stuck.ndjson"]);
  });

  test("when a file that waits holds nothing else, its result says that it was purged, and no file of the others", async () => {
    const world = inMemory();
    const both = [secret(), incoming(2)].map((line) => JSON.stringify(line)).join("\n");
    await drop(world, JSON.stringify(secret()), "inbox/alone.json");
    await drop(world, both, "inbox/both.ndjson");
    const { withInbox } = world.deps;
    world.deps.withInbox = (run) => withInbox((inbox) => run({ ...inbox, isAlone: true }));
    await purge(world.deps, "story-1");
    expect(await take(world, "inbox/alone.json")).toBe("nothing to do");
    expect(await take(world, "inbox/both.ndjson")).toBe("taken");
    const texts = await world.texts();
    const said = JSON.parse(texts["inbox/alone.json.result"] ?? "");
    expect(said).toMatchObject({ done: 0, refused: 0, note: expect.stringContaining("purge") });
    expect(JSON.parse(texts["inbox/both.ndjson.result"] ?? "")).toMatchObject({ accepted: 1, refused: 0 });
  });

  test("when items of an array go, what the inbox says of the others stays with them", async () => {
    const world = inMemory();
    await drop(world, JSON.stringify([secret(), { id: "bad" }, incoming(2)]), "inbox/day.json");
    await take(world, "inbox/day.json");
    await purge(world.deps, "story-1");
    const texts = await world.texts();
    expect(JSON.parse(texts["inbox/day.json"] ?? "")).toMatchObject([{ id: "bad" }, { id: "story-2" }]);
    const { refusals } = JSON.parse(texts["inbox/day.json.result"] ?? "");
    expect(refusals).toMatchObject([{ line: 1, id: "bad" }]);
  });
});

describe("what stands in the way", () => {
  test("when a document cannot be written, the report says so, and the tick finishes the kill", async () => {
    const world = inMemory();
    await publishedIn(world);
    await world.services.stores.newsroom.put("windows/section/sport.json", Buffer.from("garbage"));
    const report = await purge(world.deps, "story-1");
    expect(report.left).toEqual([expect.stringContaining("section/sport")]);
    await tickOnce(world.services);
    await tickOnce(world.services);
    await expectPurged(world, await purge(world.deps, "story-1"));
  });

  test("when its record is lost, the windows that name it are found, and it leaves their documents", async () => {
    const world = inMemory();
    await publishedIn(world);
    await world.services.stores.newsroom.delete("articles/story-1.json");
    const report = await purge(world.deps, "story-1");
    expect(report).toMatchObject({ was: "nothing", left: [] });
    expect(await holding(world)).toEqual([]);
  });

  test("when its record cannot be read, nothing is done, because nobody knows its tombstone", async () => {
    const world = inMemory();
    await publishedIn(world);
    await world.services.stores.newsroom.put("articles/story-1.json", Buffer.from("garbage"));
    await expect(purge(world.deps, "story-1")).rejects.toMatchObject({ code: "unreadable" });
  });

  test("when it is sent again meanwhile, the report says so", async () => {
    const world = inMemory();
    await publishedIn(world);
    const { withInbox } = world.deps;
    world.deps.withInbox = async (run) => {
      await ingest(world.services, secret({ updated: "2026-06-01T12:01:00.000Z" }));
      return withInbox(run);
    };
    expect((await purge(world.deps, "story-1")).left).toEqual([expect.stringContaining("sent again")]);
  });
});

describe("a bucket with versions", () => {
  test("when an article is purged, no version of its record, of the latest stories or of the inbox holds its content; other records keep theirs", async () => {
    const server = await startS3Server({ isVersioned: true });
    const client = clientOf(server.url);
    closers.push(() => client.destroy(), server.close);
    const versions = s3Versions(connect(client), "newsroom");
    const world = worldOf(s3Store(connect(client), "newsroom"), s3Store(connect(client), "site"), versions);
    await publishedIn(world);
    for (const n of [1, 2, 3])
      await ingest(world.services, incoming(2, { headline: `Edit ${n}`, revision: n }));
    // One whose key only begins with that of the purged record, and a file that was removed.
    await ingest(world.services, incoming(1, { id: "story-1.json" }));
    await ingest(world.services, incoming(1, { id: "story-1.json", headline: "Edit", revision: 1 }));
    await drop(world, JSON.stringify(secret()), "inbox/gone.ndjson");
    await world.services.stores.newsroom.delete("inbox/gone.ndjson");
    const today = { published: "2026-06-01T11:00:00.000Z", updated: "2026-06-01T11:00:00.000Z" };
    await ingest(world.services, secret(today));
    await ingest(world.services, incoming(3, today));
    await world.services.publisher.publish(["story-1", "story-2", "story-1.json", "story-3"]);
    await tickOnce(world.services);
    const latest = () => server.versions("newsroom").filter(({ key }) => key === "news/latest.json");
    expect(latest().some(({ body }) => body?.includes(SECRET))).toBe(true);
    const report = await purge(world.deps, "story-1");
    // Three that were live, and the tombstone before it said that it is one of a purge.
    expect(report.versions).toBe(4);
    expect(report.inbox.versions).toBeGreaterThan(1);
    await expectPurged(world, report);
    const left = server.versions("newsroom");
    expect(left.filter(({ body }) => body?.includes(SECRET))).toEqual([]);
    expect(latest().map(({ body }) => body?.includes("story-3"))).toEqual([true]);
    const countOf = (key: string) => left.filter((one) => one.key === key).length;
    expect([countOf("articles/story-1.json"), countOf("articles/story-2.json")]).toEqual([1, 4]);
    expect(countOf("articles/story-1.json.json")).toBe(2);
    expect(await purge(world.deps, "story-1")).toMatchObject({ versions: 0, left: [] });
  });
});

describe("the log of a purge", () => {
  const kinds = async ({ services }: World) =>
    (await toldBy(services)).open.changes.filter(({ id }) => id === "story-1").map(({ kind }) => kind);

  test("when a live story is purged, the log and the tombstone say purged, above the kill that may be told before", async () => {
    const world = inMemory();
    await publishedIn(world);
    await purge(world.deps, "story-1", "court order");
    expect((await kinds(world)).at(-1)).toBe("purged");
    const story = JSON.parse((await world.texts())["stories/story-1.json"] ?? "");
    expect(story._flashwire.story).toMatchObject({ status: "purged" });
    const before = await kinds(world);
    await purge(world.deps, "story-1");
    expect(await kinds(world)).toEqual(before);
  });

  test("when a story was withdrawn long ago, its purge is a change of its own", async () => {
    const world = inMemory();
    await publishedIn(world);
    await withdraw(world.services, "story-1");
    await world.services.publisher.publish(["story-1"]);
    await purge(world.deps, "story-1");
    expect(await kinds(world)).toEqual(["published", "withdrawn", "purged"]);
  });

  test("when a purged story comes back before the purge is told, the change that revives it says that it was purged; a later kill is a purge, too", async () => {
    const world = inMemory();
    await publishedIn(world);
    const { publisher } = world.services;
    world.deps.publisher = { ...publisher, publish: async () => ({ ...(await publisher.publish([])) }) };
    await purge(world.deps, "story-1");
    await withdraw(world.services, "story-1");
    expect(await readRecord(world.services, "story-1")).toMatchObject({ purged: true });
    await ingest(world.services, incoming(1, { updated: "2026-06-01T12:00:01.000Z" }));
    await publisher.publish(["story-1"]);
    const { open } = await toldBy(world.services);
    expect(open.changes.at(-1)).toMatchObject({ kind: "restored", after: { purged: true } });
  });

  test("when a story has lost its record, it goes, and an epoch is asked for whose snapshot has it no more", async () => {
    const world = inMemory();
    await publishedIn(world);
    await startedAndAtRest(world.services);
    const before = await toldBy(world.services);
    await world.services.stores.newsroom.delete("articles/story-1.json");
    await purge(world.deps, "story-1");
    await tickOnce(world.services);
    const after = await toldBy(world.services);
    expect(after.open.epoch > before.open.epoch).toBe(true);
    expect([...after.folded.keys()]).toEqual(["story-2"]);
    await ingest(world.services, incoming(1));
    await world.services.publisher.publish(["story-1"]);
    expect((await toldBy(world.services)).open.changes).toMatchObject([{ kind: "published", id: "story-1" }]);
  });
});

import { beforeEach, describe, expect, test } from "vitest";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { type RestoreReport, restoreVersion } from "../../src/maintain/restore-version.ts";
import { keptVersions } from "../../src/maintain/versions.ts";
import { articleKey, readRecord } from "../../src/repository/records.ts";
import { createServices, type Services } from "../../src/services.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { Versions } from "../../src/store/port.ts";
import { SITE } from "../simulation/site.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { versionedMemory } from "../support/versioned-memory.ts";
import { incoming } from "../support/wire.ts";

/* A record goes back to an earlier content, and the documents of every feed of every version with it. */

const ID = "story-1";
const WELL = { headline: "As it was meant", section: "World", tags: [{ name: "Ports" }] };
const BAD = { headline: "Sent by mistake", section: "Sport", updated: "2026-02-01T00:00:00.000Z" };

let services: Services;
let clock: number;
let kept: Versions;
const back = (choice: Parameters<typeof restoreVersion>[2] = {}): Promise<RestoreReport> =>
  restoreVersion({ ...services, versions: kept }, ID, choice);
const feed = async (name: string) =>
  Buffer.from((await services.stores.published.get(`feeds/${name}/feed.json`))?.body ?? []).toString();
const send = async (fields: object) => {
  clock += 60_000;
  await ingest(services, incoming(1, fields));
  await services.publisher.publish([ID]);
};
const oldest = async () => (await keptVersions(kept, ID)).at(-1)?.id;

beforeEach(async () => {
  clock = Date.parse("2026-06-01T12:00:00Z");
  const bucket = versionedMemory(() => clock);
  kept = bucket.versions;
  const stores = { newsroom: bucket.store, published: new MemoryStore(() => clock) };
  services = createServices({ site: SITE, stores, log: () => {}, now: () => clock, sleep: async () => {} });
  await services.publisher.startFeeds();
});

describe("a version that a newer one has replaced", () => {
  test("when it is restored, readers get it in each feed of either version, as a new edition dated now", async () => {
    await send(WELL);
    await send(BAD);
    expect(await feed("section/sport")).toContain("Sent by mistake");
    clock += 60_000;
    const report = await back({ version: await oldest() });
    expect(report).toMatchObject({ id: ID, result: "restored", was: "published", left: [] });
    expect(report.feeds).toEqual(expect.arrayContaining(["all", "section/sport", "section/world"]));
    expect(await feed("section/sport")).not.toContain("Sent by mistake");
    expect(await feed("section/world")).toContain("As it was meant");
    expect(JSON.parse(await feed("all")).items[0]).toMatchObject({
      title: "As it was meant",
      date_modified: new Date(clock).toISOString(),
    });
    await expectTruth(SITE, services.stores);
    expect(await back({ version: await oldest() })).toMatchObject({ result: "unchanged", left: [] });
  });

  test("when what it replaced is sent again, nothing changes; the newsroom's next version is newer", async () => {
    await send(WELL);
    await send(BAD);
    await back({ version: await oldest() });
    expect(await ingest(services, incoming(1, BAD))).toMatchObject({ result: "superseded" });
    expect(await ingest(services, incoming(1, WELL))).toMatchObject({ result: "unchanged" });
    await send({ ...WELL, headline: "Better", updated: "2026-02-02T00:00:00.000Z" });
    expect(await feed("all")).toContain("Better");
    await expectTruth(SITE, services.stores);
  });

  test("when several editions of it were there, the restored one has a name that none of them had", async () => {
    const names: string[] = [];
    for (const headline of ["One", "Two", "Three"]) {
      await send({ headline });
      names.push((await keptVersions(kept, ID))[0]?.version ?? "");
    }
    await send(BAD);
    names.push((await keptVersions(kept, ID))[0]?.version ?? "");
    const { version } = await back({ version: await oldest() });
    expect(names).not.toContain(version);
    expect(await feed("all")).toContain("One");
    await expectTruth(SITE, services.stores);
  });

  test("when corrections came with later versions, the restored one does not tell them", async () => {
    await send({ ...WELL, change: { kind: "update", note: "first note" } });
    await send({ ...BAD, change: { kind: "correction", note: "second note" } });
    await back({ version: await oldest() });
    expect(await feed("all")).toContain("first note");
    expect(await feed("all")).not.toContain("second note");
    await expectTruth(SITE, services.stores);
  });
});

describe("a record that is not there, or cannot be read", () => {
  test("when it was deleted, it comes back as it was last, with its date, its feeds and its guid", async () => {
    const guid = "urn:old:1";
    await send({ ...WELL, guid });
    const before = JSON.parse(await feed("all")).items[0];
    const { newsroom } = services.stores;
    await newsroom.delete(articleKey(ID));
    for await (const key of newsroom.list("guids/")) await newsroom.delete(key);
    await services.publisher.writeFeeds(new Map([["all", { ids: new Set([ID]) }]]));
    expect(await feed("all")).not.toContain("As it was meant");
    expect(await back()).toMatchObject({ result: "restored", was: "nothing" });
    const { title, date_modified, id } = JSON.parse(await feed("all")).items[0];
    expect({ title, date_modified, id }).toEqual({
      title: before.title,
      date_modified: before.date_modified,
      id: guid,
    });
    await expect(ingest(services, incoming(2, { guid }))).rejects.toMatchObject({ code: "guid-taken" });
    await expectTruth(SITE, services.stores);
  });

  test("when it is damaged, the newest version that can be read takes its place", async () => {
    await send(WELL);
    await send(BAD);
    await services.stores.newsroom.put(articleKey(ID), Buffer.from("{ no record"));
    expect((await keptVersions(kept, ID)).map(({ is }) => is)).toEqual([
      "unreadable",
      "published",
      "published",
    ]);
    expect(await back()).toMatchObject({ result: "restored", was: "unreadable" });
    expect(await feed("section/sport")).toContain("Sent by mistake");
    await expectTruth(SITE, services.stores);
  });
});

describe("a story that was withdrawn", () => {
  test("when a live version is to be restored, that needs a word of its own", async () => {
    await send(WELL);
    clock += 60_000;
    await withdraw(services, ID, { notice: "not so" });
    await services.publisher.publish([ID]);
    const version = await oldest();
    await expect(back({ version })).rejects.toMatchObject({ code: "withdrawn" });
    expect(await feed("all")).not.toContain("As it was meant");
    expect(await back({ version, revives: true })).toMatchObject({ result: "restored", was: "withdrawn" });
    expect(await feed("all")).toContain("As it was meant");
    await expectTruth(SITE, services.stores);
  });

  test("when a withdrawal is restored over a live version, the story is gone, with a tombstone that is newer", async () => {
    await send(WELL);
    await withdraw(services, ID, { notice: "not so" });
    await send({ ...WELL, headline: "Came back by mistake", updated: "2026-07-01T00:00:00.000Z" });
    const [, killed] = await keptVersions(kept, ID);
    expect(killed).toMatchObject({ is: "withdrawn" });
    await back({ version: killed?.id });
    expect(await feed("all")).not.toContain("Came back by mistake");
    await expectTruth(SITE, services.stores);
  });
});

describe("what cannot be restored is said", () => {
  test("when the record is well and no version is named, when none is kept, and when the version is no record", async () => {
    await expect(back()).rejects.toMatchObject({ code: "not-found" });
    await send(WELL);
    await expect(back()).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("--version"),
    });
    await expect(back({ version: "v999" })).rejects.toMatchObject({ code: "not-found" });
    await services.stores.newsroom.delete(articleKey(ID));
    const [removal] = await keptVersions(kept, ID);
    expect(removal).toMatchObject({ is: "removed", isPresent: true });
    await expect(back({ version: removal?.id })).rejects.toMatchObject({ code: "unreadable" });
  });

  test("when another article has the guid by now, nothing is written", async () => {
    const guid = "urn:old:2";
    await send({ ...WELL, guid });
    const { newsroom } = services.stores;
    await newsroom.delete(articleKey(ID));
    for await (const key of newsroom.list("guids/")) await newsroom.delete(key);
    await ingest(services, incoming(7, { guid }));
    await expect(back()).rejects.toMatchObject({ code: "guid-taken" });
    expect(await readRecord(services, ID)).toBeUndefined();
  });

  test("when a newsroom writes at the same moment, the restored content is written over what came", async () => {
    await send(WELL);
    await send(BAD);
    const { newsroom } = services.stores;
    let raced = false;
    const racing: typeof newsroom = {
      ...newsroom,
      put: async (key, ...rest) => {
        if (key === articleKey(ID) && !raced) {
          raced = true;
          await send({ ...BAD, headline: "In between", updated: "2026-02-03T00:00:00.000Z" });
        }
        return newsroom.put(key, ...rest);
      },
    };
    const stores = { ...services.stores, newsroom: racing };
    const version = await oldest();
    const deps = { ...services, stores, versions: kept };
    expect(await restoreVersion(deps, ID, { version })).toMatchObject({ result: "restored" });
    expect((await readRecord(services, ID))?.article).toMatchObject({ headline: "As it was meant" });
  });
});

import { beforeEach, expect, test } from "vitest";
import { OPEN_KEY } from "../../src/core/keys.ts";
import type { Site } from "../../src/core/site.ts";
import { storyState } from "../../src/core/story.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { findRecord } from "../../src/repository/records.ts";
import { setMark } from "../../src/repository/rollout.ts";
import { askForEpoch, listDue } from "../../src/repository/schedule.ts";
import { digestOf } from "../../src/repository/stories.ts";
import { putUpkeepState } from "../../src/repository/upkeep-state.ts";
import { createServices, type Services } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import { never } from "../../src/upkeep/deps.ts";
import { beginEpoch } from "../../src/upkeep/epoch.ts";
import { fingerprintOf } from "../../src/upkeep/fingerprint.ts";
import { DEPLOY_SETTLES_MS } from "../../src/upkeep/limits.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { createUpkeep } from "../../src/upkeep/tick.ts";
import { SITE } from "../simulation/site.ts";
import { toldBy } from "../support/change-log.ts";
import { startedAndAtRest } from "../support/upkeep.ts";
import { incoming, type MemoryWire, memoryWire } from "../support/wire.ts";

/** A wire whose site file selects one section: each story of another one is private. */
const selecting = (...sections: string[]): Site => ({
  ...SITE,
  feeds: [{ name: "all", title: "All", where: { section: sections } }],
  families: [],
});

let wire: MemoryWire;
let services: Services;

/** New processes, which remember nothing. */
function deployed(site: Site): Services {
  const { stores, log, now, sleep } = wire.services;
  return createServices({ site, stores, log, now, sleep });
}

async function send(to: Services, ...numbers: number[]): Promise<void> {
  const sections = ["World", "Sport", "Arts"];
  for (const n of numbers) await ingest(to, incoming(n, { section: sections[n % 3] as string }));
  await to.publisher.publish(numbers.map((n) => `story-${n}`));
}

beforeEach(async () => {
  wire = memoryWire(selecting("World", "Sport"));
  services = wire.services;
  await services.publisher.startFeeds();
  await send(services, 0, 1, 2, 3, 4, 5);
  await startedAndAtRest(services);
});

const storyOf = async (n: number) => {
  const stored = await wire.published.get(`stories/story-${n}.json`);
  return stored && { text: Buffer.from(stored.body).toString(), digest: digestOf(stored.body) };
};

/** Invariant 10 by the site file of these services, and that the digests which the log names are those of the stories. */
async function expectLogOf(of: Services): Promise<void> {
  const { open, stories, folded } = await toldBy(of);
  expect(open.snapshot).not.toBeNull();
  for (const n of [0, 1, 2, 3, 4, 5]) {
    const record = await findRecord(of, `story-${n}`);
    const isKnown = (await storyOf(n)) !== undefined;
    const state = record && storyState(of.site, record, isKnown);
    expect(folded.get(`story-${n}`)).toEqual(state);
  }
  for (const { id, digest } of [...stories, ...open.changes])
    expect(digest).toBe((await storyOf(Number(id.slice("story-".length))))?.digest);
}

const statuses = async (of: Services) =>
  Object.fromEntries([...(await toldBy(of)).folded].map(([id, { status }]) => [id, status]).sort());

test("when the site file places stories otherwise, the next epoch has each as it says, with none that was never selected", async () => {
  const before = (await toldBy(services)).open.epoch;
  expect(Object.keys(await statuses(services))).toEqual(["story-0", "story-1", "story-3", "story-4"]);
  const arts = deployed(selecting("World", "Arts"));
  await startedAndAtRest(arts);
  expect((await toldBy(arts)).open.epoch > before).toBe(true);
  expect(await statuses(arts)).toEqual({
    ...{ "story-0": "published", "story-3": "published" },
    ...{ "story-1": "removed", "story-4": "removed", "story-2": "published", "story-5": "published" },
  });
  expect((await storyOf(1))?.text).not.toContain('"title"');
  await expectLogOf(arts);
  const world = deployed(selecting("World"));
  await startedAndAtRest(world);
  expect(await statuses(world)).toMatchObject({ "story-2": "removed", "story-1": "removed" });
  await expectLogOf(world);
  const back = deployed(selecting("World", "Sport"));
  await startedAndAtRest(back);
  expect(await statuses(back)).toMatchObject({ "story-1": "published", "story-2": "removed" });
  await expectLogOf(back);
  await ingest(back, incoming(1, { section: "Sport", updated: "2026-05-01T00:00:00.000Z" }));
  await back.publisher.publish(["story-1"]);
  expect((await toldBy(back)).open.changes).toMatchObject([{ kind: "updated", id: "story-1" }]);
});

test("when a story that no feed selected is never selected, it stays private in every epoch", async () => {
  const world = deployed(selecting("World"));
  await startedAndAtRest(world);
  expect(await storyOf(2)).toBeUndefined();
  expect((await toldBy(world)).folded.has("story-2")).toBe(false);
});

test("when a story was killed, and its record is lost, its tombstone stands in the next epoch", async () => {
  await withdraw(services, "story-0");
  await services.publisher.publish(["story-0"]);
  await wire.newsroom.delete("articles/story-0.json");
  const arts = deployed(selecting("World", "Arts"));
  await startedAndAtRest(arts);
  expect(await statuses(arts)).toMatchObject({ "story-0": "withdrawn" });
});

test("when a record cannot be read, its story stays as it is, and holds up no epoch", async () => {
  const before = (await toldBy(services)).open.epoch;
  const story = await storyOf(3);
  await wire.newsroom.put("articles/story-3.json", Buffer.from("{"));
  const arts = deployed(selecting("World", "Arts"));
  const upkeep = createUpkeep(arts, { settlesMs: 0, auditsAtStart: false });
  for (let ticks = 0; ticks < 4; ticks++) await upkeep.tick(never);
  const { open } = await toldBy(arts);
  expect(open.epoch > before).toBe(true);
  expect(open.snapshot).not.toBeNull();
  expect(await statuses(arts)).toMatchObject({ "story-1": "removed", "story-3": "published" });
  expect(await storyOf(3)).toEqual(story);
});

test("when only the rendering changes, no story is written and no epoch begun", async () => {
  const before = await toldBy(services);
  const story = await storyOf(0);
  await startedAndAtRest(deployed({ ...selecting("World", "Sport"), title: "Other Times" }));
  expect((await toldBy(services)).open).toEqual(before.open);
  expect(await storyOf(0)).toEqual(story);
});

test("when a rebuild of all feeds by another site file ends the rollout, it asks for the epoch, too", async () => {
  const arts = deployed(selecting("World", "Arts"));
  await rebuild(arts);
  expect((await listDue(arts, wire.clock.now, 9)).epochs).toHaveLength(1);
  await rebuild(arts);
  expect((await listDue(arts, wire.clock.now, 9)).epochs).toHaveLength(1);
  await startedAndAtRest(arts);
  await expectLogOf(arts);
});

test("when the time is up after each step, the epoch is begun behind the last story, and all is done in the end", async () => {
  const arts = deployed(selecting("World", "Arts"));
  await setMark(arts, fingerprintOf(arts.site));
  await askForEpoch(arts);
  const before = (await toldBy(arts)).open.epoch;
  const options = { settlesMs: DEPLOY_SETTLES_MS, auditsAtStart: false, snapshotStories: 2 };
  const epochs: { epoch: string; isWritten: boolean }[] = [];
  for (let ticks = 0; ticks < 12; ticks++) {
    await createUpkeep(arts, options).tick(() => true);
    const { epoch } = (await toldBy(arts)).open;
    epochs.push({ epoch, isWritten: (await storyOf(5)) !== undefined });
  }
  expect(epochs.filter(({ epoch, isWritten }) => epoch > before && !isWritten)).toEqual([]);
  expect(new Set(epochs.map(({ epoch }) => epoch)).size).toBeLessThanOrEqual(2);
  expect(await listDue(arts, wire.clock.now, 9)).toMatchObject({ epochs: [], isSnapshotDue: false });
  await expectLogOf(arts);
});

test("when somebody asks again while stories are rewritten, the walk begins again, and one epoch answers both", async () => {
  const before = (await toldBy(services)).open.epoch;
  await askForEpoch(services);
  const upkeep = createUpkeep(services, { settlesMs: 0, auditsAtStart: false });
  await upkeep.begin();
  const [first] = (await listDue(services, wire.clock.now, 9)).epochs;
  const job = { epoch: before, stage: "rewrite", after: "story-9", pages: 0, asked: [first] };
  await putUpkeepState(services, { log: job, nextRound: "2099-01-01T00:00:00.000Z" });
  await askForEpoch(services);
  await wire.published.delete("stories/story-0.json");
  await upkeep.tick(never);
  expect(await storyOf(0)).toBeDefined();
  await expectLogOf(services);
  const { epoch } = (await toldBy(services)).open;
  await upkeep.tick(never);
  expect((await toldBy(services)).open.epoch).toBe(epoch);
});

test("when a publisher has read the log before an epoch is begun, it tells the epoch what the rewritten story says", async () => {
  const arts = deployed(selecting("World", "Arts"));
  await ingest(services, incoming(1, { section: "Sport", updated: "2026-05-01T00:00:00.000Z" }));
  const { published } = services.stores;
  let isFirst = true;
  const slow = createServices({
    ...services,
    stores: {
      ...services.stores,
      published: decorate(published, (store) => ({
        put: async (key, body, options) => {
          if (key === OPEN_KEY && isFirst) {
            isFirst = false;
            await arts.publisher.rewriteStories(["story-1"]);
            await beginEpoch(arts);
          }
          return store.put(key, body, options);
        },
      })),
    },
  });
  await slow.publisher.publish(["story-1"]);
  const { open } = await toldBy(services);
  expect(open.changes).toMatchObject([
    { id: "story-1", kind: "removed", digest: (await storyOf(1))?.digest },
  ]);
});

test("when the open page is lost, a warm process makes the snapshot of the next epoch at its next tick", async () => {
  const upkeep = createUpkeep(services, { settlesMs: 0, auditsAtStart: false });
  await upkeep.tick(never);
  expect((await upkeep.tick(never)).isAtRest).toBe(true);
  const before = (await toldBy(services)).open.epoch;
  await wire.published.delete("changes/open.json");
  await send(services, 6);
  expect((await toldBy(services)).open).toMatchObject({ snapshot: null });
  await upkeep.tick(never);
  const { open, folded } = await toldBy(services);
  expect(open.epoch > before).toBe(true);
  expect(open.snapshot).not.toBeNull();
  expect(folded.has("story-6")).toBe(true);
  expect((await upkeep.tick(never)).isAtRest).toBe(true);
});

test("when a feed of another site file has come to show a story, the story leaves it as it expires", async () => {
  await ingest(services, incoming(8, { section: "Arts", expires: "2026-06-01T13:00:00.000Z" }));
  await services.publisher.publish(["story-8"]);
  const arts = deployed(selecting("World", "Arts"));
  await startedAndAtRest(arts);
  const shown = async () =>
    Buffer.from((await wire.published.get("feeds/all/feed.json"))?.body ?? "").toString();
  expect(await shown()).toContain("Story 8");
  wire.clock.now += 2 * 3_600_000;
  await startedAndAtRest(arts);
  expect(await shown()).not.toContain("Story 8");
  expect(await statuses(arts)).toMatchObject({ "story-8": "removed" });
});

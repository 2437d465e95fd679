import { expect, test } from "vitest";
import { CHANGES, DAY_MS, WINDOW_SLACK } from "../../src/core/limits.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { readRecord } from "../../src/repository/records.ts";
import { setMark } from "../../src/repository/rollout.ts";
import { createToken, revokeToken, storedTokens } from "../../src/repository/tokens.ts";
import { never } from "../../src/upkeep/deps.ts";
import { DEPLOY_SETTLES_MS, SETTLED_MS } from "../../src/upkeep/limits.ts";
import { createUpkeep } from "../../src/upkeep/tick.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { rolloutOf, tickOnce } from "../support/upkeep.ts";
import { incoming, type MemoryWire, memoryWire, textOf } from "../support/wire.ts";

const YEARS_MS = 10 * 365 * DAY_MS;
const OPTIONS = { settlesMs: DEPLOY_SETTLES_MS, auditsAtStart: false };

async function whileClockIsWrong(wire: MemoryWire, run: () => Promise<unknown>): Promise<void> {
  wire.clock.now += YEARS_MS;
  await run();
  wire.clock.now -= YEARS_MS;
}

const at = (wire: MemoryWire, ahead: number = 0) => new Date(wire.clock.now + ahead).toISOString();

const feedsOf = async (wire: MemoryWire) =>
  (
    await Promise.all(
      ["rss.xml", "atom.xml", "feed.json"].map((file) => textOf(wire.published, `feeds/all/${file}`)),
    )
  ).join();

test.each([true, false])(
  "when a clock was ten years ahead, a later tick takes its dates out of records and documents (clock of the store right: %s)",
  async (storeClock) => {
    const wire = memoryWire(undefined, { storeClock });
    const { services } = wire;
    await services.publisher.startFeeds();
    const change = { kind: "correction" as const };
    const today = { published: at(wire, -3_600_000), updated: at(wire, -3_600_000) };
    for (let n = 0; n < 3; n++) await ingest(services, incoming(n, { ...today, revision: 1 }));
    const ids = ["story-0", "story-1", "story-2", "story-3"];
    await services.publisher.publish(ids);
    await whileClockIsWrong(wire, async () => {
      // Only the clock of a store can tell when this was: a newsroom's date is not in it.
      if (storeClock) await withdraw(services, "story-0");
      await ingest(services, incoming(1, { ...today, revision: 2, change }));
      await ingest(services, incoming(3, today));
      await services.publisher.publish(ids);
    });
    expect(await feedsOf(wire)).toContain("2036");
    wire.clock.now += SETTLED_MS + 1;
    const wrong = [...(storeClock ? ["story-0"] : []), "story-1", "story-3"];
    expect((await tickOnce(services)).repaired.sort()).toEqual(wrong);
    expect(await feedsOf(wire)).not.toContain("2036");
    for (const id of ids) expect((await readRecord(services, id))?.accepted).toMatch(/^2026/);
    await expectTruth(services.site, services.stores);
    expect((await tickOnce(services)).repaired).toEqual([]);
  },
);

test.each([true, false])(
  "when the clock is ten years behind now, a tick dates no record again (clock of the store right: %s)",
  async (storeClock) => {
    const wire = memoryWire(undefined, { storeClock });
    await wire.services.publisher.startFeeds();
    for (let n = 0; n < 3; n++) await ingest(wire.services, incoming(n, { updated: at(wire) }));
    await withdraw(wire.services, "story-2");
    const ids = ["story-0", "story-1", "story-2"];
    await wire.services.publisher.publish(ids);
    const before = await Promise.all(ids.map((id) => readRecord(wire.services, id)));
    wire.clock.now -= YEARS_MS;
    await tickOnce(wire.services);
    expect(await Promise.all(ids.map((id) => readRecord(wire.services, id)))).toEqual(before);
  },
);

test("when a flash came under such a clock, it ends when it would have ended under the right one", async () => {
  const wire = memoryWire(undefined, { storeClock: true });
  const begun = wire.clock.now;
  const flash = incoming(1, { updated: at(wire), breaking: { level: "flash" } });
  await whileClockIsWrong(wire, () => ingest(wire.services, flash));
  const ends = begun + wire.services.site.breakingMinutes.flash * 60_000;
  wire.clock.now += SETTLED_MS + 1;
  await tickOnce(wire.services);
  const record = await readRecord(wire.services, "story-1");
  expect(record?.breakingSince).toBe(new Date(begun).toISOString());
  expect(record?.pending?.settle).toBe(new Date(ends).toISOString());
  wire.clock.now = ends + 1;
  await tickOnce(wire.services);
  expect((await readRecord(wire.services, "story-1"))?.settled).toBe(true);
});

test("when more stories than a window remembers were killed under such a clock, later kills are in the documents after some ticks", async () => {
  const wire = memoryWire(undefined, { storeClock: true });
  const { services } = wire;
  await services.publisher.startFeeds();
  const count = CHANGES * WINDOW_SLACK + 10;
  const ids = Array.from({ length: count }, (_, n) => `story-${n}`);
  for (let n = 0; n < count; n++) await ingest(services, incoming(n));
  await services.publisher.publish(ids);
  await whileClockIsWrong(wire, async () => {
    for (const id of ids) await withdraw(services, id);
    await services.publisher.publish(ids);
  });
  wire.clock.now += SETTLED_MS + 1;
  for (let ticks = 0; ticks < 3; ticks++) await tickOnce(services);
  await ingest(services, incoming(count));
  await withdraw(services, `story-${count}`);
  await services.publisher.publish([`story-${count}`]);
  expect(await textOf(wire.published, "feeds/all/atom.xml")).toContain(`article/story-${count}"`);
  await expectTruth(services.site, services.stores);
});

test("when a round of the audit ended under such a clock, the next one begins at the next tick", async () => {
  const wire = memoryWire();
  const upkeep = createUpkeep(wire.services, OPTIONS);
  await ingest(wire.services, incoming(1));
  await whileClockIsWrong(wire, () => upkeep.tick(never));
  expect((await upkeep.tick(never)).records).toBe(1);
  expect((await upkeep.tick(never)).records).toBe(0);
  await whileClockIsWrong(wire, () => upkeep.tick(never));
  // A process that starts afterwards reads when the next round is due.
  expect((await createUpkeep(wire.services, OPTIONS).tick(never)).records).toBe(1);
});

test("when a rollout was found under such a clock, it is carried out at the next tick", async () => {
  const wire = memoryWire();
  await ingest(wire.services, incoming(1));
  await setMark(wire.services, { placed: "other", rendered: "other" });
  const upkeep = createUpkeep(wire.services, OPTIONS);
  await whileClockIsWrong(wire, () => upkeep.tick(never));
  expect((await rolloutOf(wire.services))?.begins).toMatch(/^2036/);
  await upkeep.tick(never);
  expect(await rolloutOf(wire.services)).toBeUndefined();
  await expectTruth(wire.services.site, wire.services.stores);
});

test("when tokens were read under such a clock, one that is revoked afterwards is refused within the usual time", async () => {
  const wire = memoryWire();
  const secret = await createToken(wire.services, "desk");
  const holderOf = storedTokens(wire.services);
  await whileClockIsWrong(wire, () => holderOf(secret));
  await revokeToken(wire.services, "desk");
  wire.clock.now += 60_001;
  expect(await holderOf(secret)).toBeUndefined();
});

import { expect, test } from "vitest";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { readRecord } from "../../src/repository/records.ts";
import { listStories } from "../../src/repository/schedule.ts";
import { incoming, type MemoryWire, memoryWire } from "../support/wire.ts";

const YEARS_MS = 10 * 365 * 86_400_000;
const MINUTE_MS = 60_000;

/** What happens while the clock of the wire is ten years ahead; the store of AWS has a clock of its own. */
async function whileClockIsWrong(wire: MemoryWire, run: () => Promise<unknown>): Promise<void> {
  wire.clock.now += YEARS_MS;
  await run();
  wire.clock.now -= YEARS_MS;
}

/** An instant of the right clock. */
const at = (wire: MemoryWire, ahead = 0) => new Date(wire.clock.now + ahead).toISOString();

const acceptedOf = async (wire: MemoryWire) => (await readRecord(wire.services, "story-1"))?.accepted;

test("when the clock was ten years ahead as a version came, the next version is accepted at the time at which it comes", async () => {
  const wire = memoryWire(undefined, { storeClock: true });
  await whileClockIsWrong(wire, () => ingest(wire.services, incoming(1)));
  wire.clock.now += MINUTE_MS;
  await ingest(wire.services, incoming(1, { updated: at(wire) }));
  expect(await acceptedOf(wire)).toBe(at(wire));
});

test("when a correction was dated by such a clock, the next version is not dated ahead", async () => {
  const wire = memoryWire(undefined, { storeClock: true });
  await ingest(wire.services, incoming(1, { revision: 1 }));
  const change = { kind: "correction" as const };
  await whileClockIsWrong(wire, () => ingest(wire.services, incoming(1, { revision: 2, change })));
  wire.clock.now += MINUTE_MS;
  await ingest(wire.services, incoming(1, { revision: 3, change, headline: "Right" }));
  const record = await readRecord(wire.services, "story-1");
  expect(record?.accepted).toBe(at(wire));
  expect(record?.dates?.updated).toBe(at(wire));
});

test("when a story was killed under such a clock, a version from after the kill brings it back, and one from before does not", async () => {
  const wire = memoryWire(undefined, { storeClock: true });
  await ingest(wire.services, incoming(1));
  const killed = at(wire);
  await whileClockIsWrong(wire, () => withdraw(wire.services, "story-1"));
  wire.clock.now += MINUTE_MS;
  const before = incoming(1, { updated: new Date(Date.parse(killed) - 1_000).toISOString() });
  await expect(ingest(wire.services, before)).rejects.toMatchObject({ code: "stale" });
  await ingest(wire.services, incoming(1, { updated: at(wire, -1_000) }));
  expect((await readRecord(wire.services, "story-1"))?.article.status).toBe("published");
});

test("when the store's clock was wrong as well, no version from before brings the story back, and after a first try a later version does", async () => {
  const wire = memoryWire();
  await ingest(wire.services, incoming(1));
  await whileClockIsWrong(wire, () => withdraw(wire.services, "story-1"));
  const stale = incoming(1, { updated: at(wire) });
  await expect(ingest(wire.services, stale)).rejects.toMatchObject({ code: "stale" });
  wire.clock.now += MINUTE_MS;
  await expect(ingest(wire.services, stale)).rejects.toMatchObject({ code: "stale" });
  expect((await ingest(wire.services, incoming(1, { updated: at(wire) }))).result).toBe("updated");
});

test.each([true, false])(
  "when the clock is years behind for a minute, what was accepted before stays as it is (clock of the store right: %s)",
  async (storeClock) => {
    const wire = memoryWire(undefined, { storeClock });
    await ingest(wire.services, incoming(1, { updated: at(wire) }));
    const before = await readRecord(wire.services, "story-1");
    wire.clock.now -= YEARS_MS;
    const old = incoming(1, { updated: new Date(Date.parse(before?.accepted ?? "") - 1_000).toISOString() });
    await expect(ingest(wire.services, old)).rejects.toMatchObject({ code: "stale" });
    expect(await readRecord(wire.services, "story-1")).toEqual(before);
    await ingest(wire.services, incoming(1, { revision: 1 }));
    expect(Date.parse((await acceptedOf(wire)) ?? "")).toBe(Date.parse(before?.accepted ?? "") + 1);
  },
);

test("when an older version puts the times of a flash of such a clock right, the schedule knows when the flash ends", async () => {
  const wire = memoryWire(undefined, { storeClock: true });
  const flash = incoming(1, { revision: 2, breaking: { level: "flash" } });
  await whileClockIsWrong(wire, () => ingest(wire.services, flash));
  await expect(ingest(wire.services, incoming(1, { revision: 1 }))).rejects.toMatchObject({ code: "stale" });
  const ends = at(wire, wire.services.site.breakingMinutes.flash * MINUTE_MS);
  expect((await readRecord(wire.services, "story-1"))?.pending?.settle).toBe(ends);
  expect(await listStories(wire.services, 10)).toContainEqual({ id: "story-1", at: ends });
});

test("when newsroom and wire were ten years ahead together, a correction by the right clock is newer", async () => {
  const wire = memoryWire(undefined, { storeClock: true });
  await whileClockIsWrong(wire, () =>
    ingest(wire.services, incoming(1, { published: at(wire), updated: at(wire) })),
  );
  wire.clock.now += MINUTE_MS;
  const outcome = await ingest(wire.services, incoming(1, { updated: at(wire), headline: "Right" }));
  expect(outcome.result).toBe("updated");
  expect(await acceptedOf(wire)).toBe(at(wire));
});

test("when the clock was ahead by less than a day, what was accepted stays in order", async () => {
  const wire = memoryWire();
  wire.clock.now += 3_600_000;
  await ingest(wire.services, incoming(1));
  const first = Date.parse((await acceptedOf(wire)) ?? "");
  wire.clock.now -= 3_600_000;
  await ingest(wire.services, incoming(1, { updated: at(wire) }));
  expect(await acceptedOf(wire)).toBe(new Date(first + 1).toISOString());
});

import { describe, expect, test } from "vitest";
import { recordBytes } from "../../src/repository/record-form.ts";
import { readRecord } from "../../src/repository/records.ts";
import { createServices } from "../../src/services.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { tickOnce } from "../support/upkeep.ts";
import { life } from "./support.ts";

const at = (ms: number) => new Date(ms).toISOString();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Whether each document of `all` flags the story as breaking. */
async function flags({ text }: Pick<ReturnType<typeof life>, "text">): Promise<boolean[]> {
  const documents = await Promise.all(
    (["rss", "atom", "json"] as const).map((format) => text("all", format)),
  );
  return documents.map((document) => /Breaking news|fw:breaking/.test(document));
}

/** Makes of the record what an earlier version of the wire stored, which knew no time and left no reminder. */
async function asOfEarlierVersion({ services, newsroom }: ReturnType<typeof life>): Promise<void> {
  const stored = await readRecord(services, "story-1");
  if (stored === undefined) throw new Error("the record is gone");
  const { article, feeds, accepted } = stored;
  await newsroom.put("articles/story-1.json", recordBytes({ article, feeds, ...(accepted && { accepted }) }));
  for await (const key of newsroom.list("schedule/")) await newsroom.delete(key);
}

describe("when a story is breaking news", () => {
  test("it ends at its `until`: the flag is gone in every format, and the story has left `breaking`", async () => {
    const wire = life();
    const { send, tick, titles, clock, items } = wire;
    await send({ breaking: { level: "bulletin", until: at(clock.now + HOUR) } });
    const before = (await items())[0];
    expect([await titles("breaking"), await flags(wire)]).toEqual([["Story 1"], [true, true, true]]);
    clock.now += HOUR;
    expect(await tick()).toMatchObject({ told: 1 });
    expect([await titles("breaking"), await flags(wire)]).toEqual([[], [false, false, false]]);
    expect((await items())[0]).toMatchObject({ date_modified: before.date_modified });
  });

  test.each([
    ["flash", 1],
    ["bulletin", 6],
    ["urgent", 12],
  ] as const)("it ends by itself where the newsroom gives no end: a %s after %s h", async (level, hours) => {
    const { send, tick, titles, clock } = life();
    await send({ updated: at(clock.now), breaking: { level } });
    clock.now += hours * HOUR - 1;
    await tick();
    expect(await titles("breaking")).toEqual(["Story 1"]);
    clock.now += 1;
    await tick();
    expect(await titles("breaking")).toEqual([]);
  });

  test("it stands by its level, then the newest first; a level that changes moves the story", async () => {
    const { send, titles, clock } = life();
    const now = at(clock.now);
    await send({ updated: now, breaking: { level: "urgent" } }, 3);
    await send({ updated: now, breaking: { level: "flash" } }, 1);
    await send({ updated: now, breaking: { level: "flash" } }, 2);
    expect(await titles("breaking")).toEqual(["Story 2", "Story 1"]);
    await send({ updated: at(clock.now + 1), breaking: { level: "bulletin" } }, 2);
    expect(await titles("breaking")).toEqual(["Story 1", "Story 2"]);
    await send({ updated: at(clock.now + 2), breaking: { level: "flash" } }, 3);
    expect(await titles("breaking")).toEqual(["Story 3", "Story 1"]);
  });

  test("is not prolonged by a correction, and begins again when the level is raised", async () => {
    const { send, tick, titles, clock } = life();
    await send({ updated: at(clock.now), breaking: { level: "bulletin" } });
    clock.now += 5 * HOUR;
    await send({ updated: at(clock.now), breaking: { level: "bulletin" }, headline: "Corrected" });
    clock.now += HOUR;
    await tick();
    expect(await titles("breaking")).toEqual([]);
    clock.now += MINUTE;
    await send({ updated: at(clock.now), breaking: { level: "bulletin" }, headline: "Corrected again" });
    expect(await titles("breaking")).toEqual([]);
    await send({ updated: at(clock.now + 1), breaking: { level: "flash" }, headline: "Raised" });
    expect(await titles("breaking")).toEqual(["Raised"]);
    clock.now += HOUR + 1;
    await tick();
    expect(await titles("breaking")).toEqual([]);
  });

  test("begins again when a version without the flag came between", async () => {
    const { send, titles, clock } = life();
    await send({ updated: at(clock.now), breaking: { level: "flash" } });
    clock.now += 2 * HOUR;
    await send({ updated: at(clock.now) });
    await send({ updated: at(clock.now + 1), breaking: { level: "flash" } });
    expect(await titles("breaking")).toEqual(["Story 1"]);
  });

  test("and comes after its `until`, it is never flagged", async () => {
    const wire = life();
    await wire.send({ breaking: { level: "flash", until: at(wire.clock.now) } });
    expect(await wire.titles("breaking")).toEqual([]);
    expect(await flags(wire)).toEqual([false, false, false]);
  });

  test("it counts from its release where the story waits", async () => {
    const { send, tick, titles, clock } = life();
    await send({ published: at(clock.now + 3 * HOUR), updated: at(clock.now), breaking: { level: "flash" } });
    clock.now += 3 * HOUR;
    await tick();
    expect(await titles("breaking")).toEqual(["Story 1"]);
    clock.now += HOUR;
    await tick();
    expect(await titles("breaking")).toEqual([]);
  });

  test("and an earlier version of the wire wrote its record, it ends too: the audit leaves the reminder", async () => {
    const wire = life();
    const { send, tick, audit, titles, clock } = wire;
    const { etag } = await send({ breaking: { level: "flash" } });
    await asOfEarlierVersion(wire);
    clock.now += 48 * HOUR;
    await audit();
    await tick();
    expect(await titles("breaking")).toEqual([]);
    expect(await titles()).toEqual(["Story 1"]);
    expect((await send({ breaking: { level: "flash" } })).result).toBe("unchanged");
    expect(etag).not.toBe("");
  });

  test("of such a record tells in every document when it ends, once the audit knows it", async () => {
    const wire = life();
    const { send, clock, services, items } = wire;
    await send({ breaking: { level: "flash" } });
    const ends = at(clock.now + HOUR);
    await asOfEarlierVersion(wire);
    // A process of this version, which first renders the record as it is.
    const process = createServices({ ...services });
    await process.publisher.publish(["story-1"]);
    expect((await items())[0]._flashwire.breaking).toEqual({ level: "flash" });
    await tickOnce(process);
    // The event of what the audit wrote.
    await process.publisher.publish(["story-1"]);
    expect((await items())[0]._flashwire.breaking).toEqual({ level: "flash", until: ends });
    await expectTruth(services.site, services.stores);
  });

  test("its end returns no document to bytes that the document had before", async () => {
    const { send, tick, text, clock } = life();
    const seen: string[] = [];
    const look = async () => {
      for (const format of ["rss", "atom", "json"] as const) seen.push(await text("all", format));
    };
    await send({});
    await look();
    // The same version with a flag, which then ends: no date moves.
    await send({ breaking: { level: "flash" } });
    await look();
    clock.now += HOUR;
    await tick();
    await look();
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe("when a story expires", () => {
  test("it leaves every feed at its time, without a tombstone", async () => {
    const { send, tick, titles, clock, text } = life();
    expect(await send({ expires: at(clock.now + HOUR) })).toMatchObject({ result: "created" });
    expect(await titles()).toEqual(["Story 1"]);
    clock.now += HOUR;
    await tick();
    expect([await titles(), await titles("section/world")]).toEqual([[], []]);
    expect(await text("all", "atom")).not.toContain("deleted-entry");
  });

  test("it stays where a later version takes the time away", async () => {
    const { send, tick, titles, clock } = life();
    await send({ updated: at(clock.now), expires: at(clock.now + HOUR) });
    clock.now += MINUTE;
    await send({ updated: at(clock.now) });
    clock.now += 2 * HOUR;
    expect(await tick()).toMatchObject({ told: 0, failed: [] });
    expect(await titles()).toEqual(["Story 1"]);
  });

  test("is in no feed where its time had passed when it came", async () => {
    const { send, titles, clock } = life();
    expect(await send({ expires: at(clock.now) })).toMatchObject({ result: "created", feeds: [] });
    expect(await titles()).toEqual([]);
  });

  test("it does several things in its life, one after the other", async () => {
    const { send, tick, titles, clock, record } = life();
    const start = clock.now;
    await send({
      updated: at(start),
      embargo: at(start + HOUR),
      breaking: { level: "flash", until: at(start + 2 * HOUR) },
      expires: at(start + 3 * HOUR),
    });
    const states = [];
    for (const hours of [0, 1, 2, 3]) {
      clock.now = start + hours * HOUR;
      await tick();
      states.push([await titles(), await titles("breaking")]);
    }
    const story = ["Story 1"];
    expect(states).toEqual([
      [[], []],
      [story, story],
      [story, []],
      [[], []],
    ]);
    expect(await record()).toMatchObject({ phase: 3 });
  });
});

import { describe, expect, test } from "vitest";
import type { StoredRecord } from "../../src/core/record.ts";
import { type Incoming, ingest, withdraw } from "../../src/ingest/ingest.ts";
import { advance } from "../../src/life/advance.ts";
import { listDue, listStories } from "../../src/repository/schedule.ts";
import { createServices } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import type { Store } from "../../src/store/port.ts";
import { never } from "../../src/upkeep/deps.ts";
import { upkeepStatus } from "../../src/upkeep/status.ts";
import { createUpkeep } from "../../src/upkeep/tick.ts";
import { readArticle } from "../../src/validate/article.ts";
import { countingStore } from "../support/counting-store.ts";
import { tickOnce } from "../support/upkeep.ts";
import { life } from "./support.ts";

const at = (ms: number) => new Date(ms).toISOString();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("when a story is dated ahead", () => {
  test("it waits until its time, then it is published and dated as the newsroom said", async () => {
    const { send, tick, titles, items, clock } = life();
    const due = at(clock.now + HOUR);
    const sent = await send({ published: due, updated: due });
    expect(sent).toMatchObject({ result: "scheduled", due, feeds: [] });
    expect(sent.warnings).toEqual([{ pointer: "#/published", detail: expect.stringContaining(due) }]);
    expect(await titles()).toEqual([]);
    clock.now += HOUR - 1;
    await tick();
    expect(await titles()).toEqual([]);
    clock.now += 1;
    expect(await tick()).toMatchObject({ told: 1, failed: [] });
    expect(await titles()).toEqual(["Story 1"]);
    expect((await items())[0]).toMatchObject({ date_published: due, date_modified: due });
  });

  test("it is in no document before its time, in none of the formats", async () => {
    const { send, clock, published } = life();
    await send({ embargo: at(clock.now + HOUR), headline: "Not yet" });
    for await (const key of published.list("")) {
      const stored = await published.get(key);
      expect(Buffer.from(stored?.body ?? []).toString(), key).not.toContain("Not yet");
    }
  });

  test("it counts as now where it is ahead by no more than clocks differ, and keeps that instant", async () => {
    const { send, items, clock } = life();
    const now = at(clock.now);
    const published = at(clock.now + 2 * MINUTE);
    expect(await send({ published, updated: published })).toMatchObject({ result: "created" });
    expect((await items())[0]).toMatchObject({ date_published: now, date_modified: now });
    clock.now += HOUR;
    await send({ published, updated: at(clock.now), headline: "Later" });
    expect((await items())[0]).toMatchObject({
      title: "Later",
      date_published: now,
      date_modified: at(clock.now),
    });
  });

  test("it waits for an embargo to the millisecond, without that grace", async () => {
    const { send, tick, titles, clock } = life();
    expect(await send({ embargo: at(clock.now + 1) })).toMatchObject({ result: "scheduled" });
    await tick();
    expect(await titles()).toEqual([]);
    clock.now += 1;
    await tick();
    expect(await titles()).toEqual(["Story 1"]);
  });

  test("it waits for the later of embargo and publication, which may have microseconds", async () => {
    const { send, tick, titles, clock } = life();
    const embargo = at(clock.now + HOUR).replace("Z", "400Z");
    expect(await send({ published: at(clock.now + MINUTE * 30), embargo })).toMatchObject({ due: embargo });
    clock.now += HOUR;
    await tick();
    expect(await titles()).toEqual([]);
    clock.now += 1;
    await tick();
    expect(await titles()).toEqual(["Story 1"]);
  });

  test("it can be edited and pulled forward; the old time does nothing any more", async () => {
    const { send, tick, titles, clock, services } = life();
    const first = clock.now;
    const due = at(first + HOUR);
    await send({ published: due, updated: at(clock.now) });
    clock.now += MINUTE;
    const edit = { published: due, updated: at(clock.now), headline: "Edited" };
    expect(await send(edit)).toMatchObject({ result: "scheduled" });
    clock.now += MINUTE;
    const now = at(clock.now);
    expect(await send({ published: now, updated: now, headline: "Now" })).toMatchObject({
      result: "updated",
    });
    expect(await titles()).toEqual(["Now"]);
    clock.now = first + 2 * HOUR;
    expect(await tick()).toMatchObject({ told: 0, failed: [] });
    expect(await titles()).toEqual(["Now"]);
    expect(await listStories(services, 10)).toEqual([]);
  });

  test("it is dated as of the version that pulls it forward, not as of the time for which it waited", async () => {
    const { send, items, clock } = life();
    const due = at(clock.now + 5 * HOUR);
    await send({ published: due, updated: due });
    clock.now += MINUTE;
    const now = at(clock.now);
    await send({ published: now, updated: now });
    expect((await items())[0]).toMatchObject({ date_published: now, date_modified: now });
  });

  test("it is dated as of now, too, where its date had counted as that of its embargo", async () => {
    const { send, items, clock } = life();
    const published = at(clock.now + MINUTE);
    await send({ published, updated: at(clock.now - 2), embargo: at(clock.now + MINUTE / 2) });
    const now = at(clock.now);
    await send({ published, updated: at(clock.now - 1) });
    expect((await items())[0]).toMatchObject({ date_published: now, date_modified: now });
  });

  test("it tells a correction that waited as of the version which pulls the story forward", async () => {
    const { send, text, clock } = life();
    await send({ updated: at(clock.now - 2) });
    const embargo = at(clock.now + 5 * HOUR);
    await send({ updated: at(clock.now - 1), embargo, change: { kind: "correction" } });
    await send({ updated: at(clock.now) });
    expect(await text("all", "atom")).not.toContain("2026-06-01T17:");
  });

  test("its newsroom is warned where it expires before anybody may see it", () => {
    const sent = { id: "a", url: "https://a.example/", headline: "x", published: "2026-01-01T00:00:00Z" };
    const times = { embargo: "2026-07-01T00:00:00Z", expires: "2026-06-30T00:00:00Z" };
    const { warnings } = readArticle({ ...sent, ...times }, { now: Date.parse("2026-06-01T00:00:00Z") });
    expect(warnings).toEqual([
      { pointer: "#/expires", detail: expect.stringContaining("no feed ever shows it") },
    ]);
  });

  test("it can be put off: it appears at the later time", async () => {
    const { send, tick, titles, clock } = life();
    await send({ published: at(clock.now + HOUR), updated: at(clock.now) });
    clock.now += MINUTE;
    await send({ published: at(clock.now + 5 * HOUR), updated: at(clock.now) });
    clock.now += 2 * HOUR;
    await tick();
    expect(await titles()).toEqual([]);
    clock.now += 3 * HOUR;
    await tick();
    expect(await titles()).toEqual(["Story 1"]);
  });

  test("it can be killed: nobody ever saw it, so no feed has a tombstone of it", async () => {
    const { send, tick, titles, clock, services, items, record } = life();
    await send({ published: at(clock.now + HOUR), updated: at(clock.now) });
    expect(await withdraw(services, "story-1")).toMatchObject({ result: "withdrawn", feeds: [] });
    clock.now += 2 * HOUR;
    expect(await tick()).toMatchObject({ told: 0, failed: [] });
    expect([await titles(), await items()]).toEqual([[], []]);
    expect((await record())?.article.status).toBe("withdrawn");
  });

  test("it is dated as the newsroom said where it was killed and revived while it waited", async () => {
    const { send, tick, items, clock, services } = life();
    const published = at(clock.now + HOUR);
    await send({ published, updated: at(clock.now) });
    clock.now += MINUTE;
    await withdraw(services, "story-1");
    clock.now += MINUTE;
    await send({ published, updated: at(clock.now) });
    clock.now += HOUR;
    await tick();
    expect((await items())[0]).toMatchObject({ date_published: published });
  });

  test("it waits for a microsecond that is a part of the millisecond of now", async () => {
    const { send, tick, titles, clock } = life();
    const embargo = at(clock.now).replace("Z", "400Z");
    expect(await send({ embargo })).toMatchObject({ result: "scheduled", due: embargo });
    clock.now += 1;
    await tick();
    expect(await titles()).toEqual(["Story 1"]);
  });

  test("it does not come out with what else is due in the millisecond before it", async () => {
    const { send, tick, titles, clock } = life();
    const due = at(clock.now + HOUR);
    const breaking = { level: "flash" as const, until: due };
    await send({ updated: at(clock.now), embargo: due.replace("Z", "400Z"), breaking });
    clock.now += HOUR;
    expect(await tick()).toMatchObject({ told: 1 });
    expect(await titles()).toEqual([]);
    clock.now += 1;
    await tick();
    expect(await titles()).toEqual(["Story 1"]);
  });

  test("it can be corrected with a right date where the wrong one was local time sent as UTC, and the answer had warned", async () => {
    const { send, titles, clock } = life();
    const wrong = at(clock.now + 9 * HOUR);
    const sent = await send({ published: wrong, updated: wrong, breaking: { level: "flash" } });
    expect(sent.warnings[0]?.detail).toContain("BREAKING");
    clock.now += MINUTE;
    const now = at(clock.now);
    expect(await send({ published: now, updated: now })).toMatchObject({ result: "updated" });
    expect(await titles()).toEqual(["Story 1"]);
  });

  test("it is listed by the status until it is told, killed or moved", async () => {
    const { send, clock, services } = life();
    const [first, second] = [at(clock.now + HOUR), at(clock.now + 2 * HOUR)];
    for (const n of [1, 2, 3]) await send({ published: first, updated: at(clock.now) }, n);
    await withdraw(services, "story-1");
    await send({ published: second, updated: at(clock.now + 1) }, 2);
    expect((await upkeepStatus(services)).waiting).toEqual([
      { id: "story-3", at: first },
      { id: "story-2", at: second },
    ]);
  });

  test("leaves its feeds when it was public before", async () => {
    const { send, tick, titles, clock } = life();
    await send({ updated: at(clock.now) });
    clock.now += MINUTE;
    const later = { updated: at(clock.now), embargo: at(clock.now + HOUR), headline: "Held back" };
    const answer = await send(later);
    expect(answer).toMatchObject({ result: "scheduled" });
    expect(answer.warnings[0]?.detail).toMatch(/^TAKES A LIVE STORY OUT OF ITS FEEDS/);
    expect(await titles()).toEqual([]);
    clock.now += HOUR;
    await tick();
    expect(await titles()).toEqual(["Held back"]);
  });
});

describe("when the clocks of two functions differ", () => {
  const BEHIND = 5 * MINUTE;

  test("they do not make a story wait again that came out at its embargo", async () => {
    const { send, tick, titles, clock } = life();
    const embargo = at(clock.now + HOUR);
    await send({ updated: at(clock.now), embargo });
    clock.now += HOUR;
    await tick();
    clock.now -= BEHIND;
    expect(await send({ updated: at(clock.now), embargo, headline: "Corrected" })).toMatchObject({
      result: "updated",
    });
    expect(await titles()).toEqual(["Corrected"]);
  });

  test("they do not make a story wait again whose date counted as now", async () => {
    const { send, titles, clock } = life();
    const published = at(clock.now + MINUTE);
    await send({ published, updated: at(clock.now - BEHIND) });
    clock.now -= BEHIND;
    await send({ published, updated: at(clock.now + 1), headline: "Corrected" });
    expect(await titles()).toEqual(["Corrected"]);
  });

  test("they hold an embargo to the letter where the same date of publication counted as now", async () => {
    const { send, titles, clock } = life();
    const published = at(clock.now + MINUTE);
    await send({ published, updated: at(clock.now) });
    const held = { published, updated: at(clock.now + 1), embargo: published };
    expect(await send(held)).toMatchObject({ result: "scheduled" });
    expect(await titles()).toEqual([]);
  });

  test("they do not show a story again that has expired", async () => {
    const { send, tick, titles, clock } = life();
    const expires = at(clock.now + HOUR);
    await send({ updated: at(clock.now), expires });
    clock.now += HOUR;
    await tick();
    clock.now -= BEHIND;
    await send({ updated: at(clock.now), expires, headline: "Corrected" });
    expect(await titles()).toEqual([]);
  });

  test("they do not flag a story again whose breaking news has ended", async () => {
    const { send, tick, titles, clock } = life();
    const breaking = { level: "flash" as const, until: at(clock.now + HOUR) };
    await send({ updated: at(clock.now), breaking });
    clock.now += HOUR;
    await tick();
    clock.now -= BEHIND;
    await send({ updated: at(clock.now), breaking, headline: "Corrected" });
    expect([await titles(), await titles("breaking")]).toEqual([["Corrected"], []]);
  });
});

describe("a reminder that a tick takes away", () => {
  test("is there again when the tick looked at it before the record was written", async () => {
    const { services, newsroom, clock, tick, titles, story } = life();
    const slow = decorate(newsroom, (store) => ({
      put: async (key, body, options) => {
        if (key.startsWith("articles/")) {
          clock.now += 2_000;
          await tick();
        }
        return store.put(key, body, options);
      },
    }));
    const stores = { ...services.stores, newsroom: slow };
    await ingest({ ...services, stores }, story({ embargo: at(clock.now + 1_000) }));
    await tick();
    expect(await titles()).toEqual(["Story 1"]);
  });

  test("is there again when a version for the same time came since the tick read the record", async () => {
    const { newsroom, clock, send, ticks, tick, titles } = life();
    const due = clock.now + HOUR;
    await send({ updated: at(clock.now), embargo: at(due) });
    await send({ updated: at(clock.now + 1), embargo: at(due + HOUR) });
    const slow = decorate(newsroom, (store) => ({
      delete: async (key) => {
        clock.now = due - 1_000;
        await send({ updated: at(clock.now), embargo: at(due) });
        clock.now = due;
        return store.delete(key);
      },
    }));
    clock.now = due;
    await ticks(slow)();
    expect(await titles()).toEqual([]);
    await tick();
    expect(await titles()).toEqual(["Story 1"]);
  });
});

describe("when a story has left a feed because it waits", () => {
  test("the feed is not dated ahead: no format has the time for which the story waits", async () => {
    const { send, text, clock } = life();
    await send({ updated: at(clock.now) });
    clock.now += MINUTE;
    const due = at(clock.now + 5 * HOUR);
    await send({ updated: at(clock.now), embargo: due, change: { kind: "correction" } });
    await send({ published: due, updated: due }, 2);
    clock.now += MINUTE;
    await send({ updated: due, published: due });
    for (const format of ["rss", "atom", "json"] as const) {
      const document = await text("all", format);
      expect(document).not.toContain("2026-06-01T17:");
      expect(document).not.toContain("01 Jun 2026 17:");
    }
  });
});

describe("when time brings something to a record", () => {
  test("it leaves the newsroom's part alone: the same record is unchanged, and an ETag of before still holds", async () => {
    const { send, tick, clock, services, story } = life();
    const due = at(clock.now + HOUR);
    const fields = { published: due, updated: at(clock.now) };
    const { etag, version } = await send(fields);
    clock.now += HOUR;
    await tick();
    const again = await send(fields);
    expect(again).toMatchObject({ result: "unchanged", etag, version });
    const ifMatch = (known?: string) => known === etag;
    const next = story({ ...fields, updated: at(clock.now), headline: "Corrected" });
    expect(await ingest(services, next, { ifMatch })).toMatchObject({ result: "updated" });
    await expect(
      ingest(services, { ...next, headline: "Lost update" } as Incoming, { ifMatch }),
    ).rejects.toMatchObject({
      code: "precondition-failed",
    });
  });

  test("it is found by the audit where its reminder was lost", async () => {
    const { send, tick, audit, titles, clock, newsroom } = life();
    await send({ published: at(clock.now + HOUR), updated: at(clock.now) });
    for await (const key of newsroom.list("schedule/")) await newsroom.delete(key);
    clock.now += HOUR;
    await tick();
    expect(await titles()).toEqual([]);
    await audit();
    await tick();
    expect(await titles()).toEqual(["Story 1"]);
  });

  test("it is found by sending the record again where its reminder was lost", async () => {
    const { send, tick, titles, clock, newsroom } = life();
    const fields = { published: at(clock.now + HOUR), updated: at(clock.now) };
    await send(fields);
    for await (const key of newsroom.list("schedule/")) await newsroom.delete(key);
    expect(await send(fields)).toMatchObject({ result: "unchanged", due: fields.published });
    clock.now += HOUR;
    await tick();
    expect(await titles()).toEqual(["Story 1"]);
  });

  test("it is written down once: neither the record that is sent again nor the audit writes its reminder again", async () => {
    const { services, newsroom, clock, send, story } = life();
    const fields = { expires: at(clock.now + HOUR) };
    await send(fields);
    const { store, reminders } = noting(newsroom);
    const counting = countingStore(store);
    const counted = createServices({ ...services, stores: { ...services.stores, newsroom: counting.store } });
    expect(await ingest(counted, story(fields))).toMatchObject({ result: "unchanged" });
    expect(counting.counts.put).toEqual({});
    await tickOnce(counted);
    expect(reminders).toEqual([]);
  });

  test("it is written down once where a tick tells the story and more is to come", async () => {
    const { send, ticks, clock, newsroom } = life();
    await send({ embargo: at(clock.now + HOUR), expires: at(clock.now + 3 * HOUR), updated: at(clock.now) });
    const { store, reminders } = noting(newsroom);
    const counting = countingStore(store);
    clock.now += HOUR;
    await ticks(counting.store)();
    expect(counting.counts.put).toMatchObject({ articles: 1 });
    expect(reminders).toHaveLength(1);
  });

  test("it happens once where two ticks run at once, and where a tick comes days late", async () => {
    const { send, ticks, titles, clock, record } = life();
    await send({ published: at(clock.now + HOUR), updated: at(clock.now) });
    clock.now += 72 * HOUR;
    const [a, b] = [ticks(), ticks()];
    await Promise.all([a(), b()]);
    expect(await titles()).toEqual(["Story 1"]);
    expect(await record()).toMatchObject({ phase: 1 } satisfies Partial<StoredRecord>);
  });

  test("a tick with nothing due costs one LIST, and writes nothing", async () => {
    const wire = life();
    await wire.send({ published: at(wire.clock.now + HOUR), updated: at(wire.clock.now) });
    const counting = countingStore(wire.newsroom);
    const tick = wire.ticks(counting.store);
    // The first one begins the log, and the second one writes the home page that follows the log.
    await tick();
    await tick();
    counting.reset();
    await tick();
    expect(counting.counts).toEqual({ get: {}, head: {}, put: {}, delete: {}, list: { schedule: 1 } });
  });

  test("it is published by the next tick where the tick that wrote it was cut off before it published", async () => {
    const { send, tick, titles, clock, services, record } = life();
    await send({ published: at(clock.now + HOUR), updated: at(clock.now) });
    clock.now += HOUR;
    const [due] = (await listDue(services, clock.now, 10)).stories;
    if (due === undefined) throw new Error("nothing is due");
    await advance(services, due);
    expect(await record()).toMatchObject({ phase: 1 });
    expect(await titles()).toEqual([]);
    await tick();
    expect(await titles()).toEqual(["Story 1"]);
    expect(await listStories(services, 10)).toEqual([]);
  });

  test("keeps its reminder where its record cannot be read any more when it is published", async () => {
    const { send, clock, services, newsroom } = life();
    await send({ published: at(clock.now + HOUR), updated: at(clock.now) });
    clock.now += HOUR;
    const put = newsroom.put.bind(newsroom);
    newsroom.put = async (key, ...rest) => {
      const answer = await put(key, ...rest);
      if (key === "articles/story-1.json") await put(key, Buffer.from("{"));
      return answer;
    };
    const [due] = (await listDue(services, clock.now, 10)).stories;
    await createUpkeep(services, { settlesMs: 0, auditsAtStart: false }).tick(never);
    expect((await listDue(services, clock.now, 10)).stories).toEqual([due]);
  });

  test("it keeps its reminder until the documents are written", async () => {
    const { send, ticks, tick, titles, clock, published } = life();
    await send({ published: at(clock.now + HOUR), updated: at(clock.now) });
    clock.now += HOUR;
    const put = published.put.bind(published);
    published.put = async (key, ...rest) => {
      if (key.startsWith("feeds/all/")) throw new Error("disk full");
      return put(key, ...rest);
    };
    expect(await ticks()()).toMatchObject({ told: 1, failed: expect.arrayContaining(["story-1"]) });
    published.put = put;
    expect(await titles()).toEqual([]);
    expect(await tick()).toMatchObject({ told: 0, failed: [] });
    expect(await titles()).toEqual(["Story 1"]);
  });

  test("it does not come early where the clock of a function is ahead of that of the store", async () => {
    const { send, titles, clock, services, tick } = life();
    await send({ embargo: at(clock.now + HOUR) });
    await send({ expires: at(clock.now + HOUR) }, 2);
    const ahead = createServices({ ...services, now: () => clock.now + 87_600 * HOUR });
    await createUpkeep(ahead, { settlesMs: 0, auditsAtStart: false }).tick(never);
    expect(await titles()).toEqual(["Story 2"]);
    clock.now += HOUR;
    await tick();
    expect(await titles()).toEqual(["Story 1"]);
  });

  test("it is told by the status where it fails, until a tick does it", async () => {
    const { send, clock, services, newsroom } = life();
    await send({ published: at(clock.now + HOUR), updated: at(clock.now) });
    await newsroom.put(
      "upkeep/state.json",
      Buffer.from(JSON.stringify({ nextRound: at(clock.now + 9 * HOUR) })),
    );
    const upkeep = createUpkeep(services, { settlesMs: 0, auditsAtStart: false });
    const record = (await newsroom.get("articles/story-1.json"))?.body ?? new Uint8Array();
    await newsroom.put("articles/story-1.json", Buffer.from("{"));
    clock.now += HOUR;
    await upkeep.tick(never);
    expect((await upkeepStatus(services)).last).toMatchObject({ failed: ["story-1"] });
    await newsroom.put("articles/story-1.json", record);
    await upkeep.tick(never);
    expect((await upkeepStatus(services)).last).toMatchObject({ failed: [], told: 1 });
  });

  test("a record that cannot be read does not stop the others", async () => {
    const { send, tick, titles, clock, newsroom } = life();
    await send({ published: at(clock.now + HOUR), updated: at(clock.now) });
    await send({ published: at(clock.now + HOUR), updated: at(clock.now) }, 2);
    await newsroom.put("articles/story-1.json", Buffer.from("{"));
    clock.now += HOUR;
    expect(await tick()).toMatchObject({ told: 1, failed: ["story-1"] });
    expect(await titles()).toEqual(["Story 2"]);
  });
});

/** A store that notes the keys of the reminders that are put into it. */
function noting(store: Store): { store: Store; reminders: string[] } {
  const reminders: string[] = [];
  const put: Store["put"] = (key, body, options) => {
    if (/^schedule\/.*_story_/.test(key)) reminders.push(key);
    return store.put(key, body, options);
  };
  return { store: decorate(store, () => ({ put })), reminders };
}

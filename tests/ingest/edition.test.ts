import { describe, expect, test } from "vitest";
import { type Incoming, ingest } from "../../src/ingest/ingest.ts";
import { MAX_REPLACED } from "../../src/ingest/limits.ts";
import { readRecord } from "../../src/repository/records.ts";
import { createServices } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import { CONFLICT } from "../../src/store/port.ts";
import { documentKey, FORMAT_NAMES } from "../support/documents.ts";
import { incoming, memoryWire, textOf } from "../support/wire.ts";

const UPDATED = "2026-01-02T00:00:00.000Z";
const story = (headline: string, fields: Partial<Incoming> = {}): Incoming =>
  incoming(1, { updated: UPDATED, headline, ...fields } as Partial<Incoming>);

/** `send` takes a content in and publishes it, and answers the headline that readers see with what the wire answered. */
function newsroom() {
  const wire = memoryWire();
  const { services } = wire;
  const read = (format: "rss" | "atom" | "json") => textOf(wire.published, documentKey("all", format));
  const items = async () => JSON.parse(await read("json")).items;
  const send = async (article: Incoming, conditions = {}) => {
    const { result, version, warnings } = await ingest(services, article, conditions);
    await services.publisher.publish([article.id]);
    return { result, version, warnings, shown: (await items())[0]?.title };
  };
  return { ...wire, read, items, send };
}

describe("when two contents come under one version", () => {
  test("the later arrival is taken in and shown", async () => {
    const { send } = newsroom();
    expect(await send(story("A"))).toMatchObject({ result: "created", version: UPDATED, shown: "A" });
    expect(await send(story("B"))).toMatchObject({ result: "updated", version: `${UPDATED}/2`, shown: "B" });
    expect(await send(story("B"))).toMatchObject({ result: "unchanged", shown: "B" });
  });

  test("the one that was replaced changes nothing when it is delivered again, and the answer says why", async () => {
    const { send } = newsroom();
    await send(story("A"));
    await send(story("B"));
    const late = await send(story("A"));
    expect(late).toMatchObject({ result: "superseded", version: `${UPDATED}/2`, shown: "B" });
    expect(late.warnings).toEqual([{ pointer: "#", detail: expect.stringContaining("If-Match") }]);
    await expect(send(story("A"), { strict: true })).rejects.toMatchObject({ code: "same-version" });
  });

  test("an editor goes back with If-Match, a later date or a revision", async () => {
    const { send } = newsroom();
    await send(story("A"));
    await send(story("B"));
    const back = await send(story("A"), { ifMatch: () => true });
    expect(back).toMatchObject({ result: "updated", version: `${UPDATED}/3`, shown: "A" });
    expect(await send(story("B"))).toMatchObject({ result: "superseded", shown: "A" });
    const later = "2026-01-03T00:00:00.000Z";
    expect(await send(story("B", { updated: later }))).toMatchObject({ version: later, shown: "B" });
    expect(await send(story("A", { revision: 1 }))).toMatchObject({ version: "1", shown: "A" });
  });

  test("documents never return to bytes that they had before", async () => {
    const { send, read } = newsroom();
    const seen = new Set<string>();
    const contents = ["A", "B", "A", "B"];
    for (const headline of contents) {
      await send(story(headline), { ifMatch: () => true });
      for (const format of FORMAT_NAMES) seen.add(await read(format));
    }
    expect(seen.size).toBe(contents.length * FORMAT_NAMES.length);
  });

  test("no date moves, except for a correction that is new", async () => {
    const { send, items, clock } = newsroom();
    const dates = async () => {
      const [item] = await items();
      return [item.date_published, item.date_modified];
    };
    await send(story("A"));
    const before = await dates();
    clock.now += 60_000;
    await send(story("B"));
    expect(await dates()).toEqual(before);
    const correction = { change: { kind: "correction" as const, note: "Not A but B." } };
    await send(story("B", correction));
    const today = new Date(clock.now).toISOString();
    expect(await dates()).toEqual([before[0], today]);
    clock.now += 60_000;
    expect(await send(story("B", correction))).toMatchObject({ result: "unchanged" });
    await send(story("C", correction));
    expect(await dates()).toEqual([before[0], today]);
  });

  test("the record remembers a bounded number of contents", async () => {
    const { send, services } = newsroom();
    for (let i = 0; i < MAX_REPLACED + 4; i++) await send(story(`Content ${i}`));
    expect((await readRecord(services, "story-1"))?.replaced).toHaveLength(MAX_REPLACED);
    expect(await send(story("Content 10"))).toMatchObject({ result: "superseded" });
    expect(await send(story("Content 1"))).toMatchObject({ result: "updated" });
  });

  test("a kill under the same version still wins, and the live contents are older than it", async () => {
    const { send } = newsroom();
    await send(story("A"));
    await send(story("B"));
    const { id, published } = story("A");
    const kill: Incoming = { id, published, updated: UPDATED, status: "withdrawn" };
    expect(await send(kill)).toMatchObject({ result: "withdrawn", shown: "Withdrawn" });
    await expect(send(story("B"))).rejects.toMatchObject({ code: "stale" });
  });

  test("a put whose answer was lost is not written twice", async () => {
    const { services, newsroom: store } = memoryWire();
    await ingest(services, story("A"));
    const losing = decorate(store, (under) => ({
      async put(key, body, options) {
        await under.put(key, body, options);
        return key.startsWith("articles/") ? CONFLICT : (under.etagOf(body) ?? "");
      },
    }));
    const lossy = createServices({ ...services, stores: { ...services.stores, newsroom: losing } });
    expect(await ingest(lossy, story("B"))).toMatchObject({ result: "updated", version: `${UPDATED}/2` });
  });
});

test("when local time was sent as UTC and the story was corrected with the right time, the first content changes nothing when it comes again", async () => {
  const { send, clock } = newsroom();
  clock.now = Date.parse("2026-01-02T08:00:00.000Z");
  const wrong = story("Wrong time", { updated: "2026-01-02T16:00:00.000Z" });
  expect(await send(wrong)).toMatchObject({ result: "created", version: "2026-01-02T08:00:00.000Z" });
  clock.now += 60_000;
  const right = story("Right time", { updated: "2026-01-02T08:00:30.000Z" });
  expect(await send(right)).toMatchObject({ result: "updated", shown: "Right time" });
  clock.now += 60_000;
  expect(await send(wrong)).toMatchObject({ result: "superseded", shown: "Right time" });
});

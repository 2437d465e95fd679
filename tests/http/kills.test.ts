import { describe, expect, test } from "vitest";
import { MAX_SEARCHED_WINDOWS } from "../../src/repository/limits.ts";
import { listDue } from "../../src/repository/schedule.ts";
import { tickOnce } from "../support/upkeep.ts";
import { ORIGIN, problem, STORY, type TestWire, testWire } from "./support.ts";

const PATH = "/articles/summit";
const KILL = { id: "summit", published: STORY.published, revision: 2, status: "withdrawn" };
const BROKEN = "windows/section/usa.json";

async function documents({ stores }: TestWire): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for await (const key of stores.published.list(""))
    all[key] = Buffer.from((await stores.published.get(key))?.body ?? []).toString();
  return all;
}

/** The documents that show the story. */
async function showing(wire: TestWire): Promise<string[]> {
  const all = Object.entries(await documents(wire));
  return all.filter(([, text]) => text.includes(STORY.headline)).map(([key]) => key);
}

const noted = async (wire: TestWire) => (await listDue(wire.services, wire.clock.now, 100)).kills;

async function publishedWire(): Promise<TestWire> {
  const wire = testWire();
  expect((await wire.send("PUT", `${PATH}?wait=published`, { body: STORY })).status).toBe(201);
  expect((await showing(wire)).length).toBeGreaterThan(6);
  return wire;
}

describe("when the record of a story cannot be read", () => {
  test("a kill by PUT finds the feeds that show the story, and it is gone before the answer", async () => {
    const wire = await publishedWire();
    await wire.stores.newsroom.put("articles/summit.json", Buffer.from("garbage"));
    const response = await wire.send("PUT", PATH, { body: KILL });
    expect(response.status).toBe(200);
    const feeds = expect.arrayContaining(["all", "section/usa", "tag/北朝鮮"]);
    expect(await response.json()).toMatchObject({ result: "withdrawn", feeds });
    expect(await showing(wire)).toEqual([]);
  });

  test("and a window cannot be read either, the kill is answered 202 until a tick has filled that feed again", async () => {
    const wire = await publishedWire();
    for (const key of ["articles/summit.json", BROKEN])
      await wire.stores.newsroom.put(key, Buffer.from("garbage"));
    const response = await wire.send("PUT", PATH, { body: KILL });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ result: "withdrawing" });
    expect(await showing(wire)).toEqual(expect.arrayContaining(["feeds/section/usa/rss.xml"]));
    await tickOnce(wire.services);
    await tickOnce(wire.services);
    expect(await showing(wire)).toEqual([]);
    expect(await noted(wire)).toEqual([]);
  });

  test("and there are more windows than a request can search, a kill is refused, and a live version is taken", async () => {
    const wire = await publishedWire();
    await wire.stores.newsroom.put("articles/summit.json", Buffer.from("garbage"));
    for (let n = 0; n < MAX_SEARCHED_WINDOWS; n++)
      await wire.stores.newsroom.put(`windows/tag/${n}.json`, Buffer.from("{}"));
    const refused = await problem(await wire.send("PUT", PATH, { body: KILL }));
    expect(refused).toMatchObject({ status: 500, detail: expect.stringMatching(/^More than 5000 feeds/) });
    expect((await wire.send("PUT", PATH, { body: STORY })).status).toBe(200);
  });

  test("DELETE refuses, because nobody knows what to leave in its place, and says so", async () => {
    const wire = await publishedWire();
    await wire.stores.newsroom.put("articles/summit.json", Buffer.from("garbage"));
    expect(await problem(await wire.send("DELETE", PATH))).toMatchObject({ status: 500 });
  });
});

describe("when documents cannot be written", () => {
  test.each(["", "?wait=published"])(
    "DELETE%s answers 202, again and again, until it is done",
    async (query) => {
      const wire = await publishedWire();
      wire.failure.error = new Error("store away");
      for (const _ of [1, 2]) {
        const response = await wire.send("DELETE", PATH + query, { body: { reason: "Not ours" } });
        expect(response.status).toBe(202);
        expect(await response.json()).toMatchObject({ id: "summit", result: "withdrawing" });
        expect((await showing(wire)).length).toBeGreaterThan(0);
      }
      expect(await noted(wire)).toEqual(["summit"]);
      delete wire.failure.error;
      const done = await wire.send("DELETE", PATH + query);
      expect([done.status, ((await done.json()) as { result: string }).result]).toEqual([200, "unchanged"]);
      expect(await showing(wire)).toEqual([]);
    },
  );

  test("the tick finishes a kill before other work, and keeps its note until every document is written", async () => {
    const wire = await publishedWire();
    wire.failure.error = new Error("store away");
    await wire.send("PUT", PATH, { body: KILL });
    await wire.stores.newsroom.put(BROKEN, Buffer.from("garbage"));
    expect(await tickOnce(wire.services)).toMatchObject({ killed: 0, failed: ["summit"] });
    expect(await noted(wire)).toEqual(["summit"]);
    expect(await tickOnce(wire.services)).toMatchObject({ killed: 1, failed: [] });
    expect(await noted(wire)).toEqual([]);
    expect(await showing(wire)).toEqual([]);
  });

  test("POST answers 202 for the kills that are not done, and for no other record", async () => {
    const wire = await publishedWire();
    const other = { ...STORY, id: "other", headline: "Another one", section: "Sport", tags: [] };
    await wire.send("PUT", "/articles/other?wait=published", { body: other });
    await wire.stores.newsroom.put(BROKEN, Buffer.from("garbage"));
    const body = [KILL, { ...KILL, id: "other" }, { ...STORY, id: "third" }];
    const answers = await (await wire.send("POST", "/articles", { body })).json();
    expect(answers).toMatchObject([
      { status: 202, id: "summit", result: "withdrawing" },
      { status: 200, id: "other", result: "withdrawn" },
      { status: 201, id: "third", result: "created" },
    ]);
    expect(Object.values(await documents(wire)).join()).not.toContain("Another one");
  });

  test("POST ?wait=published tells each record by itself", async () => {
    const wire = await publishedWire();
    await wire.stores.newsroom.put(BROKEN, Buffer.from("garbage"));
    const body = [
      { ...STORY, id: "a" },
      { ...STORY, id: "b", section: "Sport" },
    ];
    const answers = await (await wire.send("POST", "/articles?wait=published", { body })).json();
    expect(answers).toMatchObject([
      { status: 503, id: "a", result: "created" },
      { status: 201, id: "b", result: "created" },
    ]);
  });
});

test("when DELETE comes again with other words, the answer warns that the first words stay", async () => {
  const wire = await publishedWire();
  const words = { reason: "A hoax.", notice: "It was wrong." };
  const answerTo = async (body: object) => (await wire.send("DELETE", PATH, { body })).json();
  expect(await answerTo(words)).not.toHaveProperty("warnings");
  expect(await answerTo(words)).not.toHaveProperty("warnings");
  const again = await answerTo({ reason: "A hoax.", notice: "It is being checked." });
  expect(again).toMatchObject({
    result: "unchanged",
    warnings: [{ pointer: "#/notice", detail: expect.stringMatching(/^is not kept/) }],
  });
  const tombstone = await (await wire.send("GET", PATH)).json();
  expect(tombstone).toMatchObject({ tombstone: words });
});

test("when a kill came before and the story has been brought back since, the kill is refused and the story stays", async () => {
  const wire = await publishedWire();
  const { revision: _, ...undated } = KILL;
  const { revision: __, ...story } = STORY;
  await wire.send("PUT", "/articles/x", { body: { ...story, id: "x" } });
  // Dated ahead by a wrong clock: the later version with a right date is newer.
  const kill = { ...undated, id: "x", updated: "2026-11-25T18:00:00Z" };
  await wire.send("PUT", "/articles/x", { body: kill });
  wire.clock.now += 60_000;
  const back = { ...story, id: "x", updated: "2026-11-24T20:01:00Z" };
  expect((await wire.send("PUT", "/articles/x?wait=published", { body: back })).status).toBe(200);
  expect((await problem(await wire.send("PUT", "/articles/x", { body: kill }))).status).toBe(409);
  expect((await wire.send("GET", "/articles/x")).status).toBe(200);
});

describe("when something is said of a kill", () => {
  const words = { reason: "Anna Muster asked us to", notice: "This report could not be confirmed." };

  test.each([
    ["DELETE", words],
    ["PUT", { ...KILL, ...words }],
  ])("by %s, the reason is in no document, and holders of a token find both", async (method, body) => {
    const wire = await publishedWire();
    expect((await wire.send(method, PATH, { body })).status).toBe(200);
    const all = Object.values(await documents(wire)).join();
    expect(all).toContain("summit");
    expect(all).not.toContain("Muster");
    const answer = await problem(await wire.send("GET", PATH));
    expect(answer).toMatchObject({ status: 410, tombstone: words });
  });

  test("the notice stands in the windows, for documents are rendered from them, and the reason does not", async () => {
    const wire = await publishedWire();
    await wire.send("DELETE", PATH, { body: words });
    const text = Buffer.from((await wire.stores.newsroom.get("windows/all.json"))?.body ?? []).toString();
    expect(JSON.parse(text).tombstones.items).toMatchObject([{ id: "summit", notice: words.notice }]);
    expect(text).not.toContain("Muster");
  });

  test("no answer without a token holds the reason", async () => {
    const wire = await publishedWire();
    await wire.send("DELETE", PATH, { body: words });
    for (const path of [
      "/",
      "/feeds",
      "/feeds/all/atom.xml",
      "/feeds/all/feed.json",
      "/feeds/all/rss.xml",
      PATH,
    ]) {
      const answer = await wire.app.fetch(new Request(`${ORIGIN}${path}`));
      expect(await answer.text(), path).not.toContain("Muster");
    }
  });
});

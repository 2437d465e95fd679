import { describe, expect, test } from "vitest";
import { problem, STORY, testWire } from "./support.ts";

const DRY = "/articles?dry-run=true";

type Preview = {
  enters: string[];
  stays: string[];
  leaves: string[];
  entries: Record<"rss" | "atom" | "json", string>;
};
type Dry = { warnings?: unknown; preview: Preview };

const answersOf = async (response: Response) => (await response.json()) as [Dry, Dry, Dry, Dry];
const story = (id: string, fields: object = {}) => ({ ...STORY, id, ...fields });

/** Every object of both buckets, by key. */
async function allOf({ stores }: ReturnType<typeof testWire>): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, store] of Object.entries(stores))
    for await (const key of store.list(""))
      found[`${name}/${key}`] = Buffer.from((await store.get(key))?.body ?? []).toString();
  return found;
}

describe("when a record is sent with ?dry-run=true", () => {
  test("the answer says what would change in which feeds, with the entry in each format, and nothing is written", async () => {
    const wire = testWire();
    const before = await allOf(wire);
    const response = await wire.send("POST", DRY, { body: [story("new", { colour: "red" })] });
    const [answer] = await answersOf(response);
    expect(answer).toMatchObject({ id: "new", status: 201, result: "created" });
    expect(answer.warnings).toEqual([expect.objectContaining({ pointer: "#/colour" })]);
    const { enters, stays, leaves, entries } = answer.preview;
    expect(enters).toContain("all");
    expect([stays, leaves]).toEqual([[], []]);
    expect(entries.rss).toMatch(/^<item>.*<\/item>$/s);
    expect(entries.atom).toMatch(/^<entry.*<\/entry>$/s);
    expect(JSON.parse(entries.json)).toMatchObject({ title: STORY.headline });
    expect(await allOf(wire)).toEqual(before);
  });

  test("its entry is the one that the documents show when it is sent for good", async () => {
    const wire = testWire();
    const body = [story("real")];
    const [{ preview }] = await answersOf(await wire.send("POST", DRY, { body }));
    await answersOf(await wire.send("POST", "/articles", { body }));
    await wire.services.publisher.publish(["real"]);
    for (const [format, file] of [
      ["rss", "rss.xml"],
      ["atom", "atom.xml"],
      ["json", "feed.json"],
    ] as const) {
      const document = await (await wire.send("GET", `/feeds/all/${file}`, { token: null })).text();
      expect(document).toContain(preview.entries[format]);
    }
  });

  test("a later version is compared with what is stored: feeds that it enters, and those that it leaves", async () => {
    const { send } = testWire();
    await send("PUT", "/articles/moved", { body: story("moved", { section: "World", revision: 1 }) });
    const body = [story("moved", { section: "Sport", revision: 2 })];
    const [answer] = await answersOf(await send("POST", DRY, { body }));
    expect(answer).toMatchObject({ result: "updated", version: "2" });
    expect(answer.preview).toMatchObject({ enters: ["section/sport"], leaves: ["section/world"] });
    expect(answer.preview.stays).toContain("all");
    expect(await (await send("GET", "/articles/moved")).json()).toMatchObject({
      section: "World",
      revision: 1,
    });
  });

  test("a kill has no entry and leaves its feeds; what waits says when; what is wrong is refused as ever", async () => {
    const wire = testWire();
    const { send, services } = wire;
    await send("PUT", "/articles/killed", { body: story("killed", { revision: 1 }) });
    const embargo = new Date(services.now() + 3_600_000).toISOString();
    const records = [
      { ...story("killed", { revision: 2 }), status: "withdrawn" },
      story("later", { embargo }),
      story("killed", { revision: 0 }),
      story("wrong", { url: "/x/y", headline: "" }),
    ];
    const before = await allOf(wire);
    const [kill, waits, stale, wrong] = await answersOf(await send("POST", DRY, { body: records }));
    expect(kill).toMatchObject({ status: 200, result: "withdrawn" });
    expect(kill.preview.leaves).toContain("all");
    expect(kill.preview).not.toHaveProperty("entries");
    expect(waits).toMatchObject({ result: "scheduled", due: embargo, preview: { enters: [] } });
    expect(waits.preview.entries.rss).toContain("<item>");
    expect(stale).toMatchObject({ status: 409, problem: { type: "urn:flashwire:problem:stale" } });
    expect(wrong).toMatchObject({ status: 422 });
    expect(await allOf(wire)).toEqual(before);
  });

  test("a guid that another article has is refused, and a free one is not claimed", async () => {
    const { send } = testWire();
    const guid = "https://old.example.org/?p=7";
    const ask = async (id: string) =>
      (await answersOf(await send("POST", DRY, { body: [story(id, { guid })] })))[0];
    expect(await ask("first")).toMatchObject({ status: 201 });
    await send("PUT", "/articles/second", { body: story("second", { guid }) });
    expect(await ask("first")).toMatchObject({ status: 409 });
  });
});

test("when PUT or DELETE is sent with ?dry-run=true, it is refused and changes nothing", async () => {
  const { send } = testWire();
  await send("PUT", "/articles/kept", { body: story("kept", { revision: 1 }) });
  for (const method of ["PUT", "DELETE"]) {
    const body = method === "PUT" ? story("kept", { revision: 2 }) : undefined;
    const answer = await problem(await send(method, "/articles/kept?dry-run=true", { body }));
    expect(answer).toMatchObject({
      status: 400,
      detail: expect.stringContaining("POST /articles?dry-run=true"),
    });
  }
  expect(await (await send("GET", "/articles/kept")).json()).toMatchObject({ revision: 1 });
  expect(await problem(await send("POST", "/articles?dry-run=yes", { body: [] }))).toMatchObject({
    status: 400,
  });
});

test.each([
  ["POST", "/articles?dryrun=true"],
  ["POST", "/articles?Strict=true"],
  ["PUT", "/articles/kept?dry_run=1"],
  ["DELETE", "/articles/kept?reason=x"],
])(
  "when %s %s has a parameter that is not known, it is refused and nothing is written",
  async (method, path) => {
    const { send, stores } = testWire();
    const body = method === "DELETE" ? undefined : method === "PUT" ? story("kept") : [story("kept")];
    const answer = await problem(await send(method, path, { body }));
    expect(answer).toMatchObject({ status: 400, detail: expect.stringContaining("is not a parameter here") });
    expect(await stores.newsroom.get("articles/kept.json")).toBeUndefined();
  },
);

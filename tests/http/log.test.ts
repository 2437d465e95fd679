import { brotliDecompressSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import type { Open } from "../../src/core/change-log.ts";
import { SMOKE_ID } from "../../src/core/smoke.ts";
import { startedAndAtRest } from "../support/upkeep.ts";
import { NOW, problem, STORY, type TestWire, testWire } from "./support.ts";

const MINUTE = 60_000;
const OPEN = "/changes/open.json";
const SUMMIT = "/stories/summit.json";

let wire: TestWire;
beforeEach(async () => {
  wire = testWire();
  await send(STORY);
});

const send = (record: { id: string } & Record<string, unknown>) =>
  wire.send("PUT", `/articles/${record.id}?wait=published`, { body: record });
const get = (path: string, headers: Record<string, string> = {}) =>
  wire.send("GET", path, { headers, token: null });
const statusOf = async (path: string) => (await get(path)).status;
const open = async (): Promise<Open> => (await get(OPEN)).json() as Promise<Open>;
/** All that the public may read, without the feed of the test of a wire. */
async function everything(): Promise<string> {
  const texts: string[] = [];
  for await (const key of wire.stores.published.list(""))
    if (!key.startsWith("feeds/_smoke/"))
      texts.push(Buffer.from((await wire.stores.published.get(key))?.body ?? []).toString());
  return texts.join("\n");
}

describe("stories and the change log", () => {
  const closed = async () => {
    await startedAndAtRest(wire.services);
    const { epoch } = await open();
    const page = `changes/${epoch}/0.json`;
    await wire.stores.published.put(page, Buffer.from("{}\n"));
    return { snapshot: `/snapshots/${epoch}/0.json`, page: `/${page}` };
  };

  test("when they are asked for, the answer has every header that a consumer needs, and the query changes nothing", async () => {
    const { snapshot, page } = await closed();
    wire.clock.now += 1_000;
    for (const [path, cacheControl] of [
      [OPEN, "public, max-age=1"],
      [SUMMIT, "public, max-age=5"],
      [snapshot, "public, max-age=31536000, immutable"],
      [page, "public, max-age=31536000, immutable"],
    ] as const) {
      const stored = await wire.stores.published.get(path.slice(1));
      const response = await get(`${path}?bust=1`);
      expect(Object.fromEntries(response.headers), path).toEqual({
        etag: stored?.etag,
        "last-modified": expect.stringMatching(/GMT$/),
        "cache-control": cacheControl,
        "content-type": "application/json",
        "content-length": String(stored?.size),
        link: `<https://feeds.example.org${path}>; rel="self"`,
        vary: "Accept-Encoding",
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "ETag, Last-Modified, Link, Content-Encoding, Content-Length",
        "x-content-type-options": "nosniff",
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(bytes.equals(stored?.body ?? Buffer.of()), path).toBe(true);
      const head = await wire.send("HEAD", path, { token: null });
      expect([head.status, await head.text(), head.headers.get("etag")]).toEqual([200, "", stored?.etag]);
    }
  });

  test("when a consumer has the bytes, packed or not, it answers 304", async () => {
    for (const encoding of ["identity", "gzip", "br"]) {
      const packed = await get(SUMMIT, { "accept-encoding": encoding });
      expect(packed.headers.get("content-encoding")).toBe(encoding === "identity" ? null : encoding);
      const tag = packed.headers.get("etag") ?? "";
      const known = await get(SUMMIT, { "accept-encoding": encoding, "if-none-match": `W/${tag}` });
      expect([known.status, known.headers.get("cache-control")]).toEqual([304, "public, max-age=5"]);
      if (encoding !== "br") continue;
      const stored = await wire.stores.published.get(SUMMIT.slice(1));
      expect(brotliDecompressSync(await packed.arrayBuffer()).equals(stored?.body ?? Buffer.of())).toBe(true);
    }
  });

  test("when the method is another one, it answers 405, and a preflight answers 204", async () => {
    for (const path of [OPEN, SUMMIT]) {
      expect((await problem(await wire.send("DELETE", path))).status).toBe(405);
      const preflight = await wire.send("OPTIONS", path, { token: null });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get("access-control-allow-headers")).toContain("If-None-Match");
      expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    }
  });

  test.each([
    ["a story that nobody sent", "/stories/nobody.json"],
    ["a story without its ending", "/stories/summit"],
    ["the folder of stories", "/stories/"],
    ["a form that is that of no id", "/stories/_summit.json"],
    ["bytes that are not UTF-8", "/stories/%ff.json"],
    ["an address that leads out of the folder", "/stories/..%2Ffeeds%2Fall%2Ffeed.json"],
    ["a page of another epoch", "/changes/00000000000000/0.json"],
    ["a page that is not closed yet", "/changes/{epoch}/0.json"],
    ["a page before the first", "/changes/{epoch}/-1.json"],
    ["a page by another spelling of its number", "/changes/{epoch}/00.json"],
    ["an epoch that is none", "/changes/..%2F..%2Fx/0.json"],
    ["the folder of the log", "/changes/"],
    ["a file of the log that is none", "/changes/head.json"],
    ["a snapshot that is not there", "/snapshots/{epoch}/7.json"],
    ["a long name", `/stories/${"a".repeat(5_000)}.json`],
  ])("when a consumer asks for %s, it answers 404, which no cache keeps", async (_, path) => {
    const response = await get(path.replace("{epoch}", (await open()).epoch));
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await problem(response)).toMatchObject({ status: 404, type: "urn:flashwire:problem:not-found" });
  });

  test("when a story is asked for before it is there, it is found as soon as it is", async () => {
    expect(await statusOf("/stories/next.json")).toBe(404);
    await send({ ...STORY, id: "next" });
    expect(await statusOf("/stories/next.json")).toBe(200);
  });
});

describe("who guesses the id of a story", () => {
  const LEAK = "Nobody may read this yet";
  const WAITING = { ...STORY, id: "waits", headline: LEAK };
  const ahead = new Date(NOW + 60 * MINUTE).toISOString();

  const missing = async (id: string) => {
    expect((await problem(await get(`/stories/${id}.json`))).detail).toBe(
      (await problem(await get("/stories/nobody.json"))).detail,
    );
    const text = await everything();
    expect(text).not.toContain(LEAK);
    expect(text).not.toContain(`/stories/${id}.json`);
  };

  test("when the story waits, finds nothing, also when it is sent again, and when it is killed before its time", async () => {
    await send({ ...WAITING, embargo: ahead });
    await missing("waits");
    await send({ ...WAITING, embargo: ahead, revision: 2 });
    await missing("waits");
    await wire.send("DELETE", "/articles/waits?wait=published");
    await missing("waits");
    await startedAndAtRest(wire.services);
    await missing("waits");
  });

  test("when the time of publication lies ahead, finds nothing until then", async () => {
    await send({ ...WAITING, published: ahead });
    await missing("waits");
    wire.clock.now += 61 * MINUTE;
    await startedAndAtRest(wire.services);
    expect(await statusOf("/stories/waits.json")).toBe(200);
  });

  test("when no feed selects the story, or it is that of a test, finds nothing", async () => {
    wire = testWire({ feeds: [{ name: "usa", title: "USA", where: { section: ["USA"] } }], families: [] });
    await send(STORY);
    await send({ ...WAITING, id: "sports", section: "Sports" });
    await missing("sports");
    await wire.send("POST", "/articles?wait=published", { body: { ...WAITING, id: SMOKE_ID } });
    await missing("_urn~3Aflashwire~3Asmoke");
    await startedAndAtRest(wire.services);
    await missing("sports");
    await missing("_urn~3Aflashwire~3Asmoke");
  });

  const words = /Second summit|leaders|news\.example\.org\/a|"USA"/;
  const story = async () => {
    const response = await get(SUMMIT);
    return { status: response.status, text: await response.text() };
  };

  test.each([
    ["has expired", { expires: new Date(NOW + MINUTE).toISOString() }],
    ["waits again", { embargo: ahead }],
  ])("when the story %s, reads that it was removed and nothing of its content", async (_, fields) => {
    expect((await story()).text).toMatch(words);
    await send({ ...STORY, ...fields, revision: 2 });
    wire.clock.now += 2 * MINUTE;
    await startedAndAtRest(wire.services);
    const { status, text } = await story();
    expect(status).toBe(200);
    const { _flashwire, ...rest } = JSON.parse(text);
    expect(Object.keys(rest)).toEqual(["id"]);
    expect(_flashwire).toMatchObject({ removed: true, story: { status: "removed" } });
    expect(text).not.toMatch(words);
    expect(text).not.toContain(ahead);
  });

  test("when the story was killed, reads its tombstone and nothing of its content or of the reason", async () => {
    await wire.send("DELETE", "/articles/summit?wait=published", { body: { reason: "A private reason" } });
    const { status, text } = await story();
    expect(status).toBe(200);
    expect(JSON.parse(text)._flashwire).toMatchObject({ withdrawn: true, story: { status: "withdrawn" } });
    expect(text).not.toMatch(words);
    expect(await everything()).not.toContain("private reason");
  });
});

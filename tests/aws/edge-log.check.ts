import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Open } from "../../src/core/change-log.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { logPageOutput } from "../../src/render/outputs.ts";
import { startedAndAtRest } from "../support/upkeep.ts";
import { incoming } from "../support/wire.ts";
import { type EdgeWire, edgeWire } from "./edge-wire.ts";

/** Stories and the change log at the edge: the packaged template in the model of CloudFront, before documents in memory. */

const OPEN = "/changes/open.json";
const STORY = "/stories/story-7.json";
const YEAR = 31_536_000;
const GZIP = { "accept-encoding": "gzip" };

let wire: EdgeWire;
let closed: string;
let snapshot: string;
const get: EdgeWire["get"] = (...asked) => wire.get(...asked);
const openPage = async (): Promise<Open> => JSON.parse((await get(OPEN)).body.toString());

beforeAll(async () => {
  wire = await edgeWire({});
  wire.start();
  await startedAndAtRest(wire.memory.services);
  const { epoch } = await openPage();
  const { key, ...headers } = logPageOutput(epoch, 0);
  closed = `/${key}`;
  snapshot = `/snapshots/${epoch}/0.json`;
  await wire.memory.published.put(key, Buffer.from("{}\n"), headers);
});
afterAll(() => wire.stop());
beforeEach(() => wire.start());

const publish = async (id: string) => {
  await ingest(wire.memory.services, incoming(7, { id }));
  await wire.memory.services.publisher.publish([id]);
};

test("the edge keeps each as long as it says, and no query reaches the bucket or makes another copy", async () => {
  for (const [path, seconds] of [
    [OPEN, 1],
    [STORY, 5],
    [closed, YEAR],
    [snapshot, YEAR],
  ] as const) {
    wire.start();
    await get(path);
    expect((await get(`${path}?bust=1`, GZIP)).status, path).toBe(200);
    const asked = wire.counts.origin;
    for (const query of ["?bust=2", "?bust=3&more", ""]) await get(`${path}${query}`, GZIP);
    wire.later(seconds - 0.5);
    const kept = await get(path);
    expect([kept.headers["x-cache"], wire.counts.origin], path).toEqual(["Hit from cloudfront", asked]);
    wire.later(1);
    expect((await get(path)).headers["x-cache"], path).toMatch(/^RefreshHit/);
    expect(wire.counts.functions, path).toBe(0);
  }
});

test("a consumer gets the media type, the bytes of the digest, gzip, and 304 to the ETag of either", async () => {
  const change = (await openPage()).changes.find(({ href }) => href === STORY);
  const whole = await get(STORY);
  expect(whole.headers).toMatchObject({
    "content-type": "application/json",
    "cache-control": "public, max-age=5",
    vary: "Accept-Encoding",
  });
  const packed = await get(STORY, GZIP);
  expect(packed.headers["content-encoding"]).toBe("gzip");
  expect(gunzipSync(packed.body).equals(whole.body)).toBe(true);
  expect(change?.digest).toBe(`sha-256=:${createHash("sha256").update(whole.body).digest("base64")}:`);
  for (const tag of [whole.headers.etag ?? "", packed.headers.etag ?? ""])
    expect((await get(STORY, { ...GZIP, "if-none-match": tag })).status).toBe(304);
});

test("a page at another origin may ask with conditions, and reads the ETag", async () => {
  const origin = "https://page.example";
  for (const path of [OPEN, STORY, closed, snapshot]) {
    const asks = {
      origin,
      "access-control-request-method": "GET",
      "access-control-request-headers": "if-none-match",
    };
    expect((await get(path, asks, "OPTIONS")).headers).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-allow-headers": expect.stringContaining("If-None-Match"),
    });
    expect(await get(path, { origin })).toMatchObject({
      status: 200,
      headers: {
        "access-control-allow-origin": "*",
        "access-control-expose-headers": expect.stringContaining("ETag"),
      },
    });
  }
});

test("when a story or a page is asked for before it is there, it is found as soon as it is", async () => {
  const next = closed.replace("/0.json", "/1.json");
  expect((await get("/stories/early.json")).status).toBe(404);
  expect((await get(next)).status).toBe(404);
  await publish("early");
  await wire.memory.published.put(next.slice(1), Buffer.from("{}\n"));
  expect((await get("/stories/early.json")).status).toBe(200);
  expect((await get(next)).status).toBe(200);
});

test.each(["2026/11/bridge", "a%2Fb", "..", "../../tokens/tokens", "_a~2Fb", "خبر-عاجل", "post:42 ?&#"])(
  "when the id is %j, its story is found by the href of its change",
  async (id) => {
    await publish(id);
    const href = (await openPage()).changes.at(-1)?.href ?? "";
    const { status, body } = await get(href);
    expect([status, JSON.parse(body.toString()).id]).toEqual([200, expect.stringContaining("article/")]);
    // Some programs encode more than they have to.
    expect((await get(href.replaceAll("~", "%7E"))).body).toEqual(body);
  },
);

test("when a story waits, nobody finds it by its id", async () => {
  await ingest(wire.memory.services, incoming(7, { id: "waits", embargo: "2030-01-01T00:00:00.000Z" }));
  await wire.memory.services.publisher.publish(["waits"]);
  expect((await get("/stories/waits.json")).status).toBe(404);
  expect((await get(OPEN)).body.toString()).not.toContain("waits");
});

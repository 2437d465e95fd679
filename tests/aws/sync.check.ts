import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { storyKey } from "../../src/core/keys.ts";
import { LogWire } from "../consumer/log-wire.ts";
import { syncedDocuments } from "../support/copies.ts";
import { type EdgeWire, edgeWire } from "./edge-wire.ts";
import { runBeside } from "./tools.ts";

/*
 * `flashwire sync` through the packaged template in the model of CloudFront, whose caches answer late. The log is put into the
 * bucket as the writer puts it.
 */

const STORIES = 20_000;

const log = new LogWire();
const folder = mkdtempSync(join(tmpdir(), "flashwire-sync-aws-"));
let wire: EdgeWire;
/** Answers by status. */
const answers: Record<number, number> = {};

const OLD = storyKey("story-7");
/** What the edge said of its cache when that story was asked for. */
const seen: string[] = [];

const server = createServer(async (request, response) => {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  const { status, headers: answered, body } = await wire.get(request.url ?? "/", Object.fromEntries(headers));
  answers[status] = (answers[status] ?? 0) + 1;
  // The consumer comes back for this story when the edge no longer has it.
  if (request.url === `/${OLD}`) {
    seen.push(String(answered["x-cache"]));
    wire.later(6);
  }
  response.writeHead(status, answered).end(body);
});

const ids = Array.from({ length: STORIES }, (_, n) => `story-${n}`);

/** The look-alike gets what the log has. */
async function publish(): Promise<void> {
  for (const [key, body] of log.documents)
    await wire.memory.published.put(key, body, {
      contentType: "application/json",
      cacheControl: cacheOf(key),
    });
}

const cacheOf = (key: string) =>
  key.startsWith("stories/")
    ? "public, max-age=5"
    : key.endsWith("/open.json")
      ? "public, max-age=1"
      : "public, max-age=31536000";

const sync = async () => {
  const { port } = server.address() as AddressInfo;
  const args = ["sync", `http://127.0.0.1:${port}`, join(folder, "copy"), "--once", "--json"];
  return runBeside("node", ["src/cli/main.mjs", ...args], { PATH: process.env.PATH });
};

beforeAll(async () => {
  wire = await edgeWire({});
  wire.start();
  const text = " Words of the story.".repeat(100);
  const items = ids
    .toSorted((a, b) => (`${a}.json` < `${b}.json` ? -1 : 1))
    .map((id) => log.write(id, { text }));
  log.begin("~1", items, 1_000);
  await publish();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  wire.stop();
  rmSync(folder, { recursive: true });
});

test("a first copy of 20,000 stories takes one request for each, and few for the log", async () => {
  const started = performance.now();
  await sync();
  const seconds = (performance.now() - started) / 1_000;
  console.log(`${Math.round(STORIES / seconds)} stories a second, through the model of the CDN`);
  expect(readdirSync(join(folder, "copy/stories"))).toHaveLength(STORIES);
  const { 200: whole = 0, 304: unchanged = 0, ...others } = answers;
  expect(others).toEqual({});
  // The open page is looked at again and again while the copy is made.
  // Pages of the snapshot are read twice, but for the first few.
  expect(whole).toBeLessThanOrEqual(STORIES + (2 * STORIES) / 1_000 + 1);
  expect(unchanged).toBeGreaterThan(0);
});

test("a correction and a kill reach the copy, though the edge has the old story still", async () => {
  // A reader like this consumer has filled the cache just before.
  await wire.get(`/${OLD}`, { "accept-encoding": "gzip, deflate" });
  log.documents.clear();
  log.tell("story-7", { kind: "corrected" });
  log.tell("story-8", { kind: "withdrawn" });
  await publish();
  wire.later(2);
  seen.length = 0;
  const lines = (await sync())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ kills: ["story-8"], stories: 0 });
  expect(seen).toEqual([expect.stringMatching(/^Hit/), expect.stringMatching(/^Miss|^Refresh/)]);
  const copy = syncedDocuments(join(folder, "copy"));
  expect(copy["story-7"]).toContain("story-7 2");
  expect(copy["story-8"]).toContain("withdrawn");
  expect(readdirSync(join(folder, "copy/stories"))).toHaveLength(STORIES - 1);
});

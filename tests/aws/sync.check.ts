import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { storyKey } from "../../src/core/keys.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { documentsOf, syncedDocuments } from "../support/copies.ts";
import { startedAndAtRest } from "../support/upkeep.ts";
import { incoming } from "../support/wire.ts";
import { EDGE_STORIES, type EdgeWire, edgeWire } from "./edge-wire.ts";
import { runBeside } from "./tools.ts";

/*
 * `flashwire sync` through the packaged template in the model of CloudFront, whose caches answer late. Ingest, publish and the ticks have
 * written the stories and the log.
 */

const STORIES = 20_000;
/** So many stories are in the snapshot; the others come after it, and the log alone names them. */
const LISTED = 10_000;
const BATCH = 1_000;
const TEXT = `<p>${"Words of the story. ".repeat(100)}</p>`;

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

/** Sends the stories with these numbers, and publishes them in batches, as the queue brings them. */
async function publish(from: number, to: number): Promise<void> {
  const { services } = wire.memory;
  for (let first = from; first < to; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, to - first) }, (_, n) => first + n);
    for (const n of numbers) await ingest(services, incoming(n, { body: TEXT }));
    await publishNow(numbers.map((n) => `story-${n}`));
  }
}

async function publishNow(ids: string[]): Promise<void> {
  const { left, unreadable } = await wire.memory.services.publisher.publish(ids);
  expect([...left.keys(), ...unreadable]).toEqual([]);
}

const sync = async () => {
  const { port } = server.address() as AddressInfo;
  const args = ["sync", `http://127.0.0.1:${port}`, join(folder, "copy"), "--once", "--json"];
  return runBeside("node", ["src/cli/main.mjs", ...args], { PATH: process.env.PATH });
};

beforeAll(async () => {
  wire = await edgeWire({});
  wire.start();
  await publish(EDGE_STORIES, LISTED);
  await startedAndAtRest(wire.memory.services);
  await publish(LISTED, STORIES);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  wire.stop();
  rmSync(folder, { recursive: true });
});

test("when a consumer makes a first copy of 20,000 stories, it asks once for each story, and seldom for the log", async () => {
  const started = performance.now();
  await sync();
  const seconds = (performance.now() - started) / 1_000;
  console.log(`${Math.round(STORIES / seconds)} stories a second, through the model of the CDN`);
  expect(syncedDocuments(join(folder, "copy"))).toEqual(await documentsOf(wire.memory.services));
  expect(readdirSync(join(folder, "copy/stories"))).toHaveLength(STORIES);
  const { 200: whole = 0, 304: unchanged = 0, ...others } = answers;
  expect(others).toEqual({});
  // The open page is looked at again and again while the copy is made. Other pages are read twice at the most.
  const pages = LISTED / 1_000 + Math.ceil(STORIES / 256);
  expect(whole).toBeLessThanOrEqual(STORIES + 2 * pages + 1);
  expect(unchanged).toBeGreaterThan(0);
});

test("when a story is corrected and another one is killed, both changes reach the copy, though the edge still has the old story", async () => {
  // A reader like this consumer has filled the cache just before.
  await wire.get(`/${OLD}`, { "accept-encoding": "gzip, deflate" });
  const change = { updated: "2026-02-01T00:00:00.000Z", change: { kind: "correction" } } as const;
  await ingest(wire.memory.services, incoming(7, { ...change, headline: "The right words" }));
  await ingest(wire.memory.services, incoming(8, { ...change, status: "withdrawn" }));
  await publishNow(["story-7", "story-8"]);
  wire.later(2);
  seen.length = 0;
  const lines = (await sync())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ kills: ["story-8"], stories: 0 });
  expect(seen).toEqual([expect.stringMatching(/^Hit/), expect.stringMatching(/^Miss|^Refresh/)]);
  const copy = syncedDocuments(join(folder, "copy"));
  expect(copy["story-7"]).toContain("The right words");
  expect(copy["story-8"]).toContain('"status":"withdrawn"');
  expect(copy).toEqual(await documentsOf(wire.memory.services));
  expect(readdirSync(join(folder, "copy/stories"))).toHaveLength(STORIES - 1);
});

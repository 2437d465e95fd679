import { createHmac } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openLocal } from "../../src/local/open.ts";
import type { Outside } from "../../src/local/open-hubs.ts";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { NEWSROOM } from "../support/site.ts";
import { fetchTo, type Hub, startHub } from "../support/websub-hub.ts";

/** A wire as `npm start` runs it, with hubs that fetch what they are told of. */
const ORIGIN = "https://wire.example.org";
const TOKEN = "a-token-of-the-tests";
const ALL = `${ORIGIN}/feeds/all/atom.xml`;

let data: string;
let wire: Wire | undefined;
let hubs: Hub[];
let logs: { event: string; details: Record<string, unknown> | undefined }[];
/** Milliseconds that the queue of hubs believes have passed. */
let clock: number;

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "flashwire-hubs-"));
  [logs, clock] = [[], 0];
  const documents = async (topic: string) => {
    await expect.poll(() => wire?.url).toBeDefined();
    return fetch(topic.replace(ORIGIN, wire?.url ?? ""));
  };
  hubs = await Promise.all([
    startHub("hub.example.org", documents),
    startHub("second.example.org", documents),
  ]);
});

afterEach(async () => {
  await stop();
  await Promise.all(hubs.map((hub) => hub.close()));
  rmSync(data, { recursive: true });
});

/** A pause is over at once, and the clock has gone on. */
const hurried: Outside = {
  now: () => clock,
  async sleep(milliseconds) {
    await new Promise(setImmediate);
    clock += milliseconds;
  },
};

const config = () => ({
  port: 0,
  host: "127.0.0.1",
  data: join(data, "wire"),
  token: TOKEN,
  siteFile: join(data, "site.mjs"),
});

async function start(names: Hub[], outside: Outside = hurried, publicUrl: string | undefined = ORIGIN) {
  const site = {
    ...NEWSROOM,
    hubs: names.map(({ url }) => url),
    feeds: [{ name: "all", title: "All" }],
    families: [],
  };
  writeFileSync(config().siteFile, `export default ${JSON.stringify(site)};\n`);
  const log = (event: string, details?: Record<string, unknown>) => logs.push({ event, details });
  const more = publicUrl === undefined ? {} : { publicUrl };
  wire = await startWire({ ...config(), ...more }, log, { fetch: fetchTo(...hubs), ...outside });
  await wire.idle();
  return wire;
}

async function stop() {
  await wire?.close();
  wire = undefined;
}

async function send(headline: string, id = "one"): Promise<number> {
  const story = { url: "https://news.example.org/one", headline, published: "2026-01-01T12:00:00Z" };
  const updated = new Date(Date.parse("2026-01-01T12:00:00Z") + headline.length * 1_000).toISOString();
  const response = await fetch(`${wire?.url}/articles/${id}?wait=published`, {
    method: "PUT",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ ...story, updated }),
  });
  return response.status;
}

const foundBy = (hub: Hub | undefined, topic = ALL) => hub?.found.filter((one) => one.topic === topic) ?? [];
const events = (name: string) => logs.filter(({ event }) => event === name);
const poll = (run: () => unknown) => expect.poll(run, { timeout: 10_000, interval: 5 });

test("when an article is published, the hub fetches its documents and hands them to a subscriber, signed", async () => {
  const got: { text: string; signature: unknown; link: unknown }[] = [];
  const subscriber = createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString();
    const { "x-hub-signature": signature, link } = request.headers;
    if (request.method === "POST") got.push({ text, signature, link });
    response.end(new URL(request.url ?? "", "http://x").searchParams.get("hub.challenge") ?? "");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => subscriber.once("listening", resolve));
  const callback = `http://127.0.0.1:${(subscriber.address() as AddressInfo).port}/`;

  await start([hubs[0] as Hub]);
  const wanted = {
    "hub.mode": "subscribe",
    "hub.topic": ALL,
    "hub.callback": callback,
    "hub.secret": "s3cret",
  };
  const asked = await fetchTo(...hubs)(hubs[0]?.url ?? "", {
    method: "POST",
    body: String(new URLSearchParams(wanted)),
  });
  expect(asked.status).toBe(202);
  await asked.cancel();
  expect(await send("A bridge reopens")).toBe(201);

  await poll(() => got.at(-1)?.text).toContain("A bridge reopens");
  const last = got.at(-1);
  expect(last?.text).toBe(await (await fetch(`${wire?.url}/feeds/all/atom.xml`)).text());
  expect(last?.signature).toBe(
    `sha256=${createHmac("sha256", "s3cret")
      .update(last?.text ?? "")
      .digest("hex")}`,
  );
  expect(last?.link).toContain(`<${ALL}>; rel="self"`);
  expect(foundBy(hubs[0]).at(-1)?.type).toBe("application/atom+xml; charset=utf-8");
  expect(new Set(hubs[0]?.pings.flat())).toContain(`${ORIGIN}/feeds/all/feed.json`);
  subscriber.closeAllConnections();
  subscriber.close();
});

test("when a hub never answers, publishing and the other hub go on", async () => {
  const [dead, alive] = hubs as [Hub, Hub];
  dead.isSilent = true;
  await start([dead, alive]);
  expect(await send("A bridge reopens")).toBe(201);
  await poll(() => foundBy(alive).at(-1)?.text).toContain("A bridge reopens");
  expect(foundBy(dead)).toEqual([]);
});

test("when a hub is down for a while, it is told of everything when it is back, and the log has two lines", async () => {
  const [hub] = hubs as [Hub];
  hub.failures = Array.from({ length: 12 }, (_, i) => ({
    status: i % 2 === 0 ? 503 : 429,
    headers: { "retry-after": "7" },
  }));
  await start([hub]);
  await send("A bridge reopens");
  await poll(() => foundBy(hub).at(-1)?.text).toContain("A bridge reopens");
  expect(hub.failures).toEqual([]);
  await poll(() => events("hub.back")).toHaveLength(1);
  expect(events("hub.failed")).toEqual([
    {
      event: "hub.failed",
      details: { hub: hub.url, topics: expect.any(Number), error: `${hub.url} answered 503: not now` },
    },
  ]);
});

test("when the process ends before a hub was told, the next one tells it", async () => {
  const [hub] = hubs as [Hub];
  // Time stands still for the first process.
  await start([hub], { now: () => 0, sleep: () => new Promise(() => {}) });
  await send("A bridge reopens");
  await poll(() => readdirSync(join(data, "wire", "hubs")).length).toBeGreaterThan(0);
  const opened = await openLocal(config());
  expect((await opened.waiting()).hubs).toBe(3);
  opened.close();
  await stop();
  expect(hub.pings).toEqual([]);
  await start([hub]);
  await poll(() => foundBy(hub).at(-1)?.text).toContain("A bridge reopens");
  // The wire forgets each document of which it told its hub.
  await stop();
  expect(readdirSync(join(data, "wire", "hubs")).filter((name) => name.endsWith(".log"))).toEqual([]);
});

test("when a document changes many times while caches may keep it, its hub is told of it twice at the most", async () => {
  const [hub] = hubs as [Hub];
  const steps: (() => void)[] = [];
  await start([hub], { now: () => clock, sleep: () => new Promise((resolve) => void steps.push(resolve)) });
  for (let i = 1; i <= 6; i++) {
    await send(`A bridge ${"!".repeat(i)}`);
    clock += 1_000;
  }
  clock += 120_000;
  for (const step of steps) step();
  await poll(() => foundBy(hub).at(-1)?.text).toContain("A bridge !!!!!!");
  expect(hub.pings.flat().filter((topic) => topic === ALL).length).toBeLessThanOrEqual(2);
});

test("when no hub could reach the wire, it says so once, and keeps nothing for hubs", async () => {
  await start([hubs[0] as Hub], hurried, "http://localhost:8787");
  await send("A bridge reopens");
  expect(events("hubs.skipped")).toHaveLength(1);
  expect(String(events("hubs.skipped")[0]?.details?.reason)).toContain("FLASHWIRE_PUBLIC_URL");
  expect(existsSync(join(data, "wire", "hubs"))).toBe(false);
  expect(hubs[0]?.pings).toEqual([]);
});

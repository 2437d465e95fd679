import { expect, test } from "vitest";
import { FlashwireError } from "../../src/core/errors.ts";
import type { Fetched, FetchOptions } from "../../src/fetch/fetch.ts";
import { pingHub } from "../../src/hubs/ping.ts";

const HUB = "https://hub.example.org/publish?key=secret";
const NOW = Date.parse("2026-06-01T12:00:00Z");
const topics = (count: number) =>
  Array.from({ length: count }, (_, i) => `https://wire.example.org/feeds/t-${i}/rss.xml`);

type Answer = { status: number; headers?: Record<string, string>; body?: string } | Error;

/** A hub that gives these answers in turn, and the last one for ever. */
function hubThat(...answers: Answer[]) {
  const asked: URLSearchParams[] = [];
  const logs: { event: string; details?: Record<string, unknown> }[] = [];
  async function fetch(_: string | URL, options: FetchOptions = {}): Promise<Fetched> {
    asked.push(new URLSearchParams(String(options.body)));
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) as Answer;
    if (answer instanceof Error) throw answer;
    const bytes = Buffer.from(answer.body ?? "");
    async function* body() {
      yield bytes;
    }
    const headers = new Headers(answer.headers);
    return { url: HUB, ...answer, headers, body: body(), bytes: async () => bytes, cancel: async () => {} };
  }
  const log = (event: string, details?: Record<string, unknown>) =>
    logs.push({ event, ...(details && { details }) });
  return { deps: { fetch, log, now: () => NOW }, asked, logs };
}

test("when a hub takes pings, each topic is sent once, under both names that hubs know", async () => {
  const { deps, asked, logs } = hubThat({ status: 204 });
  expect(await pingHub(deps, HUB, topics(3))).toEqual({ left: [] });
  expect(asked.map(String)).toEqual(
    topics(3).map((topic) =>
      String(
        new URLSearchParams([
          ["hub.mode", "publish"],
          ["hub.url", topic],
          ["hub.topic", topic],
        ]),
      ),
    ),
  );
  expect(logs).toEqual([]);
});

test.each([
  ["https://pubsubhubbub.appspot.com/", "hub.url"],
  ["https://news.superfeedr.com/", "hub.url[]"],
])(
  "when %s is told of many topics, they go in few requests, as its documentation says",
  async (hub, name) => {
    const { deps, asked } = hubThat({ status: 204 });
    await pingHub(deps, hub, topics(41));
    expect(asked.map((fields) => fields.getAll(name).length)).toEqual([20, 20, 1]);
    expect(asked.flatMap((fields) => fields.getAll(name))).toEqual(topics(41));
  },
);

test("when a hub answers 4xx, the topics are dropped, and one line has its words", async () => {
  const { deps, logs } = hubThat({ status: 403, body: `No\n\tsuch\u0000 publisher ${"x".repeat(9_000)}` });
  expect(await pingHub(deps, HUB, topics(5))).toEqual({ left: [] });
  expect(logs).toHaveLength(1);
  const { words, ...details } = logs[0]?.details ?? {};
  expect(details).toEqual({ hub: "https://hub.example.org/publish?key=…", topics: 5, first: topics(1)[0] });
  expect(words).toMatch(/^403 No such publisher x+$/);
  expect(String(words).length).toBeLessThan(310);
});

test.each([301, 302, 303])("when a hub answers %i, the log says where it moved", async (status) => {
  const { deps, logs } = hubThat({ status, headers: { location: "/new?key=secret" } });
  expect(await pingHub(deps, HUB, topics(1))).toEqual({ left: [] });
  expect(logs[0]?.details?.words).toBe(`${status} moved to https://hub.example.org/new?key=….`);
});

test.each([500, 502, 503, 408, 429])(
  "when a hub answers %i, the topics are left for later",
  async (status) => {
    const { deps, logs } = hubThat({ status, body: "try later" });
    expect(await pingHub(deps, HUB, topics(2))).toEqual({
      left: topics(2),
      error: `https://hub.example.org/publish?key=… answered ${status}: try later`,
    });
    expect(logs).toEqual([]);
  },
);

test.each([
  ["120", 120_000],
  ["Mon, 01 Jun 2026 12:01:00 GMT", 60_000],
  ["Mon, 01 Jun 2026 11:00:00 GMT", 0],
  ["999999999", 900_000],
  ["soon", undefined],
])("when a hub asks for a pause of %s, the pause is %s ms", async (header, pause) => {
  const { deps } = hubThat({ status: 429, headers: { "retry-after": header } });
  expect((await pingHub(deps, HUB, topics(1))).retryAfterMs).toBe(pause);
});

test("when a hub is down, it is asked no more than a few times for many topics", async () => {
  const down = new FlashwireError("unavailable", "The connection to https://hub.example.org/ broke off.");
  const { deps, asked } = hubThat(down);
  const { left, error } = await pingHub(deps, HUB, topics(100));
  expect(left.sort()).toEqual(topics(100).sort());
  expect(error).toBe(down.message);
  expect(asked.length).toBeLessThanOrEqual(4);
});

test("when the fetch refuses the address of a hub, the topics are dropped with the reason", async () => {
  const { deps, logs } = hubThat(
    new FlashwireError("invalid", "hub.example.org leads to 10.0.0.7, a private address"),
  );
  expect(await pingHub(deps, HUB, topics(1))).toEqual({ left: [] });
  expect(logs[0]?.details?.words).toContain("10.0.0.7");
});

test("when a hub takes the first topics and then fails, only the rest is left", async () => {
  const { deps } = hubThat({ status: 202 }, { status: 202 }, { status: 503 });
  const { left } = await pingHub(deps, "https://pubsubhubbub.appspot.com/", topics(50));
  expect(left).toEqual(topics(50).slice(40));
});

test("when the time is over, no request is begun, and the rest is left", async () => {
  const { deps, asked } = hubThat({ status: 204 });
  const { left } = await pingHub({ ...deps, isOver: () => asked.length >= 2 }, HUB, topics(9));
  expect(left).toEqual(topics(9).slice(asked.length));
  expect(asked.length).toBeLessThan(9);
});

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { createSender, type Outgoing, type Sent } from "../../src/cli/wire/send.ts";
import type { FlashwireError } from "../../src/core/errors.ts";

type Reply = { status: number; headers?: Record<string, string>; body?: string };

/** A wire that answers as the test says, by the number of the request and the ids in it. */
async function wireOf(reply: (request: number, ids: string[]) => Reply) {
  let requests = 0;
  const idsIn = async (request: IncomingMessage) =>
    (await text(request))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).id as string);
  const server = createServer(async (request, response) => {
    const { status, headers, body } = reply(requests++, await idsIn(request));
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { target: { url, token: "t", local: false }, requests: () => requests };
}

const answers = (ids: string[], status: (id: string) => number): Reply => ({
  status: 200,
  body: ids
    .map((id, i) => {
      const isIn = status(id) < 400;
      const problem = { type: "urn:flashwire:problem:unavailable", title: "Unavailable", status: status(id) };
      const more = isIn ? { version: "1", result: "created", feeds: [] } : { problem };
      return JSON.stringify({ line: i + 1, status: status(id), id, ...more });
    })
    .join("\n"),
});

const batch: Outgoing[] = ["a", "b", "c"].map((id, i) => ({
  place: { file: "stories.ndjson", line: i + 1 },
  read: i,
  json: JSON.stringify({ id }),
}));

/** Sends the batch in a time of the test's own. */
async function sendAll(target: Parameters<typeof createSender>[0]) {
  let now = 0;
  const pauses: number[] = [];
  const lost: string[] = [];
  const sleep = async (milliseconds: number) => {
    pauses.push(milliseconds);
    now += milliseconds;
  };
  const onLost = (error: FlashwireError) => lost.push(error.message);
  const send = createSender(target, { wait: false, onLost, clock: { now: () => now, sleep } });
  const sent: Sent[] = [];
  let failure: FlashwireError | undefined;
  try {
    for await (const one of send(batch)) sent.push(one);
  } catch (error) {
    failure = error as FlashwireError;
  }
  return { sent, failure, pauses, lost, now };
}

test("when the wire asks for a pause, records are sent again after that pause", async () => {
  const { target } = await wireOf((request, ids) =>
    request < 2 ? { status: 503, headers: { "Retry-After": "7" } } : answers(ids, () => 201),
  );
  const { sent, failure, pauses, lost } = await sendAll(target);
  expect(failure).toBeUndefined();
  expect(sent.map(({ result }) => result.status)).toEqual([201, 201, 201]);
  expect(pauses).toEqual([7_000, 7_000]);
  expect(lost).toEqual([expect.stringContaining("asks to come back later (503)")]);
});

test("when the wire asks for an hour, the pause is bounded", async () => {
  const { target } = await wireOf((request, ids) =>
    request === 0 ? { status: 429, headers: { "Retry-After": "3600" } } : answers(ids, () => 201),
  );
  expect((await sendAll(target)).pauses).toEqual([15_000]);
});

test.each([429, 503])("when some records are answered %i, these alone are sent again", async (status) => {
  const seen: string[][] = [];
  const { target } = await wireOf((request, ids) => {
    seen.push(ids);
    return answers(ids, (id) => (request === 0 && id !== "b" ? status : 201));
  });
  const { sent, failure } = await sendAll(target);
  expect(failure).toBeUndefined();
  expect(seen).toEqual([
    ["a", "b", "c"],
    ["a", "c"],
  ]);
  expect(sent.map(({ record }) => record.place.line).sort()).toEqual([1, 2, 3]);
});

test.each([
  ["every record is answered 503", (ids: string[]) => answers(ids, () => 503)],
  [
    "a gateway answers 500 with words of its own",
    () => ({ status: 500, body: '{"message":"Internal Server Error"}' }),
  ],
  ["every request is answered 503", () => ({ status: 503, headers: { "Retry-After": "5" } })],
])("when %s from the first request on, the sender goes on for a minute", async (_, reply) => {
  const { target, requests } = await wireOf((_request, ids) => reply(ids));
  const { sent, failure, now, lost } = await sendAll(target);
  expect(sent).toEqual([]);
  expect(now).toBeGreaterThan(60_000);
  expect(now).toBeLessThan(80_000);
  expect(requests()).toBeGreaterThan(10);
  expect(lost).toHaveLength(1);
  expect(failure).toMatchObject({ code: "unavailable" });
  expect(failure?.message).toContain("3 records have no answer, the first at stories.ndjson:1");
  expect(failure?.message).toContain("Run the same command again");
});

test("when the program of the wire fails, the sender stops at once and says so", async () => {
  const problem = { type: "urn:flashwire:problem:internal", title: "Internal error", status: 500 };
  const { target, requests } = await wireOf(() => ({ status: 500, body: JSON.stringify(problem) }));
  expect((await sendAll(target)).failure).toMatchObject({ code: "internal" });
  expect(requests()).toBe(1);
});

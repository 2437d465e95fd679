import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_BATCH, MAX_RECORD_BYTES } from "../../src/core/limits.ts";
import { batched } from "../../src/http/batches.ts";
import { problem, STORY, testWire } from "./support.ts";

type Answer = {
  line: number;
  id?: string;
  status: number;
  result?: string;
  problem?: { type: string; errors?: object[] };
};

const NDJSON = { "Content-Type": "application/x-ndjson" };
const story = (id: string, fields: object = {}) => ({ ...STORY, id, ...fields });
const lines = (...records: unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");

async function answers(response: Response): Promise<Answer[]> {
  const text = await response.text();
  if (response.headers.get("content-type") === "application/json") return JSON.parse(text);
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

describe.each(["application/json", "application/x-ndjson", "application/ndjson", "application/jsonl"])(
  "POST /articles, %s",
  (type) => {
    const isArray = type === "application/json";
    const body = (...records: unknown[]) => (isArray ? JSON.stringify(records) : lines(...records));

    test("when some records are bad, each record gets its answer in order, and the good ones are kept", async () => {
      const { send } = testWire();
      await send("PUT", "/articles/old", { body: story("old", { revision: 5 }) });
      const records = [story("a"), story("b", { url: "/x" }), 7, story("old"), story("c"), story("a")];
      const response = await send("POST", "/articles", {
        body: body(...records),
        headers: { "Content-Type": type },
      });
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe(
        isArray ? "application/json" : "application/x-ndjson",
      );
      const feeds = ["all", "language/en", "section/usa", "tag/北朝鮮"];
      expect(await answers(response)).toEqual([
        { line: 1, id: "a", status: 201, version: "1", result: "created", feeds },
        {
          line: 2,
          id: "b",
          status: 422,
          problem: expect.objectContaining({ errors: [{ pointer: "#/url", detail: expect.any(String) }] }),
        },
        { line: 3, status: 422, problem: expect.objectContaining({ type: "urn:flashwire:problem:invalid" }) },
        {
          line: 4,
          id: "old",
          status: 409,
          problem: expect.objectContaining({ type: "urn:flashwire:problem:stale" }),
        },
        { line: 5, id: "c", status: 201, version: "1", result: "created", feeds },
        { line: 6, id: "a", status: 200, version: "1", result: "unchanged", feeds },
      ]);
      expect((await send("GET", "/articles/c")).status).toBe(200);
      expect((await send("GET", "/articles/b")).status).toBe(404);
    });

    test("when the body has no record, it answers 200 with no answers", async () => {
      const { send } = testWire();
      const response = await send("POST", "/articles", { body: body(), headers: { "Content-Type": type } });
      expect([response.status, await answers(response)]).toEqual([200, []]);
    });
  },
);

test("when one line is bad, only this line is refused; when an item of an array is not JSON, the array ends there", async () => {
  const { send } = testWire();
  const [a, b] = [JSON.stringify(story("a")), JSON.stringify(story("b"))];
  const large = JSON.stringify(story("c", { body: "x".repeat(MAX_RECORD_BYTES) }));
  const streamed = await send("POST", "/articles", {
    body: `${a}\n\n{"id":\n${large}\n${b}`,
    headers: NDJSON,
  });
  const statuses = async (response: Response) =>
    (await answers(response)).map(({ line, status }) => [line, status]);
  expect(await statuses(streamed)).toEqual([
    [1, 201],
    [3, 400],
    [4, 413],
    [5, 201],
  ]);
  const array = await send("POST", "/articles", { body: `[${a},{"id":},${b}]` });
  expect(await statuses(array)).toEqual([
    [1, 200],
    [2, 400],
  ]);
});

test.each([
  ["a body that is no JSON", "<html>", {}, 400],
  ["an empty body", "", {}, 400],
  ["another media type", "x", { "Content-Type": "text/csv" }, 415],
  ["an unknown content encoding", "x", { "Content-Encoding": "zstd" }, 415],
])("when a request has %s, it is refused with one problem", async (_, body, headers, status) => {
  const { send } = testWire();
  expect((await problem(await send("POST", "/articles", { body, headers }))).status).toBe(status);
});

test("when a request is refused, the answer says what is accepted", async () => {
  const { send } = testWire();
  const refused = (headers: Record<string, string>) => send("POST", "/articles", { body: "x", headers });
  const type = await refused({ "Content-Type": "text/csv" });
  expect(type.headers.get("accept")).toBe("application/json, application/x-ndjson");
  const encoding = await refused({ "Content-Encoding": "zstd" });
  expect(encoding.headers.get("accept-encoding")).toBe("gzip, br");
  expect(encoding.headers.get("accept")).toBeNull();
  expect(type.headers.get("accept-encoding")).toBeNull();
});

test("when there is no token, none of the body is read", async () => {
  const { send } = testWire();
  let pulled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull() {
        pulled = true;
      },
    },
    { highWaterMark: 0 },
  );
  expect((await send("POST", "/articles", { body, headers: NDJSON, token: null })).status).toBe(401);
  expect(pulled).toBe(false);
});

test("when versions of one article have other records between them, they are taken in the order in which they come", async () => {
  const { send } = testWire();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.integer({ min: 1, max: 6 })), { maxLength: 60 }),
      fc.stringMatching(/^[a-z]{8}$/),
      async (versions, run) => {
        const records = versions.map(([id, revision]) => story(`${run}-${id}`, { revision }));
        const newest = new Map<string, number>();
        const expected = records.map(({ id, revision }) => {
          const before = newest.get(id) ?? 0;
          newest.set(id, Math.max(before, revision));
          return before === 0 ? 201 : revision < before ? 409 : 200;
        });
        const response = await send("POST", "/articles", { body: lines(...records), headers: NDJSON });
        expect((await answers(response)).map(({ status }) => status)).toEqual(expected);
      },
    ),
    { numRuns: 50 },
  );
});

describe("publishing a bulk request", () => {
  test("when the client waits, records are published in batches", async () => {
    const { send, published, stores } = testWire();
    const records = Array.from({ length: MAX_BATCH + 20 }, (_, i) => story(`s${i}`));
    const response = await send("POST", "/articles?wait=published", {
      body: lines(...records),
      headers: NDJSON,
    });
    expect((await answers(response)).every(({ status }) => status === 201)).toBe(true);
    expect(published.flat()).toHaveLength(records.length);
    expect(Math.max(...published.map((ids) => ids.length))).toBeLessThanOrEqual(MAX_BATCH);
    const feed = JSON.parse(
      Buffer.from((await stores.published.get("feeds/all/feed.json"))?.body ?? []).toString(),
    );
    expect(feed.items).toHaveLength(50);
  });

  test("when the client does not wait, only breaking news is published before the answer", async () => {
    const { send, published } = testWire();
    const records = [
      story("a"),
      story("b", { breaking: { level: "flash" } }),
      story("c"),
      story("d", { breaking: true }),
    ];
    await answers(await send("POST", "/articles", { body: lines(...records), headers: NDJSON }));
    expect(published.flat()).toEqual(["b", "d"]);
  });

  test("when publishing fails for a client that waits, each accepted record answers 503 with its result", async () => {
    const { send, failure } = testWire();
    failure.error = new Error("store away");
    const body = lines(story("a"), { id: "b" });
    const [a, b] = await answers(await send("POST", "/articles?wait=published", { body, headers: NDJSON }));
    expect(a).toMatchObject({
      status: 503,
      id: "a",
      result: "created",
      problem: { type: "urn:flashwire:problem:unavailable" },
    });
    expect(b).toMatchObject({ status: 422 });
  });
});

/** A request body that the test feeds by hand. */
function handFed() {
  const { readable: body, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const ignore = () => undefined;
  return {
    body,
    write: (text: string) => void writer.write(Buffer.from(text)).catch(ignore),
    end: () => void writer.close().catch(ignore),
    fail: (error: Error) => void writer.abort(error).catch(ignore),
  };
}

describe("when the request and the answer are streamed", () => {
  test("the answer to a record comes before the next record is sent", async () => {
    const { send } = testWire();
    const { body, write, end } = handFed();
    const response = await send("POST", "/articles", { body, headers: NDJSON });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (const id of ["a", "b", "c"]) {
      write(lines(story(id)));
      expect(JSON.parse((await reader?.read())?.value ?? "")).toMatchObject({ id, status: 201 });
    }
    end();
    expect((await reader?.read())?.done).toBe(true);
  });

  test("and the client reads only after it has sent everything, the wire does not wait for the client", async () => {
    const { send, services } = testWire();
    const { body, write, end } = handFed();
    const response = await send("POST", "/articles", { body, headers: NDJSON });
    for (let i = 0; i < 2_000; i++) write(lines(story(`s${i}`)));
    end();
    while ((await services.stores.newsroom.head("articles/s1999.json")) === undefined)
      await services.sleep(5);
    expect(await answers(response)).toHaveLength(2_000);
  });

  test("and the connection breaks, accepted records stay accepted, and the answer breaks off", async () => {
    const { send, logs } = testWire();
    const { body, write, fail } = handFed();
    const response = await send("POST", "/articles", { body, headers: NDJSON });
    const reader = response.body?.getReader();
    write(`${lines(story("a"))}{"id":`);
    await reader?.read();
    fail(new Error("connection reset"));
    await expect(reader?.read()).rejects.toThrow("connection reset");
    expect((await send("GET", "/articles/a")).status).toBe(200);
    expect(logs.map(({ event }) => event)).toContain("stream.failed");
  });
});

describe("batches", () => {
  const never = () => new Promise<void>(() => undefined);

  test("when a source has any items, the batches hold each item once, in order, and never more than the maximum", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat()), fc.integer({ min: 1, max: 5 }), async (items, max) => {
        async function* source() {
          yield* items;
        }
        const seen: number[][] = [];
        for await (const batch of batched(source(), max, never)) seen.push(batch);
        expect(seen.flat()).toEqual(items);
        expect(
          seen.every((batch, i) => batch.length === max || (i === seen.length - 1 && batch.length > 0)),
        ).toBe(true);
      }),
    );
  });

  test("when a source fails, the items before the failure come as a batch, then the error comes", async () => {
    async function* source() {
      yield 1;
      yield 2;
      throw new Error("broken");
    }
    const seen: number[][] = [];
    const all = async () => {
      for await (const batch of batched(source(), 10, never)) seen.push(batch);
    };
    await expect(all()).rejects.toThrow("broken");
    expect(seen).toEqual([[1, 2]]);
  });
});

test("when versions of one article spell its id as a number and as text, they are taken in their order", async () => {
  const { send, stores } = testWire();
  const lines = Array.from({ length: 40 }, (_, n) => {
    const { id: _id, ...story } = { ...STORY, revision: n + 1, headline: `Version ${n + 1}` };
    return JSON.stringify({ id: n % 2 === 0 ? 42 : " 42", ...story });
  });
  const headers = { "Content-Type": "application/x-ndjson" };
  const response = await send("POST", "/articles", { body: `${lines.join("\n")}\n`, headers });
  const answers = (await response.text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(answers.map(({ status }) => status)).toEqual([201, ...Array(39).fill(200)]);
  const stored = await stores.newsroom.get("articles/42.json");
  expect(Buffer.from(stored?.body ?? []).toString()).toContain("Version 40");
});

import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { partsOf, takeInboxFiles } from "../../src/aws/inbox-handler.ts";
import { INBOX_PART_BYTES } from "../../src/aws/limits.ts";
import type { AwsParts } from "../../src/aws/services.ts";
import { MAX_BATCH } from "../../src/core/limits.ts";
import { takeFile } from "../../src/ingest/inbox.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { INBOX_BATCH_BYTES, MAX_INBOX_PROBLEMS } from "../../src/ingest/limits.ts";
import { readRecord } from "../../src/repository/records.ts";
import { listDue } from "../../src/repository/schedule.ts";
import { S3_ATTEMPTS } from "../../src/store/limits.ts";
import { MAX_PROBLEMS_BYTES } from "../../src/validate/limits.ts";
import { tickOnce } from "../support/upkeep.ts";
import { incoming, type MemoryWire, memoryWire, s3Body, sqsEvent, textOf } from "../support/wire.ts";

const KEY = "inbox/archive.ndjson";
const far = Number.POSITIVE_INFINITY;

async function drop(wire: MemoryWire, key: string, text: string | Buffer) {
  const bytes = Buffer.from(text);
  await wire.newsroom.put(key, bytes);
  return async function* (_file: string, _head: unknown, from: number) {
    for (let at = from; at < bytes.byteLength; at += 65_536) yield bytes.subarray(at, at + 65_536);
  };
}

const lines = (count: number) =>
  Array.from({ length: count }, (_, n) => JSON.stringify(incoming(n))).join("\n");
const resultOf = async (wire: MemoryWire, key = KEY) =>
  JSON.parse(await textOf(wire.newsroom, `${key}.result`));

test("when a file has bad records, they are named with their lines, and the good ones are taken in", async () => {
  const wire = memoryWire();
  const open = await drop(wire, KEY, `${lines(2)}\n{"id":"bad"}\nno json\n${JSON.stringify(incoming(9))}\n`);
  expect(await takeFile(wire.services, wire.services.stores.newsroom, KEY, { open, until: far })).toBe(
    "taken",
  );
  const result = await resultOf(wire);
  expect(result).toMatchObject({ done: 5, accepted: 3, unchanged: 0, refused: 2 });
  expect(result.refusals).toMatchObject([
    { line: 3, id: "bad", code: "invalid" },
    { line: 4, code: "malformed" },
  ]);
  expect(wire.logs.filter(({ event }) => event === "request.refused")).toHaveLength(2);
});

test("when records of a file are taken with warnings, the result names them by line, and no others", async () => {
  const wire = memoryWire();
  const records = [
    incoming(1),
    { ...incoming(2), colour: "red" },
    { ...incoming(3), tags: Array.from({ length: 1_000 }, () => ({ nme: "x" })) },
    { ...incoming(4), headline: "" },
  ];
  const open = await drop(wire, KEY, records.map((record) => JSON.stringify(record)).join("\n"));
  expect(await takeFile(wire.services, wire.services.stores.newsroom, KEY, { open, until: far })).toBe(
    "taken",
  );
  const result = await resultOf(wire);
  expect(result).toMatchObject({ accepted: 3, refused: 1, refusals: [{ line: 4, id: "story-4" }] });
  expect(result.warnings.map(({ line, id }: { line: number; id: string }) => [line, id])).toEqual([
    [2, "story-2"],
    [3, "story-3"],
  ]);
  const [colour, tags] = result.warnings;
  expect(colour.warnings).toEqual([
    { pointer: "#/colour", detail: expect.stringContaining("it was left out") },
  ]);
  expect(Buffer.byteLength(JSON.stringify(tags.warnings))).toBeLessThanOrEqual(MAX_PROBLEMS_BYTES);
  expect((await readRecord(wire.services, "story-3"))?.article).not.toHaveProperty("tags");
});

test("when no record of a file has a warning, the result has no list of them", async () => {
  const wire = memoryWire();
  const open = await drop(wire, KEY, lines(2));
  await takeFile(wire.services, wire.services.stores.newsroom, KEY, { open, until: far });
  expect(await resultOf(wire)).not.toHaveProperty("warnings");
});

test("when more records have warnings than a result names, it names the first ones, over all runs", async () => {
  const wire = memoryWire();
  const count = MAX_INBOX_PROBLEMS + MAX_BATCH;
  const warned = (n: number) => JSON.stringify({ ...incoming(n), colour: "red" });
  const open = await drop(wire, KEY, Array.from({ length: count }, (_, n) => warned(n)).join("\n"));
  await takeInSteps(wire, KEY, open);
  const { accepted, warnings } = await resultOf(wire);
  expect([accepted, warnings.length]).toEqual([count, MAX_INBOX_PROBLEMS]);
  expect(warnings.every(({ line }: { line: number }) => line <= MAX_INBOX_PROBLEMS + MAX_BATCH)).toBe(true);
});

test("when a file has kills of stories that are in feeds, its result counts them as under way, and the next tick finishes them", async () => {
  const wire = memoryWire();
  for (const n of [1, 2]) await ingest(wire.services, incoming(n));
  await wire.services.publisher.publish(["story-1", "story-2"]);
  const kill = (n: number) =>
    JSON.stringify({ id: `story-${n}`, published: incoming(n).published, revision: 9, status: "withdrawn" });
  const open = await drop(wire, KEY, `${kill(1)}\n${kill(7)}\n${JSON.stringify(incoming(3))}\n`);
  await takeFile(wire.services, wire.services.stores.newsroom, KEY, { open, until: far });
  expect(await resultOf(wire)).toMatchObject({ accepted: 3, withdrawing: 1 });
  expect(await textOf(wire.published, "feeds/all/feed.json")).toContain("Story 1");
  expect(await tickOnce(wire.services)).toMatchObject({ killed: 1, failed: [] });
  expect(await textOf(wire.published, "feeds/all/feed.json")).not.toContain("Story 1");
  expect((await listDue(wire.services, wire.clock.now, 10)).kills).toEqual([]);
});

/** As the events of the file, and of what is written down, run it: each with no time left. */
async function takeInSteps(wire: MemoryWire, key: string, open: Awaited<ReturnType<typeof drop>>) {
  const runs = [
    await takeFile(wire.services, wire.services.stores.newsroom, key, { open, until: wire.clock.now }),
  ];
  while (runs.at(-1) === "to be continued")
    runs.push(
      await takeFile(wire.services, wire.services.stores.newsroom, `${key}.progress`, {
        open: open,
        until: wire.clock.now,
      }),
    );
  return runs;
}

test.each([
  ["inbox/archive.ndjson.gz", (text: string) => text],
  ["inbox/ARCHIVE.JSON.GZ", (text: string) => `[${text.replaceAll("\n", ",")}]`],
])("when %s needs more than one run, each run goes on in the unpacked records", async (key, form) => {
  const wire = memoryWire();
  const count = 2 * MAX_BATCH + 10;
  const open = await drop(wire, key, gzipSync(form(lines(count))));
  const from: number[] = [];
  const runs = await takeInSteps(wire, key, (...args) => {
    from.push(args[2]);
    return open(...args);
  });
  expect(runs).toEqual(["to be continued", "to be continued", "to be continued", "taken"]);
  // Gzip can be read from its start only.
  expect(from).toEqual([0, 0, 0, 0]);
  const result = await resultOf(wire, key);
  expect(result).toMatchObject({ done: count, accepted: count, unchanged: 0, refused: 0 });
});

test.each([
  [KEY, (records: string[]) => records.map((record) => `${record}\n`).join(""), "\n"],
  ["inbox/archive.json", (records: string[]) => `[${records.join(",")}]`, ","],
])(
  "when version 0.1 has begun %s, this version goes on behind its last record",
  async (key, write, separator) => {
    const wire = memoryWire();
    const records = lines(5).split("\n");
    const text = write(records);
    const open = await drop(wire, key, text);
    const { etag, modified } = (await wire.newsroom.head(key)) ?? {};
    const bytes = text.indexOf(`${separator}{"id":"story-3"`);
    // As that version wrote it.
    const progress = {
      file: key,
      etag,
      modified,
      done: 3,
      line: 3,
      bytes,
      accepted: 3,
      unchanged: 0,
      refused: 0,
      refusals: [],
    };
    await wire.newsroom.put(`${key}.progress`, Buffer.from(JSON.stringify(progress)));
    const { services } = wire;
    expect(await takeFile(services, services.stores.newsroom, `${key}.progress`, { open, until: far })).toBe(
      "taken",
    );
    expect(await resultOf(wire, key)).toMatchObject({ done: 5, accepted: 5, refused: 0 });
    expect(await readRecord(services, "story-2")).toBeUndefined();
    expect(await readRecord(services, "story-4")).toBeDefined();
  },
);

test("when a key is of a result, a folder, or a file that is still written, there is nothing to do", async () => {
  const wire = memoryWire();
  for (const key of [
    "inbox/a.csv.result",
    "inbox/2026/",
    "inbox/.a.json",
    "inbox/a.json.part",
    "inbox/a.json.TMP",
  ]) {
    const open = await drop(wire, key, lines(1));
    const { services } = wire;
    expect(await takeFile(services, services.stores.newsroom, key, { open, until: far })).toBe(
      "nothing to do",
    );
    expect(await wire.newsroom.head(`${key}.result`)).toBeUndefined();
  }
});

test("when a file has another ending, its result says so, also after an event that comes twice", async () => {
  const wire = memoryWire();
  const { services } = wire;
  const open = await drop(wire, "inbox/a.csv", lines(1));
  const take = () => takeFile(services, services.stores.newsroom, "inbox/a.csv", { open, until: far });
  expect([await take(), await take()]).toEqual(["refused", "nothing to do"]);
  const { refusals } = await resultOf(wire, "inbox/a.csv");
  expect(refusals).toMatchObject([{ line: 0, code: "unsupported-media-type" }]);
});

test("when a file of the inbox fails, the log names it, and its message comes again", async () => {
  const wire = memoryWire();
  await drop(wire, KEY, lines(1));
  const s3 = { ask: () => Promise.reject(new Error("SlowDown")) };
  const { watch, services } = wire;
  const parts = { parts: services, newsroom: { s3, bucket: "b" }, watch } as unknown as AwsParts;
  const event = sqsEvent(s3Body(KEY), "no notification");
  const answer = await takeInboxFiles(parts, event, { getRemainingTimeInMillis: () => 300_000 });
  expect(answer.batchItemFailures).toEqual([{ itemIdentifier: "m0" }, { itemIdentifier: "m1" }]);
  const failed = wire.logs.filter(({ event }) => event === "inbox.failed").map(({ details }) => details);
  expect(failed).toMatchObject([
    { messageId: "m0", file: KEY, error: "Error: SlowDown" },
    { messageId: "m1", error: expect.stringContaining("JSON") },
  ]);
});

test.each([
  [KEY, "\n", `${lines(50)}\n\nno json\n`],
  ["inbox/archive.json", ",", "["],
])(
  "when %s needs more than one run, the next run goes on where the last one stopped, and takes each record once",
  async (key, separator, before) => {
    const wire = memoryWire();
    const count = 2 * MAX_BATCH + 10;
    const text = `${before}${lines(count).replaceAll("\n", separator)}${before === "[" ? "]" : ""}`;
    const open = await drop(wire, key, text);
    const from: number[] = [];
    const runs = await takeInSteps(wire, key, (...args) => {
      from.push(args[2]);
      return open(...args);
    });
    expect(runs.at(-1)).toBe("taken");
    expect(runs.length).toBeGreaterThanOrEqual(3);
    expect(from[0]).toBe(0);
    expect(new Set(from).size).toBe(from.length);
    // No record is read twice: each place is the separator behind the last one.
    for (const place of from.slice(1)) expect([separator, "]"]).toContain(text[place] ?? separator);
    const { accepted, refused, refusals, ...result } = await resultOf(wire, key);
    const bad = before === "[" ? 0 : 1;
    expect({ accepted, refused, unchanged: result.unchanged }).toEqual({
      accepted: count,
      refused: bad,
      unchanged: bad * 50,
    });
    if (bad === 1) expect(refusals).toMatchObject([{ line: 52, code: "malformed" }]);
    expect(await wire.newsroom.get(`${key}.progress`)).toBeUndefined();
    expect(await readRecord(wire.services, `story-${count - 1}`)).toBeDefined();
  },
);

test("when records are large, a few of them are a batch, and the clock is checked between batches", async () => {
  const wire = memoryWire();
  const body = `<p>${"Words of the story. ".repeat(25_000)}</p>`;
  const file = Array.from({ length: 30 }, (_, n) => JSON.stringify(incoming(n, { body }))).join("\n");
  const open = await drop(wire, KEY, file);
  expect(
    await takeFile(wire.services, wire.services.stores.newsroom, KEY, { open, until: wire.clock.now }),
  ).toBe("to be continued");
  const { done } = JSON.parse(await textOf(wire.newsroom, `${KEY}.progress`));
  expect(done).toBeGreaterThan(0);
  expect(done * body.length).toBeLessThan(INBOX_BATCH_BYTES + 2 * body.length);
  while (
    (await takeFile(wire.services, wire.services.stores.newsroom, `${KEY}.progress`, {
      open,
      until: wire.clock.now,
    })) !== "taken"
  );
  expect(await resultOf(wire)).toMatchObject({ done: 30, accepted: 30, refused: 0 });
});

test("when a file is read, it comes in parts; when a part breaks off, it is read again, up to a limit", async () => {
  const file = Buffer.alloc(2 * INBOX_PART_BYTES + 5, "x");
  const asked: number[] = [];
  let failures = 0;
  const read = async (from: number, to: number) => {
    asked.push(from);
    if (from === INBOX_PART_BYTES && failures-- > 0) throw new Error("ECONNRESET");
    return file.subarray(from, to);
  };
  const all = async (from = 0) => {
    let size = 0;
    for await (const chunk of partsOf(from, file.byteLength, read)) size += chunk.byteLength;
    return size;
  };
  failures = 1;
  expect(await all()).toBe(file.byteLength);
  expect(asked).toEqual([0, INBOX_PART_BYTES, INBOX_PART_BYTES, 2 * INBOX_PART_BYTES]);
  expect(await all(INBOX_PART_BYTES + 7)).toBe(INBOX_PART_BYTES - 2);
  failures = S3_ATTEMPTS;
  await expect(all()).rejects.toThrow("ECONNRESET");
});

test("when a file is replaced between two runs, it is read from its start", async () => {
  const wire = memoryWire();
  const first = await drop(wire, KEY, lines(MAX_BATCH + 1));
  expect(
    await takeFile(wire.services, wire.services.stores.newsroom, KEY, { open: first, until: wire.clock.now }),
  ).toBe("to be continued");
  const second = await drop(wire, KEY, JSON.stringify(incoming(500)));
  // The event of what was put down comes first: the new file has an event of its own.
  expect(
    await takeFile(wire.services, wire.services.stores.newsroom, `${KEY}.progress`, {
      open: second,
      until: far,
    }),
  ).toBe("nothing to do");
  expect(
    await takeFile(wire.services, wire.services.stores.newsroom, KEY, { open: second, until: far }),
  ).toBe("taken");
  expect(await resultOf(wire)).toMatchObject({ done: 1, accepted: 1 });
});

test("when events come twice or late, the result and the run under way stay as they are", async () => {
  const wire = memoryWire();
  const versions = [1, 2, 3].map((revision) => incoming(1, { revision, headline: `v${revision}` }));
  const text = [...versions, ...Array.from({ length: MAX_BATCH }, (_, n) => incoming(n + 5))]
    .map((record) => JSON.stringify(record))
    .join("\n");
  const open = await drop(wire, KEY, text);
  const again = (key: string) =>
    takeFile(wire.services, wire.services.stores.newsroom, key, { open, until: far });
  expect(await again(`${KEY}.progress`)).toBe("nothing to do");
  expect(
    await takeFile(wire.services, wire.services.stores.newsroom, KEY, { open, until: wire.clock.now }),
  ).toBe("to be continued");
  expect(await again(KEY)).toBe("nothing to do");
  const progress = await wire.newsroom.get(`${KEY}.progress`);
  expect(await again(`${KEY}.progress`)).toBe("taken");
  const result = await resultOf(wire);
  expect(result).toMatchObject({ accepted: 3 + MAX_BATCH, refused: 0 });
  for (const key of [KEY, `${KEY}.progress`]) expect(await again(key)).toBe("nothing to do");
  // The process ended between the result and the end of the progress.
  await wire.newsroom.put(`${KEY}.progress`, progress?.body as Uint8Array);
  for (const key of [`${KEY}.progress`, KEY]) expect(await again(key)).toBe("nothing to do");
  expect(await wire.newsroom.get(`${KEY}.progress`)).toBeUndefined();
  expect(await resultOf(wire)).toEqual(result);
});

test("when a file is dropped again, it changes nothing; its versions of one article keep their order; a .json file is an array", async () => {
  const wire = memoryWire();
  const key = "inbox/live.json";
  const versions = Array.from({ length: 40 }, (_, revision) =>
    incoming(1, { revision, headline: `v${revision}` }),
  );
  const open = await drop(wire, key, JSON.stringify(versions));
  await takeFile(wire.services, wire.services.stores.newsroom, key, { open, until: far });
  expect(await resultOf(wire, key)).toMatchObject({ accepted: 40, refused: 0 });
  wire.clock.now += 1_000;
  await drop(wire, key, JSON.stringify(versions));
  await takeFile(wire.services, wire.services.stores.newsroom, key, { open, until: far });
  expect(await resultOf(wire, key)).toMatchObject({ accepted: 0, unchanged: 1, refused: 39 });
});

test("when a store fails, the run ends with an error, so that the queue brings the file back", async () => {
  const wire = memoryWire();
  const open = await drop(wire, KEY, lines(3));
  const put = wire.newsroom.put.bind(wire.newsroom);
  wire.newsroom.put = () => Promise.reject(new Error("SlowDown"));
  await expect(
    takeFile(wire.services, wire.services.stores.newsroom, KEY, { open, until: far }),
  ).rejects.toThrow("SlowDown");
  wire.newsroom.put = put;
  expect(await takeFile(wire.services, wire.services.stores.newsroom, KEY, { open, until: far })).toBe(
    "taken",
  );
});

test("when a file is gone, there is nothing to do and no error", async () => {
  const wire = memoryWire();
  expect(
    await takeFile(wire.services, wire.services.stores.newsroom, KEY, {
      open: async function* () {},
      until: far,
    }),
  ).toBe("nothing to do");
});

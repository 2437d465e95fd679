import { expect, test } from "vitest";
import { partsOf } from "../../src/aws/dropped.ts";
import { DROP_BATCH_BYTES, DROP_PART_BYTES, MAX_BATCH, S3_ATTEMPTS } from "../../src/core/limits.ts";
import { takeFile } from "../../src/drop.ts";
import { readRecord } from "../../src/records.ts";
import { type Bench, bench, incoming, textOf } from "./support.ts";

const KEY = "inbox/archive.ndjson";
const far = Number.POSITIVE_INFINITY;

async function drop(wire: Bench, key: string, text: string) {
  await wire.newsroom.put(key, Buffer.from(text));
  return async function* () {
    yield Buffer.from(text);
  };
}

const lines = (count: number) =>
  Array.from({ length: count }, (_, n) => JSON.stringify(incoming(n))).join("\n");
const resultOf = async (wire: Bench, key = KEY) => JSON.parse(await textOf(wire.newsroom, `${key}.result`));

test("good records are taken in, bad ones are named with their line, neither holds the others up", async () => {
  const wire = bench();
  const open = await drop(wire, KEY, `${lines(2)}\n{"id":"bad"}\nno json\n${JSON.stringify(incoming(9))}\n`);
  expect(await takeFile(wire.services, KEY, open, far)).toBe("taken");
  const result = await resultOf(wire);
  expect(result).toMatchObject({ done: 5, accepted: 3, unchanged: 0, refused: 2 });
  expect(result.refusals).toMatchObject([
    { line: 3, id: "bad", code: "invalid" },
    { line: 4, code: "malformed" },
  ]);
  expect(wire.logs.filter(({ event }) => event === "request.refused")).toHaveLength(2);
});

test("a file that needs more than one run goes on where it was put down, and counts each record once", async () => {
  const wire = bench();
  const count = 2 * MAX_BATCH + 10;
  const open = await drop(wire, KEY, lines(count));
  const runs = [];
  for (let i = 0; i < 4; i++) {
    runs.push(await takeFile(wire.services, KEY, open, wire.clock.now));
    if (runs.at(-1) === "taken") break;
  }
  expect(runs).toEqual(["to be continued", "to be continued", "to be continued", "taken"]);
  expect(await resultOf(wire)).toMatchObject({ done: count, accepted: count, unchanged: 0, refused: 0 });
  expect(await wire.newsroom.get(`${KEY}.progress`)).toBeUndefined();
  expect(await readRecord(wire.services, `story-${count - 1}`)).toBeDefined();
});

test("a few large records are a batch too: they are in memory together, and the clock is looked at between batches", async () => {
  const wire = bench();
  const body = `<p>${"Words of the story. ".repeat(25_000)}</p>`;
  const file = Array.from({ length: 30 }, (_, n) => JSON.stringify(incoming(n, { body }))).join("\n");
  await wire.newsroom.put(KEY, Buffer.from(file));
  const open = async function* () {
    for (let at = 0; at < file.length; at += 65_536) yield Buffer.from(file.slice(at, at + 65_536));
  };
  expect(await takeFile(wire.services, KEY, open, wire.clock.now)).toBe("to be continued");
  const { done } = JSON.parse(await textOf(wire.newsroom, `${KEY}.progress`));
  expect(done).toBeGreaterThan(0);
  expect(done * body.length).toBeLessThan(DROP_BATCH_BYTES + 2 * body.length);
  while ((await takeFile(wire.services, KEY, open, wire.clock.now)) !== "taken");
  expect(await resultOf(wire)).toMatchObject({ done: 30, accepted: 30, refused: 0 });
});

test("a file is read a part at a time, a part that breaks off once more, and not for ever", async () => {
  const file = Buffer.alloc(2 * DROP_PART_BYTES + 5, "x");
  const asked: number[] = [];
  let failures = 0;
  const read = async (from: number, to: number) => {
    asked.push(from);
    if (from === DROP_PART_BYTES && failures-- > 0) throw new Error("ECONNRESET");
    return file.subarray(from, to);
  };
  const all = async () => {
    let size = 0;
    for await (const chunk of partsOf(file.byteLength, read)) size += chunk.byteLength;
    return size;
  };
  failures = 1;
  expect(await all()).toBe(file.byteLength);
  expect(asked).toEqual([0, DROP_PART_BYTES, DROP_PART_BYTES, 2 * DROP_PART_BYTES]);
  failures = S3_ATTEMPTS;
  await expect(all()).rejects.toThrow("ECONNRESET");
});

test("a file that was replaced meanwhile is begun anew", async () => {
  const wire = bench();
  const first = await drop(wire, KEY, lines(MAX_BATCH + 1));
  expect(await takeFile(wire.services, KEY, first, wire.clock.now)).toBe("to be continued");
  const second = await drop(wire, KEY, JSON.stringify(incoming(500)));
  expect(await takeFile(wire.services, KEY, second, far)).toBe("taken");
  expect(await resultOf(wire)).toMatchObject({ done: 1, accepted: 1 });
});

test("dropped again, a file changes nothing; the versions of one article keep their order; .json is an array", async () => {
  const wire = bench();
  const key = "inbox/live.json";
  const versions = Array.from({ length: 40 }, (_, revision) =>
    incoming(1, { revision, headline: `v${revision}` }),
  );
  const open = await drop(wire, key, JSON.stringify(versions));
  await takeFile(wire.services, key, open, far);
  expect(await resultOf(wire, key)).toMatchObject({ accepted: 40, refused: 0 });
  await takeFile(wire.services, key, open, far);
  expect(await resultOf(wire, key)).toMatchObject({ accepted: 0, unchanged: 1, refused: 39 });
});

test("a store that fails ends the run, so that the queue brings the file back", async () => {
  const wire = bench();
  const open = await drop(wire, KEY, lines(3));
  const put = wire.newsroom.put.bind(wire.newsroom);
  wire.newsroom.put = () => Promise.reject(new Error("SlowDown"));
  await expect(takeFile(wire.services, KEY, open, far)).rejects.toThrow("SlowDown");
  wire.newsroom.put = put;
  expect(await takeFile(wire.services, KEY, open, far)).toBe("taken");
});

test("a file that is gone is no failure", async () => {
  const wire = bench();
  expect(await takeFile(wire.services, KEY, async function* () {}, far)).toBe("gone");
});

import { createReadStream } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { batches } from "../../src/cli/input/batches.ts";
import { placeText, readSources } from "../../src/cli/input/records.ts";

/** Reads text as a source that arrives in chunks of so many bytes. */
async function read(name: string, text: string, chunk: number) {
  const bytes = Buffer.from(text);
  const open = async function* () {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  };
  const found: string[] = [];
  for await (const { place, read, ...rest } of readSources([{ name, open }], () => {})) {
    expect(read).toBeLessThanOrEqual(bytes.length);
    found.push(`${placeText(place)} ${"value" in rest ? JSON.stringify(rest.value) : rest.error.code}`);
  }
  return found;
}

describe("when records are read, they come from", () => {
  test.each([
    [
      "one record over several lines",
      "a.json",
      '{\n  "id": "a",\n  "n": {\n"x":1} }\n',
      ['a.json {"id":"a","n":{"x":1}}'],
    ],
    ["one record on one line", "a.json", '{"id":"a"}', ['a.json:1 {"id":"a"}']],
    [
      "an array",
      "a.json",
      ' \n[{"id":"a"},\n\n {"id":"b"}]\n',
      ['a.json item 1 {"id":"a"}', 'a.json item 2 {"id":"b"}'],
    ],
    ["an empty array", "a.json", "[]", []],
    ["lines", "stdin", '{"id":"a"}\r\n\n{"id":"b"}', ['stdin:1 {"id":"a"}', 'stdin:3 {"id":"b"}']],
    [
      "lines after a byte order mark",
      "stdin",
      '\ufeff{"id":"a"}\n{"id":"b"}',
      ['stdin:1 {"id":"a"}', 'stdin:2 {"id":"b"}'],
    ],
    ["nothing", "stdin", " \n", []],
    [
      "lines of which one is bad",
      "stdin",
      '{"id":"a"}\n{"id":\n{"id":"b"}\n',
      ['stdin:1 {"id":"a"}', "stdin:2 malformed", 'stdin:3 {"id":"b"}'],
    ],
    [
      "a file of lines of which the first is bad",
      "a.ndjson",
      '{"id":\n{"id":"b"}\n',
      ["a.ndjson:1 malformed", 'a.ndjson:2 {"id":"b"}'],
    ],
    [
      "an array that is cut off",
      "a.json",
      '[{"id":"a"},{"id":',
      ['a.json item 1 {"id":"a"}', "a.json item 2 malformed"],
    ],
    ["what is no JSON", "a.json", "<html></html>", ["a.json malformed"]],
    ["one record that is too large", "a.json", `{\n"id":"${"x".repeat(1_048_576)}"}`, ["a.json too-large"]],
    [
      "a line that is too large",
      "stdin",
      `{"id":"${"x".repeat(1_048_576)}"}\n{"id":"b"}\n`,
      ["stdin:1 too-large", 'stdin:2 {"id":"b"}'],
    ],
  ])("%s", async (_, name, text, expected) => {
    for (const chunk of text.length > 1000 ? [65_536] : [1, 7, 10_000]) {
      expect(await read(name, text, chunk)).toEqual(expected);
    }
  });

  test("a file that cannot be read, which is an error of the run", async () => {
    const open = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from("{");
      throw Object.assign(new Error("no"), { code: "EIO" });
    };
    const records = readSources([{ name: "a.json", open }], () => {});
    await expect(records.next()).rejects.toThrow("a.json cannot be read (EIO).");
  });

  test("a file that cannot be opened, which is an error of that file, and those behind it", async () => {
    const gone = () => createReadStream(join(import.meta.dirname, "gone.json"));
    const good = async function* () {
      yield Buffer.from('{"id":"a"}');
    };
    const found = [];
    const sources = [
      { name: "gone.json", open: gone },
      { name: "gone.ndjson", open: gone },
      { name: "a.json", open: good },
    ];
    for await (const each of readSources(sources, () => {})) found.push(each);
    expect(found).toMatchObject([
      { place: { file: "gone.json" }, error: { message: "This file cannot be read (ENOENT)." } },
      { place: { file: "gone.ndjson" }, error: { message: "This file cannot be read (ENOENT)." } },
      { place: { file: "a.json" }, value: { id: "a" } },
    ]);
  });
});

describe("when records are sent in batches", () => {
  const limits = { count: 3, weight: 100, weigh: (item: number) => item, idle: 30 };
  async function* from(items: (number | "pause")[]) {
    for (const item of items) {
      if (item === "pause") await sleep(120);
      else yield item;
    }
  }
  async function all(items: (number | "pause")[]) {
    const found: number[][] = [];
    for await (const batch of batches(from(items), limits)) found.push(batch);
    return found;
  }

  test("they hold as many as allowed, and the rest at the end", async () => {
    expect(await all([1, 2, 3, 4, 5])).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    expect(await all([])).toEqual([]);
    expect(await all([1, 2, 3])).toEqual([[1, 2, 3]]);
  });

  test("close when they are heavy", async () => {
    expect(await all([99, 1, 100, 5])).toEqual([[99, 1], [100], [5]]);
  });

  test("they are never heavier than allowed, unless one item alone is", async () => {
    expect(await all([99, 2, 60, 40, 1, 120, 3])).toEqual([[99], [2, 60], [40, 1], [120], [3]]);
  });

  test("they do not wait for a source that has gone quiet", async () => {
    expect(await all([1, "pause", 2, 3])).toEqual([[1], [2, 3]]);
  });

  test("the records before a failure are not lost", async () => {
    const broken = async function* () {
      yield 1;
      throw new Error("no");
    };
    const found: number[][] = [];
    const run = async () => {
      for await (const batch of batches(broken(), limits)) found.push(batch);
    };
    await expect(run()).rejects.toThrow("no");
    expect(found).toEqual([[1]]);
  });
});

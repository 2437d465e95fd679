import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_RECORD_BYTES } from "../../src/core/limits.ts";
import { isRecordFile, promisesLines } from "../../src/stream/names.ts";
import { type FoundItem, type ReadingRules, readRecords } from "../../src/stream/read.ts";
import { anyLetter } from "../support/any-letter.ts";
import { liveBytes } from "../support/memory.ts";
import { cut, listed } from "./support.ts";

const FILE: ReadingRules = { promisesLines: false, unpacks: true, mayBeBlank: false };
const LINES: ReadingRules = { ...FILE, promisesLines: true };

const said = (item: FoundItem) =>
  `${item.shape.form} ${item.line}${"value" in item ? `: ${JSON.stringify(item.value)}` : `! ${item.error.code}`}`;

async function read(input: string | Uint8Array, rules = FILE, size = 1_000): Promise<string[]> {
  const bytes = Buffer.from(input);
  return (await listed(readRecords((from) => cut(bytes.subarray(from), size), rules))).map(said);
}

const BROKEN = '{"id":\n{"id":2}\n';

describe.each([1, 4, 1_000])("when records come in chunks of %i bytes, plain and in gzip", (size) => {
  test.each<[string, string, string[], string[]?]>([
    ["an object on a line", '{"a":1}', ['ndjson 1: {"a":1}']],
    ["an object over lines", '\ufeff {\n"a": {"b":\n"}\\"{" }}\n\n', ['one 1: {"a":{"b":"}\\"{"}}']],
    ["an array", '\ufeff\n [{"a":1},\n2]', ['array 1: {"a":1}', "array 2: 2"]],
    ["an array of none", "[]", []],
    ["lines", '\n{"a":1}\r\n\r\n{"b":2}', ['ndjson 2: {"a":1}', 'ndjson 4: {"b":2}']],
    [
      "lines of which one is broken",
      '{"a":1}\n{"b"\n3',
      ['ndjson 1: {"a":1}', "ndjson 2! malformed", "ndjson 3: 3"],
    ],
    ["nothing", "", ["ndjson 0! malformed"]],
    ["blanks", " \n\t\r\n", ["ndjson 0! malformed"]],
    ["a page", "<html>\n</html>", ["one 1! malformed"], ["ndjson 1! malformed", "ndjson 2! malformed"]],
    ["a line and then none", '{"a":', ["ndjson 1! malformed"]],
    ["an object over lines that is cut off", '{\n"a":', ["one 1! malformed"]],
    ["a broken first line", BROKEN, ["one 1! malformed"], ["ndjson 1! malformed", 'ndjson 2: {"id":2}']],
    [
      "a first line that ends in a string",
      '{"a":"b\n{"b":2}',
      ["one 1! malformed"],
      ["ndjson 1! malformed", 'ndjson 2: {"b":2}'],
    ],
    [
      "objects over lines",
      '{\n"a":1}\n{\n"b":1}',
      ["one 1! malformed"],
      ["ndjson 1! malformed", "ndjson 2! malformed", "ndjson 3! malformed", "ndjson 4! malformed"],
    ],
  ])("%s", async (_, text, expected, inLines = expected) => {
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      expect(await read(bytes, FILE, size)).toEqual(expected);
      expect(await read(bytes, LINES, size)).toEqual(inLines);
    }
  });

  test.each<[string, Buffer]>([
    ["little-endian with its mark", Buffer.from('\ufeff{"a":1}', "utf16le")],
    ["little-endian", Buffer.from('[{"a":1}]', "utf16le")],
    ["big-endian with its mark", Buffer.from('\ufeff{"a":1}', "utf16le").swap16()],
    ["big-endian", Buffer.from('{"a":1}', "utf16le").swap16()],
  ])("UTF-16, %s, is refused once, and the refusal says what helps", async (_, bytes) => {
    const [item, ...others] = await listed(readRecords(() => cut(bytes, size), LINES));
    expect(others).toEqual([]);
    expect(item).toMatchObject({ line: 0, error: { message: expect.stringContaining("Save it as UTF-8") } });
  });

  test("gzip where nothing is unpacked, and a ZIP archive, are refused", async () => {
    const asBody = { ...LINES, unpacks: false };
    const [gzip] = await listed(readRecords(() => cut(gzipSync("{}"), size), asBody));
    expect(gzip).toMatchObject({ error: { message: expect.stringContaining("Content-Encoding: gzip") } });
    const [zip] = await listed(readRecords(() => cut(Buffer.from("PK\u0003\u0004"), size), FILE));
    expect(zip).toMatchObject({ error: { message: expect.stringContaining("ZIP archive") } });
  });

  test("gzip that is cut off: the records before the cut stand, and the last item says that it is cut off", async () => {
    const noise = Array.from({ length: 400 }, (_, n) => JSON.stringify({ n, x: (n * 7919) % 10_007 }));
    for (const text of [noise.join("\n"), `[${noise.join(",")}]`]) {
      const packed = gzipSync(text);
      const bytes = packed.subarray(0, packed.byteLength >> 1);
      const items = await listed(readRecords(() => cut(bytes, size), FILE));
      const last = items.pop();
      expect(items.length).toBeGreaterThan(50);
      expect(items.every((item, n) => "value" in item && (item.value as { n: number }).n === n)).toBe(true);
      expect(last).toMatchObject({
        line: items.length + 1,
        error: { message: expect.stringContaining("cut off") },
      });
    }
  });
});

test("when a pipe holds nothing, there is no error", async () => {
  for (const text of ["", "\n \n"]) expect(await read(text, { ...LINES, mayBeBlank: true })).toEqual([]);
});

test("when lines come one by one, the first record is read before the second is there, also behind a broken line", async () => {
  const chunks = ["\n", '{"a":1}\n', "waits"];
  const given: string[] = [];
  async function* source() {
    for (const chunk of chunks) {
      given.push(chunk);
      yield Buffer.from(chunk);
    }
  }
  const first = await readRecords(source, FILE).next();
  expect([given.length, first.value && said(first.value)]).toEqual([2, 'ndjson 2: {"a":1}']);
  given.length = 0;
  chunks.splice(0, 2, '{"id":\n', '{"id":2}\n');
  await readRecords(source, LINES).next();
  expect(given.length).toBe(2);
});

test.each<[string, string, string]>([
  ["blanks", " ", " "],
  ["one line", '{"a":"', "x"],
  ["one object", '{\n"a":"', "x"],
])("when %s come without an end, they take no more memory than a record", async (_, begin, more) => {
  const before = liveBytes();
  let peak = 0;
  async function* endless() {
    yield Buffer.from(begin);
    for (let n = 0; n < 100; n++) {
      if (n % 10 === 0) peak = Math.max(peak, liveBytes() - before);
      yield Buffer.alloc(MAX_RECORD_BYTES, more);
    }
  }
  await listed(readRecords(endless, FILE));
  expect(peak).toBeLessThan(20 * 1_048_576);
});

test("when a reader stops, or is refused, it closes the source", async () => {
  for (const begin of [
    gzipSync('{"a":1}\n{"b":2}\n'),
    Buffer.from("{}\n{}\n"),
    Buffer.from("PK\u0003\u0004"),
  ]) {
    let isClosed = false;
    async function* source() {
      try {
        for (;;) yield begin;
      } finally {
        isClosed = true;
      }
    }
    for await (const _ of readRecords(source, FILE)) break;
    expect(isClosed).toBe(true);
  }
});

const WRITE = {
  array: (values: unknown[], indent: number) => JSON.stringify(values, undefined, indent),
  ndjson: (values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join(""),
};
const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ stringUnit: anyLetter })), {
  minLength: 1,
});
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

test("when any records stand in any form, packed or not, in any chunks, the same records are found", () => {
  return fc.assert(
    fc.asyncProperty(
      records,
      fc.constantFrom<"array" | "ndjson">("array", "ndjson"),
      fc.nat(2),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 50 }),
      async (values, form, indent, isPacked, hasMark, size) => {
        const text = `${hasMark ? "\ufeff" : ""}${WRITE[form](values, indent)}`;
        const bytes = isPacked ? gzipSync(text) : Buffer.from(text);
        for (const rules of [FILE, LINES]) {
          const items = await listed(readRecords((from) => cut(bytes.subarray(from), size), rules));
          expect(items.map((item) => "value" in item && item.value)).toEqual(plain(values));
        }
      },
    ),
    { numRuns: 100 },
  );
});

test("when one record is written in any way, it is found", () => {
  return fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string(), fc.jsonValue({ stringUnit: anyLetter })),
      fc.nat(3),
      fc.boolean(),
      fc.integer({ min: 1, max: 50 }),
      async (value, indent, isPacked, size) => {
        const text = JSON.stringify(value, undefined, indent);
        const bytes = isPacked ? gzipSync(text) : Buffer.from(text);
        const items = await listed(readRecords((from) => cut(bytes.subarray(from), size), FILE));
        expect(items.map((item) => "value" in item && item.value)).toEqual([plain(value)]);
      },
    ),
    { numRuns: 100 },
  );
});

test("when a reader goes on behind any record, packed or not, it finds the rest", () => {
  return fc.assert(
    fc.asyncProperty(
      records,
      fc.constantFrom<"array" | "ndjson">("array", "ndjson"),
      fc.boolean(),
      fc.integer({ min: 1, max: 50 }),
      async (values, form, isPacked, size) => {
        const text = WRITE[form](values, 0);
        const bytes = isPacked ? gzipSync(text) : Buffer.from(text);
        const open = (from: number) => cut(bytes.subarray(from), size);
        const all = await listed(readRecords(open, FILE));
        for (const [i, { line, end, shape }] of all.entries()) {
          if (end === undefined) throw new Error("no record of these ends the stream");
          const rest = readRecords(open, FILE, { at: end, line, count: i + 1, ...shape });
          expect(await listed(rest)).toEqual(all.slice(i + 1));
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("when a record file has its name in any case, with or without .gz, it is known", () => {
  for (const name of [
    "a.json",
    "STORY.JSON",
    "archive.ndjson.GZ",
    "a.b.JsonL",
    "x.json.gz",
    "inbox/a.jsonl.gz",
  ])
    expect(isRecordFile(name), name).toBe(true);
  for (const name of ["a.csv", "json", "a.json.zip", "a.json.result", "a.gz", "a.json.gz.part", "a.xjson"])
    expect(isRecordFile(name), name).toBe(false);
  expect(["A.NDJSON.GZ", "a.jsonl", "a.json", "stdin"].map(promisesLines)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

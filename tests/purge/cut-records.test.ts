import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { cutRecords } from "../../src/purge/cut-records.ts";

const MAX = 100_000;

async function cut(text: string, promisesLines: boolean, id = "x") {
  const { bytes, lines } = await cutRecords(Buffer.from(text), { id, promisesLines, max: MAX });
  return [Buffer.from(bytes).toString(), lines];
}

test.each([
  ["a line in the middle", '{"id":"a"}\n{"id":"x"}\n{"id":"b"}\n', '{"id":"a"}\n\n{"id":"b"}\n', [2]],
  ["the last line, without a line feed", '{"id":"a"}\n{"id":"x"}', '{"id":"a"}\n', [2]],
  ["each of several", '{"id":"x"}\n{"id":"x","n":2}\n', "\n\n", [1, 2]],
  ["however the id is written", '{"id":" \\u0078 "}\n', "\n", [1]],
  ["a torn line that names it", '{"id":"a"}\n{"id":"x","headline":"Se', '{"id":"a"}\n', [2]],
  ["no line that only speaks of it", '{"id":"a","headline":"x"}\n{"id":"xx"}\n{"n":\n', undefined, []],
  ["nothing of an empty file", "", "", []],
])("when a record is cut out of NDJSON: %s", async (_, text, left, lines) => {
  expect(await cut(text, true)).toEqual([left ?? text, lines]);
});

test.each([
  ["an item in the middle", '[{"id":"a"},\n{"id":"x"},\n{"id":"b"}]\n', '[{"id":"a"},\n{"id":"b"}]\n', [2]],
  ["the only item", '[{"id":"x"}]', "[]", [1]],
  ["the first and the last item", '[{"id":"x"},{"id":"a"},{"id":"x"}]', '[{"id":"a"}]', [1, 3]],
  ["an item that is cut off", '[{"id":"a"},{"id":"x","body":"Se', '[{"id":"a"}', [2]],
  ["what is behind the end", '[{"id":"a"}] {"id":"x"}', '[{"id":"a"}]', [2]],
  ["nothing where nothing names it", '[{"id":"a"}, 7, {"id":"b"', undefined, []],
  ["nothing of an empty array", "[ ]\n", "[ ]\n", []],
])("when a record is cut out of an array: %s", async (_, text, left, lines) => {
  expect(await cut(text, false)).toEqual([left ?? text, lines]);
});

test("when an id is sent as a number, it is the id of its digits", async () => {
  expect(await cut('{"id":12}\n{"id":120}\n', true, "12")).toEqual(['\n{"id":120}\n', [1]]);
});

test.each([
  ["of the article", '{\n"id":"x","tags":["y"]}\n', "", [1]],
  ["of another one", '{\n"id":"a","tags":["x"]}\n', undefined, []],
  ["that is cut off and names it", '{\n"id":"x","tags":["y"', "", [1]],
])("when there is one record over several lines, %s", async (_, text, left, lines) => {
  expect(await cut(text, false)).toEqual([left ?? text, lines]);
});

test("when a file is packed, it is packed again; one that is cut off, or unpacks to too much, is an error", async () => {
  const packed = gzipSync('{"id":"a"}\n{"id":"x"}\n');
  const rules = { id: "x", promisesLines: true, max: MAX };
  const { bytes, lines } = await cutRecords(packed, rules);
  expect([gunzipSync(bytes).toString(), lines]).toEqual(['{"id":"a"}\n\n', [2]]);
  const unreadable = (file: Uint8Array) => expect(cutRecords(file, rules)).rejects;
  await unreadable(packed.subarray(0, -4)).toThrow("cannot be unpacked (unexpected end of file)");
  await unreadable(gzipSync(" ".repeat(MAX + 1))).toThrow(/^cannot be unpacked \(/);
});

test.each([
  ["lines", '{"id":"x"}\n{"id":"x"}\n', true, true],
  ["an array", '[{"id":"x"}]\n', false, true],
  ["one record over several lines", '{\n"id":"x"}\n', false, true],
  ["lines with another record", '{"id":"x"}\n{"id":"a"}\n', true, false],
  ["an array with another record", '[{"id":"x"},{"id":"a"}]', false, false],
  ["an array that is cut off", '[{"id":"x"},{"id":"a', false, false],
])(
  "when records were cut out of %s, the answer says whether nothing is left",
  async (_, text, promisesLines, isEmpty) => {
    for (const file of [Buffer.from(text), gzipSync(text)])
      expect(await cutRecords(file, { id: "x", promisesLines, max: MAX })).toMatchObject({ isEmpty });
  },
);

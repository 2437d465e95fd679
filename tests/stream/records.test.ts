import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_RECORD_BYTES } from "../../src/core/limits.ts";
import { parseJson } from "../../src/stream/json.ts";
import { MAX_STREAM_RECORDS } from "../../src/stream/limits.ts";
import { parseRecords } from "../../src/stream/records.ts";
import { anyLetter } from "../support/any-letter.ts";
import { cpuMilliseconds } from "../support/cpu-time.ts";
import { liveBytes } from "../support/memory.ts";
import { errorsOf } from "../validate/support.ts";
import { cut, listed } from "./support.ts";

type Form = "array" | "ndjson";

/** `3: {"a":1}` for each record, `3! code: message` for each error. */
async function read(form: Form, input: string | Uint8Array, size = 1_000): Promise<string[]> {
  const items: string[] = [];
  for await (const item of parseRecords(cut(Buffer.from(input), size), form)) {
    const { line } = item;
    items.push("value" in item ? `${line}: ${JSON.stringify(item.value)}` : `${line}! ${item.error.code}`);
  }
  return items;
}

describe.each([1, 3, 1_000])("when records come in chunks of %i bytes", (size) => {
  test.each<[string, string, string[]]>([
    ["nothing", "", []],
    ["blank lines", "\n \r\n\t\n1\n\n2", ["4: 1", "6: 2"]],
    ["CRLF and a byte order mark", '\ufeff{"a":1}\r\n{"b":2}\r\n', ['1: {"a":1}', '2: {"b":2}']],
    ["a bad line, which spoils only itself", '1\n{"a":\n3', ["1: 1", "2! malformed", "3: 3"]],
    ["letters of every script", '"é😀北"\n"\u2028"', ['1: "é😀北"', '2: "\u2028"']],
  ])("NDJSON: %s", async (_, text, expected) => {
    expect(await read("ndjson", text, size)).toEqual(expected);
  });

  test.each<[string, string, string[]]>([
    ["an empty one", " [ ] \n", []],
    ["any items", ' [1, {"a":[2,{}]} ,\n"],[\\"{"] ', ["1: 1", '2: {"a":[2,{}]}', '3: "],[\\"{"']],
    ["a byte order mark", "\ufeff[1]", ["1: 1"]],
    ["no array", '{"a":1}', ["1! malformed"]],
    ["nothing", " ", ["1! malformed"]],
    ["no end", '[1,{"a":2}', ["1: 1", "2! malformed"]],
    ["an end in a string", '[1,"a', ["1: 1", "2! malformed"]],
    ["a comma too many", "[1,]", ["1: 1", "2! malformed"]],
    ["a comma at the start", "[,1]", ["1! malformed"]],
    ["more behind it", "[1] 2", ["1: 1", "2! malformed"]],
    [
      "broken JSON in the middle: what stood before it stands",
      "[1,2,{]},4]",
      ["1: 1", "2: 2", "3! malformed"],
    ],
    [
      "a name that stands twice, which spoils only itself",
      '[1,{"a":1,"a":2},3]',
      ["1: 1", "2! malformed", "3: 3"],
    ],
  ])("array: %s", async (_, text, expected) => {
    expect(await read("array", text, size)).toEqual(expected);
  });
});

test.each<[Form, string]>([
  ["ndjson", '\n{"a":1}\r\n\nno json\n"é😀"\n{"a":1,"a":2}\n3'],
  ["ndjson", "1\n2\n"],
  ["array", '\ufeff [1 , {"a":[2,{}]},"],[\\"{","é😀",{"a":1,"a":2}, 6] '],
  ["array", "[1,2,{]},4]"],
  ["array", "[1,2,]"],
  ["array", "[1,2] 3"],
  ["array", "[1,2"],
])(
  "when a reader of %s goes on behind any record, it reads as if it had never stopped: %j",
  async (form, text) => {
    const bytes = Buffer.from(text);
    const all = await listed(parseRecords(cut(bytes, 3), form));
    expect(all.length).toBeGreaterThan(1);
    for (const [i, { line, end }] of all.entries()) {
      if (end === undefined) {
        expect(all.slice(i + 1)).toEqual([]);
        continue;
      }
      const rest = parseRecords(cut(bytes.subarray(end), 3), form, { at: end, line, count: i + 1 });
      expect(await listed(rest)).toEqual(all.slice(i + 1));
    }
  },
);

test("when a line is not UTF-8, it is malformed, and spoils only itself", async () => {
  const bytes = Buffer.concat([Buffer.from('"a'), Buffer.of(0xff), Buffer.from('"\n2\n')]);
  expect(await read("ndjson", bytes)).toEqual(["1! malformed", "2: 2"]);
});

test.each<[Form, string, string, string]>([
  ["ndjson", "1\n", "\n3", "2! too-large"],
  ["array", "[1,", ",3]", "2! too-large"],
])("when a record of %s is too large, it is passed over", async (form, before, after, error) => {
  const fits = `"${"x".repeat(MAX_RECORD_BYTES - 2)}"`;
  expect(await read(form, `${before}${fits}${after}`)).toEqual(["1: 1", `2: ${fits}`, "3: 3"]);
  expect(await read(form, `${before}${fits} ${after}`)).toEqual(["1: 1", error, "3: 3"]);
});

test.each<Form>(["ndjson", "array"])(
  "when there are too many records of %s, their number has an end",
  async (form) => {
    const separator = form === "array" ? "," : "\n";
    const text = Array(MAX_STREAM_RECORDS + 2)
      .fill("1")
      .join(separator);
    let last = "";
    let count = 0;
    for await (const item of parseRecords(
      cut(Buffer.from(form === "array" ? `[${text}]` : text), 65_536),
      form,
    )) {
      count++;
      last = "error" in item ? item.error.code : "";
    }
    expect([count, last]).toEqual([MAX_STREAM_RECORDS + 1, "too-large"]);
    const more = Buffer.from(`${separator}1${separator}`);
    const rest = parseRecords(cut(more, 1), form, { at: 1, line: 7, count: MAX_STREAM_RECORDS });
    expect(await listed(rest)).toMatchObject([{ error: { code: "too-large" } }]);
  },
);

test("when a stream is long, and what is passed over is large, memory holds one record", async () => {
  const line = Buffer.from(`{"id":"a","body":"${"x".repeat(5_000)}"},\n`);
  async function* endless(): AsyncIterable<Uint8Array> {
    yield Buffer.from("[");
    for (let i = 0; i < 20_000; i++) yield Buffer.from(line);
    yield Buffer.from('"');
    for (let i = 0; i < 200; i++) yield Buffer.alloc(500_000, 0x78);
    yield Buffer.from('"]');
  }
  const before = liveBytes();
  let peak = 0;
  let count = 0;
  for await (const item of parseRecords(endless(), "array")) {
    if (++count % 500 === 0 || "error" in item) peak = Math.max(peak, liveBytes() - before);
  }
  expect(count).toBe(20_001);
  // 200 MB have gone through; buffers are given back a little after they are garbage.
  expect(peak).toBeLessThan(50 * 1_048_576);
});

test("when a stream throws, so does its reader; when a reader stops, the stream is closed", async () => {
  let closed = false;
  async function* source(): AsyncIterable<Uint8Array> {
    try {
      yield Buffer.from("1\n2\n");
      throw new Error("connection lost");
    } finally {
      closed = true;
    }
  }
  const seen: number[] = [];
  const all = async () => {
    for await (const { line } of parseRecords(source(), "ndjson")) seen.push(line);
  };
  await expect(all()).rejects.toThrow("connection lost");
  expect(seen).toEqual([1, 2]);
  closed = false;
  for await (const _ of parseRecords(source(), "ndjson")) break;
  expect(closed).toBe(true);
});

describe("when one JSON value is read", () => {
  const refusal = (text: string | Uint8Array) => errorsOf(() => parseJson(Buffer.from(text)))[""];

  test.each([
    ['{"a":1,}', "at position 7"],
    ['{"a":abc}', "Unexpected token 'a'"],
    ["", "Unexpected end of JSON input"],
    ['{"a":{"b":1},"c":[{"b":1}],"a":2}', 'names "a" twice in one object, at position 27'],
    ['{"a\\"":1, "\\u0061\\"" : 2}', 'names "a\\"" twice in one object, at position 10'],
  ])("%s is refused, and the message says where", (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  test("bytes that are not UTF-8 are refused", () => {
    expect(refusal(Buffer.of(0x22, 0xc3, 0x28, 0x22))).toContain("not UTF-8");
  });

  test("it is what JSON.parse reads, for anything that JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: anyLetter }), fc.nat(2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 1_000 },
    );
  });

  test("a record of nothing but escapes and names takes no more time than its length", () => {
    const texts = [
      `"${'\\"'.repeat(500_000)}"`,
      `"${"\\\\".repeat(500_000)}"`,
      "[".repeat(400_000) + "]".repeat(400_000),
      JSON.stringify(Object.fromEntries(Array.from({ length: 80_000 }, (_, i) => [i, 0]))),
    ];
    const parsing = cpuMilliseconds(() => {
      for (const text of texts) parseJson(Buffer.from(text));
    });
    expect(parsing).toBeLessThan(3_000);
  });
});

test("when a stream is cut into records, they are the same however it comes in", () => {
  return fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue({ stringUnit: anyLetter })),
      fc.integer({ min: 1, max: 9 }),
      async (values, size) => {
        const expected = values.map(
          (value, i) => `${i + 1}: ${JSON.stringify(JSON.parse(JSON.stringify(value)))}`,
        );
        expect(await read("array", JSON.stringify(values), size)).toEqual(expected);
        expect(await read("array", JSON.stringify(values, undefined, 2), size)).toEqual(expected);
        expect(
          await read("ndjson", values.map((value) => `${JSON.stringify(value)}\n`).join(""), size),
        ).toEqual(expected);
      },
    ),
    { numRuns: 200 },
  );
});

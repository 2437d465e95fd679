import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findSources, type Source } from "../../src/cli/input/files.ts";
import { readSources } from "../../src/cli/input/records.ts";
import { FlashwireError } from "../../src/core/errors.ts";
import { takeFile } from "../../src/ingest/inbox.ts";
import { readArticle, siteContext } from "../../src/validate/article.ts";
import { problem, testWire } from "../http/support.ts";
import { cut } from "../stream/support.ts";
import { anyLetter } from "../support/any-letter.ts";
import { incoming, memoryWire, textOf } from "../support/wire.ts";

/*
 * The same bytes go in by every door: as a body, as a file of the inbox, as a file and as standard input of the command
 * line. What becomes of them is the same.
 */

/** The ids that were taken in their order, and each refusal with its line; 1 for the whole. */
type Result = { taken: string[]; refused: [line: number, code: string][] };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "flashwire-rooms-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Room = (name: string, bytes: Buffer, coding?: "gzip" | "br") => Promise<Result>;

const post: Room = async (name, bytes, coding) => {
  const { send } = testWire();
  const type = /json(\.gz)?$/i.test(name) && !/ndjson/i.test(name) ? "application/json" : "application/jsonl";
  const headers = { "Content-Type": type, ...(coding && { "Content-Encoding": coding }) };
  const response = await send("POST", "/articles", { body: bytes, headers });
  if (response.status !== 200) return { taken: [], refused: [[1, codeOf((await problem(response)).type)]] };
  const text = await response.text();
  const answers: Answer[] =
    type === "application/json"
      ? JSON.parse(text)
      : text
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line));
  const taken = answers.flatMap(({ id, status }) => (status < 300 ? [id] : []));
  const refused = answers.flatMap(({ line, problem }): Result["refused"] =>
    problem ? [[line || 1, codeOf(problem.type)]] : [],
  );
  return { taken, refused };
};

type Answer = { line: number; id: string; status: number; problem?: { type: string } };
const codeOf = (type: unknown) => String(type).replace("urn:flashwire:problem:", "");

const inbox: Room = (name, bytes) => takeDropped(name, bytes, Number.POSITIVE_INFINITY, 7);
/** Each run has no time left: it ends with its first batch, and the next one goes on. */
const inboxInRuns = (name: string, bytes: Buffer, chunk: number) => takeDropped(name, bytes, 0, chunk);

async function takeDropped(name: string, bytes: Buffer, until: number, chunk: number): Promise<Result> {
  const wire = memoryWire();
  const key = `inbox/${name}`;
  await wire.newsroom.put(key, bytes);
  const open = async function* (_file: string, _head: unknown, from: number) {
    yield* cut(bytes.subarray(from), bytes.byteLength > 10_000 ? 65_536 : chunk);
  };
  const take = (key: string) => takeFile(wire.services, wire.services.stores.newsroom, key, { open, until });
  for (let went = await take(key); went === "to be continued"; ) went = await take(`${key}.progress`);
  const result = JSON.parse(await textOf(wire.newsroom, `${key}.result`));
  const accepted = wire.logs.filter(({ event }) => event === "article.accepted");
  expect(result.accepted).toBe(accepted.length);
  return {
    taken: accepted.map(({ details }) => String(details?.id)),
    refused: result.refusals.map(({ line, code }: { line: number; code: string }) => [line || 1, code]),
  };
}

async function readAll(sources: Source[]): Promise<Result> {
  const { site } = memoryWire().services;
  const result: Result = { taken: [], refused: [] };
  for await (const found of readSources(sources, () => {})) {
    const { line, item } = found.place;
    try {
      if ("error" in found) throw found.error;
      const { article } = readArticle(found.value, { ...siteContext(site), now: Date.now() });
      result.taken.push(article.id);
    } catch (error) {
      if (!(error instanceof FlashwireError)) throw error;
      result.refused.push([line ?? item ?? 1, error.code]);
    }
  }
  return result;
}

const cliFile: Room = async (name, bytes) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return readAll(await findSources([path], () => {}));
};

const cliStdin: Room = (_name, bytes) => {
  const open = () => cut(bytes, bytes.byteLength > 10_000 ? 65_536 : 11);
  return readAll([{ name: "stdin", open }]);
};

const ROOMS: Record<string, Room> = { POST: post, inbox, "CLI file": cliFile, "CLI stdin": cliStdin };
const [a, b] = [incoming(1), incoming(2)];
const json = (value: unknown, indent = 0) => JSON.stringify(value, undefined, indent);
const both: Result = { taken: ["story-1", "story-2"], refused: [] };
const none = (code: string): Result => ({ taken: [], refused: [[1, code]] });

const FORMS: [what: string, text: string | Buffer, result: Result][] = [
  ["one object on a line", json(a), { taken: ["story-1"], refused: [] }],
  ["one object over lines", json(a, 2), { taken: ["story-1"], refused: [] }],
  ["one object that is no record", json({ id: "x" }, 2), none("invalid")],
  ["one object over lines that names a field twice", '{\n"id":"a",\n"id":"b"}', none("malformed")],
  ["an array", json([a, b]), both],
  ["an array over lines", json([a, b], 2), both],
  ["an array of one", json([a]), { taken: ["story-1"], refused: [] }],
  ["lines", `${json(a)}\n${json(b)}\n`, both],
  ["lines with CR, blank lines and no end", `\r\n${json(a)}\r\n\r\n${json(b)}`, both],
  ["a byte order mark and an object", `\ufeff${json(a, 2)}`, { taken: ["story-1"], refused: [] }],
  ["a byte order mark and an array", `\ufeff${json([a, b])}`, both],
  ["a byte order mark and lines", `\ufeff${json(a)}\n${json(b)}\n`, both],
  [
    "lines of which one is broken",
    `${json(a)}\n{"id":\n${json(b)}`,
    { ...both, refused: [[2, "malformed"]] },
  ],
  ["lines of which one is no record", `${json(a)}\n7\n${json(b)}`, { ...both, refused: [[2, "invalid"]] }],
  ["an array of which one is no record", json([a, 7, b]), { ...both, refused: [[2, "invalid"]] }],
  ["an array that is cut off", `[${json(a)},{"id":`, { taken: ["story-1"], refused: [[2, "malformed"]] }],
  ["an array with more behind it", `[${json(a)}] 1`, { taken: ["story-1"], refused: [[2, "malformed"]] }],
  [
    "a record that is too large, in lines",
    `${json({ ...a, body: "x".repeat(1_048_576) })}\n${json(b)}`,
    { taken: ["story-2"], refused: [[1, "too-large"]] },
  ],
  [
    "a record that is too large, over lines",
    json({ ...a, body: "x".repeat(1_048_576) }, 1),
    none("too-large"),
  ],
  ["a page", "<html></html>", none("malformed")],
  ["UTF-16 with its mark", Buffer.from(`\ufeff${json(a)}`, "utf16le"), none("malformed")],
  [
    "UTF-16 in the other order, without a mark",
    Buffer.from(json([a]), "utf16le").swap16(),
    none("malformed"),
  ],
];

const NAMES = ["story.json", "STORY.JSON", "story.ndjson", "Archive.JsonL"];

describe.each(FORMS)("when a file holds %s", (_, text, result) => {
  const plain = Buffer.from(text);

  test.each(NAMES)(
    "under the name %s, plain and in gzip, has the same result by every door",
    async (name) => {
      const expected = (found: Result) => expect(found).toEqual(result);
      for (const [door, room] of Object.entries(ROOMS)) {
        await room(name, plain).then(expected, (error) => expect.fail(`${door}: ${error}`));
        const packed = gzipSync(plain);
        await room(`${name}.GZ`, packed, "gzip");
        expected(await room(name, packed, "gzip"));
        expected(await room(`${name}.gz`, plain));
      }
      expected(await post(name, brotliCompressSync(plain), "br"));
    },
  );
});

describe.each(Object.keys(ROOMS))("when a record comes by the door %s", (door) => {
  const room = ROOMS[door] as Room;

  test("gzip that is cut off is refused where nothing of it can be read, and the answer says so", async () => {
    const packed = gzipSync(json(a, 2));
    for (const length of [5, 12, packed.byteLength - 1])
      expect(await room("a.json.gz", packed.subarray(0, length), "gzip")).toEqual(none("malformed"));
  });

  test("gzip that is cut off behind records costs none of them", async () => {
    const packed = gzipSync(`${json(a)}\n${json(b)}\n`);
    expect(await room("a.ndjson.gz", packed.subarray(0, -1), "gzip")).toEqual({
      ...both,
      refused: [[3, "malformed"]],
    });
  });

  test("a name that ends in .gz is refused over what is packed in another way", async () => {
    if (door === "POST") return;
    expect(await room("a.json.gz", Buffer.from("PK\u0003\u0004 and more"))).toEqual(none("malformed"));
  });
});

test("when a file has no record, the inbox and the command line say so", async () => {
  for (const text of ["", " \n", "\ufeff"]) {
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      for (const room of [inbox, cliFile]) {
        for (const name of ["empty.json", "empty.ndjson.gz"]) {
          expect(await room(name, bytes)).toEqual(none("malformed"));
        }
      }
      expect(await cliStdin("", bytes)).toEqual({ taken: [], refused: [] });
    }
  }
  expect(await post("empty.json", Buffer.from(""))).toEqual(none("malformed"));
});

/** Records of which some are good; those that are not are refused by every door for the same. */
const records = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ headline: fc.string({ unit: anyLetter, minLength: 1 }), section: fc.string() }),
    },
    fc.constantFrom<object>({ url: 7 }, { published: "never" }, { status: "draft" }),
    fc.jsonValue(),
  ),
  { minLength: 1, maxLength: 250 },
);

test("when any records stand in any form, packed or not, every door says the same of each of them", () => {
  return fc.assert(
    fc.asyncProperty(
      records,
      fc.constantFrom("a.json", "A.NDJSON"),
      fc.constantFrom(0, 1, "lines"),
      fc.boolean(),
      fc.integer({ min: 1, max: 500 }),
      async (values, name, form, isPacked, chunk) => {
        const isFields = (value: unknown) =>
          typeof value === "object" && value !== null && !Array.isArray(value);
        const all = values.map((value, n) =>
          isFields(value) ? { ...incoming(n), ...(value as object) } : value,
        );
        const text =
          form === "lines" ? all.map((value) => `${json(value)}\n`).join("") : json(all, Number(form));
        const bytes = isPacked ? gzipSync(text) : Buffer.from(text);
        // Lines of which the first one is no object may be anything, unless the name promises lines.
        fc.pre(form !== "lines" || isFields(all[0]));
        const inOrder = ({ taken, refused }: Result): Result => ({
          taken: taken.toSorted(),
          refused: refused.toSorted(([a], [b]) => a - b),
        });
        const expected = inOrder(await post(name, bytes, isPacked ? "gzip" : undefined));
        expect(expected.taken.length + expected.refused.length).toBe(all.length);
        for (const room of [inbox, cliFile, cliStdin])
          expect(inOrder(await room(name, bytes))).toEqual(expected);
        expect(inOrder(await inboxInRuns(name, bytes, chunk))).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

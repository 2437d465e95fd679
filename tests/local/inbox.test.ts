import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MAX_BATCH } from "../../src/core/limits.ts";
import { countWaitingFiles } from "../../src/local/inbox-folder.ts";
import { INBOX_SLICE_MS, INBOX_STILL_MS } from "../../src/local/limits.ts";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { readRecord } from "../../src/repository/records.ts";
import { documentKey } from "../support/documents.ts";
import { incoming } from "../support/wire.ts";

let data: string;
let wire: Wire;
let logs: { event: string; details: Record<string, unknown> | undefined }[];
let onLog: (event: string) => void;

const begin = async () => {
  wire = await startWire({ port: 0, host: "127.0.0.1", data }, (event, details) => {
    logs.push({ event, details });
    onLog(event);
  });
  // The look of the start is over, and so is its audit, which would look at what a test counts.
  await wire.inbox.tick();
  await wire.idle();
};

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "flashwire-inbox-"));
  logs = [];
  onLog = () => {};
  await begin();
});

afterEach(async () => {
  await wire.close();
  rmSync(data, { recursive: true });
});

const pathOf = (name: string) => join(data, "inbox", name);
const line = (n: number) => `${JSON.stringify(incoming(n))}\n`;
const lines = (count: number) => Array.from({ length: count }, (_, n) => line(n)).join("");
const json = (name: string) => JSON.parse(readFileSync(pathOf(name), "utf8"));
const taken = () => logs.filter(({ event }) => event === "inbox.taken").map(({ details }) => details?.file);
const record = (n: number) => readRecord(wire.services, `story-${n}`);

/** A file that nobody has written for long enough. */
function drop(name: string, text: string | Buffer): void {
  writeFileSync(pathOf(name), text);
  const then = (Date.now() - INBOX_STILL_MS) / 1_000 - 1;
  utimesSync(pathOf(name), then, then);
}

test("when a file has stood still for two minutes, it is taken at first sight, and its records are published", async () => {
  drop("archive.ndjson", `${line(1)}no json\n${line(2)}`);
  drop("more.json", JSON.stringify([incoming(3)]));
  await wire.inbox.tick();
  expect(json("archive.ndjson.result")).toMatchObject({
    done: 3,
    accepted: 2,
    refused: 1,
    refusals: [{ line: 2 }],
  });
  expect(json("more.json.result")).toMatchObject({ done: 1, accepted: 1 });
  expect(existsSync(pathOf("archive.ndjson.progress"))).toBe(false);
  await wire.idle();
  const feed = await wire.services.stores.published.get(documentKey("all", "json"));
  for (const n of [1, 2, 3]) expect(Buffer.from(feed?.body ?? "").toString()).toContain(`Story ${n}`);
});

test("when a record is taken with a warning, the result beside its file has the warning", async () => {
  drop("warned.ndjson", `${line(1)}${JSON.stringify({ ...incoming(2), colour: "red" })}\n`);
  await wire.inbox.tick();
  expect(json("warned.ndjson.result")).toMatchObject({
    accepted: 2,
    warnings: [{ line: 2, id: "story-2", warnings: [{ pointer: "#/colour" }] }],
  });
});

test("when a file is still growing, it is taken only after two ticks have seen it unchanged", async () => {
  writeFileSync(pathOf("growing.jsonl"), line(1));
  await wire.inbox.tick();
  appendFileSync(pathOf("growing.jsonl"), line(2));
  await wire.inbox.tick();
  expect(taken()).toEqual([]);
  expect(await record(1)).toBeUndefined();
  await wire.inbox.tick();
  expect(json("growing.jsonl.result")).toMatchObject({ accepted: 2 });
});

test("when a name says that a file is unfinished, hidden or no file of records, it is never taken", async () => {
  const names = [
    ".archive.ndjson",
    "archive.ndjson.part",
    "archive.ndjson.tmp",
    "archive.csv",
    "x.json.progress",
  ];
  for (const name of names) drop(name, line(1));
  for (let i = 0; i < 3; i++) await wire.inbox.tick();
  expect(taken()).toEqual([]);
  expect(await record(1)).toBeUndefined();
});

test("when the wire starts again, a file that was taken is not taken again, until it is another one", async () => {
  drop("archive.ndjson", line(1));
  await wire.inbox.tick();
  await wire.close();
  await begin();
  await wire.inbox.tick();
  expect(taken()).toEqual(["archive.ndjson"]);
  drop("archive.ndjson", line(1) + line(2));
  await wire.inbox.tick();
  expect(json("archive.ndjson.result")).toMatchObject({ accepted: 1, unchanged: 1 });
});

test("when the wire closes half-way, the next one goes on behind the last record that was taken", async () => {
  const count = MAX_BATCH + 10;
  drop("archive.ndjson", lines(count));
  let now = Date.now();
  // Each look at the clock uses up a slice, so that the first batch is the last one of its slice.
  wire.services.now = () => {
    now += INBOX_SLICE_MS;
    return now;
  };
  let closed: Promise<void> | undefined;
  onLog = (event) => {
    if (event === "article.accepted") closed ??= wire.close();
  };
  await wire.inbox.tick();
  await closed;
  expect(json("archive.ndjson.progress")).toMatchObject({ done: MAX_BATCH, accepted: MAX_BATCH });
  expect(existsSync(pathOf("archive.ndjson.result"))).toBe(false);
  await begin();
  expect(json("archive.ndjson.result")).toMatchObject({
    done: count,
    accepted: count,
    unchanged: 0,
    refused: 0,
  });
  expect(existsSync(pathOf("archive.ndjson.progress"))).toBe(false);
});

test("when the result of a file cannot be written, the log names the file, and the others are taken", async () => {
  drop("a.ndjson", line(1));
  mkdirSync(join(pathOf("a.ndjson.result"), "in-the-way"), { recursive: true });
  drop("b.ndjson", line(2));
  await wire.inbox.tick();
  expect(logs).toContainEqual({
    event: "inbox.failed",
    details: { file: "a.ndjson", error: expect.any(String) },
  });
  expect(taken()).toContain("b.ndjson");
});

test("when a result or a progress is damaged, it counts as none, and the file is taken from its start", async () => {
  drop("a.ndjson", line(1));
  drop("b.ndjson", line(2));
  writeFileSync(pathOf("a.ndjson.result"), "{");
  writeFileSync(pathOf("b.ndjson.progress"), "junk");
  await wire.inbox.tick();
  expect(taken()).toEqual(["a.ndjson", "b.ndjson"]);
});

test("when a file of the inbox is a link, it is not followed", async () => {
  symlinkSync(pathOf("aa.ndjson"), pathOf("aa.ndjson"));
  symlinkSync("/etc/passwd", pathOf("b.ndjson"));
  await wire.inbox.tick();
  expect(taken()).toEqual([]);
  expect(logs.filter(({ event }) => event === "inbox.failed")).toEqual([]);
});

const logged = (event: string) =>
  logs.filter((log) => log.event === event).map(({ details }) => details?.file);

test("when a name is in capitals or ends in .gz, or a .json file is one object or lines, the file is taken", async () => {
  drop("STORY.JSON", JSON.stringify(incoming(1), undefined, 2));
  drop("archive.ndjson.GZ", gzipSync(line(2) + line(3)));
  drop("lines.json", line(4) + line(5));
  drop("list.jsonl", JSON.stringify([incoming(6)]));
  drop("plain.json.gz", JSON.stringify(incoming(7)));
  await wire.inbox.tick();
  expect(taken()).toHaveLength(5);
  for (let n = 1; n <= 7; n++) expect(await record(n)).toBeDefined();
  expect(json("STORY.JSON.result")).toMatchObject({ done: 1, accepted: 1, refused: 0 });
});

test("when something is not taken, a result beside it says why, once, and status does not wait for it", async () => {
  drop("archive.csv", line(1));
  mkdirSync(pathOf("folder.json"));
  symlinkSync("/etc/passwd", pathOf("link.json"));
  expect(await countWaitingFiles(data)).toBe(1);
  await wire.inbox.tick();
  await wire.inbox.tick();
  expect(logged("inbox.refused").sort()).toEqual(["archive.csv", "folder.json", "link.json"]);
  const whys = { "archive.csv": /end in \.json/, "folder.json": /is a folder/, "link.json": /is a link/ };
  for (const [name, why] of Object.entries(whys)) {
    const { refused, refusals } = json(`${name}.result`);
    expect([refused, refusals]).toMatchObject([1, [{ line: 0, code: "unsupported-media-type" }]]);
    expect(refusals[0].detail).toMatch(why);
  }
  await wire.inbox.tick();
  expect(logged("inbox.refused")).toHaveLength(3);
  expect(await countWaitingFiles(data)).toBe(0);
  expect(readdirSync(join(data, "inbox")).filter((name) => name.endsWith(".result.result"))).toEqual([]);
});

test("when a file holds no record, its result says so", async () => {
  drop("empty.json", "");
  drop("none.json", "[]");
  await wire.inbox.tick();
  const detail = expect.stringContaining("There is no record in this file");
  expect(json("empty.json.result")).toMatchObject({ refused: 1, refusals: [{ line: 0, detail }] });
  expect(json("none.json.result")).toMatchObject({ done: 0, refused: 0, note: detail });
});

test("when a packed file is cut off, its records are taken, and the result says that it is cut off", async () => {
  drop("cut.ndjson.gz", gzipSync(line(1) + line(2)).subarray(0, -4));
  await wire.inbox.tick();
  const refusals = [{ line: 3, code: "malformed", detail: expect.stringContaining("cut off") }];
  expect(json("cut.ndjson.gz.result")).toMatchObject({ accepted: 2, refused: 1, refusals });
});

test("when a packed file needs more time than a slice, it is unpacked once, and its progress is written down", async () => {
  const count = 3 * MAX_BATCH;
  drop("archive.ndjson.gz", gzipSync(lines(count)));
  let now = Date.now();
  wire.services.now = () => {
    now += INBOX_SLICE_MS;
    return now;
  };
  const puts: string[] = [];
  const watching = watch(join(data, "inbox"), (_, name) => puts.push(String(name)));
  await wire.inbox.tick();
  watching.close();
  expect(puts).toContain("archive.ndjson.gz.progress");
  expect(logged("inbox.continues")).toEqual([]);
  expect(json("archive.ndjson.gz.result")).toMatchObject({ done: count, accepted: count });
  expect(existsSync(pathOf("archive.ndjson.gz.progress"))).toBe(false);
});

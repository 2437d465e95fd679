import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_JOURNAL_BYTES } from "../../../src/local/limits.ts";
import { type JournalEntry, openJournal } from "../../../src/local/queue/journal.ts";
import type { Log } from "../../../src/store/stores.ts";

let folder: string;
let logged: [event: string, details: unknown][];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashwire-journal-"));
  logged = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const log: Log = (event, details) => logged.push([event, details]);
const open = () => openJournal(folder, log);
const logs = () => readdirSync(folder).filter((name) => name.endsWith(".log"));
const lines = () => logs().map((name) => readFileSync(join(folder, name), "utf8"));
const keysOf = (entries: JournalEntry[]) => entries.map(({ key }) => key);
const [A, B, C] = ["articles/a.json", "articles/b.json", "articles/c.json"] as const;

/** What a process that died has left. */
async function leave(...keys: string[]): Promise<string> {
  const dead = await open();
  await Promise.all(keys.map((key) => dead.append(key)));
  await dead.close();
  return join(folder, logs().at(-1) as string);
}

describe("invariant 5: an accepted record is never lost", () => {
  test("when an entry is appended, it is on disk; when it is settled, it is gone", async () => {
    const journal = await open();
    const entries = await Promise.all([A, B, C].map((key) => journal.append(key)));
    expect(lines().join("").split("\n").filter(Boolean).sort()).toEqual([A, B, C]);
    await journal.settle(entries.slice(0, 2));
    expect(lines().join("")).toContain(C);
    await journal.settle(entries.slice(2));
    expect(lines()).toEqual([""]);
    await journal.close();
    expect(logs()).toEqual([]);
  });

  test("when a journal is closed, its work is adopted once; when it belongs to a live process, it is left alone", async () => {
    const first = await open();
    await first.append(A);
    const second = await open();
    expect(await second.adopt()).toEqual([]);
    await first.close();
    expect(keysOf(await second.adopt())).toEqual([A]);
    expect(await second.adopt()).toEqual([]);
    expect(lines()).toEqual([`${A}\n`]);
    await second.close();
  });

  test("when the process that adopted work dies too, the next process finds the work", async () => {
    await leave(A, B);
    const second = await open();
    const [a] = await second.adopt();
    await second.settle([a as JournalEntry]);
    await second.close();
    const third = await open();
    expect(keysOf(await third.adopt())).toContain(B);
    await third.close();
  });

  test("when the work of a journal cannot be adopted, the journal is kept", async () => {
    await leave(A, B);
    const second = await open();
    // As when a wire is stopped right after its start.
    await second.close();
    await expect(second.adopt()).rejects.toThrow();
    const third = await open();
    expect(keysOf(await third.adopt())).toEqual([A, B]);
    await third.close();
  });

  test("when a journal cannot be read, it is kept, and the others are adopted", async () => {
    mkdirSync(join(folder, "unreadable.log"));
    await leave(A);
    const second = await open();
    expect(keysOf(await second.adopt())).toEqual([A]);
    expect(logged).toContainEqual(["journal.unreadable", expect.objectContaining({ journal: "unreadable" })]);
    await second.close();
    expect(logs()).toContain("unreadable.log");
    rmSync(join(folder, "unreadable.log"), { recursive: true });
  });

  test("when the last line is torn, it does not count as an entry", async () => {
    appendFileSync(await leave(A), "articles/half-a-k");
    const second = await open();
    expect(keysOf(await second.adopt())).toEqual([A]);
    expect(logged).toEqual([]);
    await second.close();
  });

  test("when a line is no key, it does not come into the journal of a living process, and is named", async () => {
    writeFileSync(await leave(A), `${A}\narticles/\0\0\0b\n\n../c\narticles/\ufffd\n${C}\n`);
    const second = await open();
    expect(keysOf(await second.adopt())).toEqual([A, C]);
    expect(lines()).toEqual([`${A}\n${C}\n`]);
    expect(logged).toEqual([
      ["journal.unreadable", expect.objectContaining({ lines: 3, last: "articles/\ufffd" })],
    ]);
    await second.close();
  });
});

test("when the journal of an older release is adopted, each id in it becomes the key of its article", async () => {
  writeFileSync(await leave(A), "b\nUS.North~Korea_1-2\narticles/c.json\n-no-id\n");
  const journal = await open();
  expect(keysOf(await journal.adopt())).toEqual([B, "articles/US.North~Korea_1-2.json", C]);
  expect(logged).toEqual([["journal.unreadable", expect.objectContaining({ lines: 1, last: "-no-id" })]]);
  await journal.close();
  expect(lines()).toEqual([`${B}\narticles/US.North~Korea_1-2.json\n${C}\n`]);
});

test("when the journal takes a key, the next process adopts it; it refuses a key that no line can hold", async () => {
  for (const key of [
    "",
    "a",
    "articles/",
    "articles/a\nb",
    "articles/\0",
    "../x",
    "articles/\ud800",
    "A/b",
  ]) {
    const journal = await open();
    await expect(journal.append(key), JSON.stringify(key)).rejects.toThrow(RangeError);
    await journal.close();
  }
  const keys = [
    A,
    "a/b",
    "feeds/tag/北朝鮮/rss.xml",
    "articles/a b \u2028%0A.json",
    `x/${"y".repeat(1_022)}`,
  ];
  await leave(...keys);
  const journal = await open();
  expect(keysOf(await journal.adopt()).sort()).toEqual(keys.sort());
  await journal.close();
});

describe("when a journal file grows long", () => {
  const long = "x".repeat(MAX_JOURNAL_BYTES / 8);
  const fill = (journal: Awaited<ReturnType<typeof open>>) =>
    Promise.all(Array.from({ length: 9 }, (_, i) => journal.append(`articles/${i}${long}`)));

  test("it is rewritten with the entries that are still open", async () => {
    const journal = await open();
    const entries = await fill(journal);
    await journal.append("articles/still-open");
    await journal.settle(entries);
    expect(lines()).toEqual(["articles/still-open\n"]);
    await journal.append("articles/after");
    expect(lines()).toEqual(["articles/still-open\narticles/after\n"]);
    await journal.close();
  });

  test("and is rewritten and then emptied, the next entry is written at its beginning", async () => {
    const journal = await open();
    const entries = await fill(journal);
    const stillOpen = await journal.append("articles/still-open");
    await journal.settle(entries);
    await journal.settle([stillOpen]);
    expect(lines()).toEqual([""]);
    await journal.append("articles/after");
    expect(lines()).toEqual(["articles/after\n"]);
    await journal.close();
  });
});

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
const idsOf = (entries: JournalEntry[]) => entries.map(({ id }) => id);

/** What a process that died has left. */
async function leave(...ids: string[]): Promise<string> {
  const dead = await open();
  await Promise.all(ids.map((id) => dead.append(id)));
  await dead.close();
  return join(folder, logs().at(-1) as string);
}

describe("invariant 5: an accepted record is never lost", () => {
  test("what was appended is on disk, and gone when it is settled", async () => {
    const journal = await open();
    const entries = await Promise.all(["a", "b", "c"].map((id) => journal.append(id)));
    expect(lines().join("").split("\n").filter(Boolean).sort()).toEqual(["a", "b", "c"]);
    await journal.settle(entries.slice(0, 2));
    expect(lines().join("")).toContain("c");
    await journal.settle(entries.slice(2));
    expect(lines()).toEqual([""]);
    await journal.close();
    expect(logs()).toEqual([]);
  });

  test("the work of a closed journal is adopted once; that of a live one is left alone", async () => {
    const first = await open();
    await first.append("a");
    const second = await open();
    expect(await second.adopt()).toEqual([]);
    await first.close();
    expect(idsOf(await second.adopt())).toEqual(["a"]);
    expect(await second.adopt()).toEqual([]);
    expect(lines()).toEqual(["a\n"]);
    await second.close();
  });

  test("what is adopted is the adopter's to lose: when that one dies too, the next one finds it", async () => {
    await leave("a", "b");
    const second = await open();
    const [a] = await second.adopt();
    await second.settle([a as JournalEntry]);
    await second.close();
    const third = await open();
    expect(idsOf(await third.adopt())).toContain("b");
    await third.close();
  });

  test("a journal is kept when its work cannot be adopted", async () => {
    await leave("a", "b");
    const second = await open();
    // As when a wire is stopped right after its start.
    await second.close();
    await expect(second.adopt()).rejects.toThrow();
    const third = await open();
    expect(idsOf(await third.adopt())).toEqual(["a", "b"]);
    await third.close();
  });

  test("a journal that cannot be read is kept, and the others are adopted", async () => {
    mkdirSync(join(folder, "unreadable.log"));
    await leave("a");
    const second = await open();
    expect(idsOf(await second.adopt())).toEqual(["a"]);
    expect(logged).toContainEqual(["journal.unreadable", expect.objectContaining({ journal: "unreadable" })]);
    await second.close();
    expect(logs()).toContain("unreadable.log");
    rmSync(join(folder, "unreadable.log"), { recursive: true });
  });

  test("a torn last line is no article", async () => {
    appendFileSync(await leave("a"), "half-an-i");
    const second = await open();
    expect(idsOf(await second.adopt())).toEqual(["a"]);
    expect(logged).toEqual([]);
    await second.close();
  });

  test("a line that is no id does not come into the journal of a living process, and is named", async () => {
    writeFileSync(await leave("a"), "a\n\0\0\0b\n\n../c\nd\n");
    const second = await open();
    expect(idsOf(await second.adopt())).toEqual(["a", "d"]);
    expect(lines()).toEqual(["a\nd\n"]);
    expect(logged).toEqual([["journal.unreadable", expect.objectContaining({ lines: 2, last: "../c" })]]);
    await second.close();
  });
});

describe("a long file", () => {
  const long = "x".repeat(MAX_JOURNAL_BYTES / 8);
  const fill = (journal: Awaited<ReturnType<typeof open>>) =>
    Promise.all(Array.from({ length: 9 }, (_, i) => journal.append(`${i}${long}`)));

  test("is rewritten with what is still open", async () => {
    const journal = await open();
    const entries = await fill(journal);
    await journal.append("still-open");
    await journal.settle(entries);
    expect(lines()).toEqual(["still-open\n"]);
    await journal.append("after");
    expect(lines()).toEqual(["still-open\nafter\n"]);
    await journal.close();
  });

  test("that was rewritten, and then emptied, begins at its beginning", async () => {
    const journal = await open();
    const entries = await fill(journal);
    const stillOpen = await journal.append("still-open");
    await journal.settle(entries);
    await journal.settle([stillOpen]);
    expect(lines()).toEqual([""]);
    await journal.append("after");
    expect(lines()).toEqual(["after\n"]);
    await journal.close();
  });
});

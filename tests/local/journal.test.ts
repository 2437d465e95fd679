import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_JOURNAL_BYTES } from "../../src/core/limits.ts";
import { openJournal } from "../../src/local/journal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashwire-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const logs = () => readdirSync(folder).filter((name) => name.endsWith(".log"));
const lines = () => logs().map((name) => readFileSync(join(folder, name), "utf8"));

describe("invariant 5: an accepted record is never lost", () => {
  test("what was appended is on disk, and gone when it is settled", async () => {
    const journal = await openJournal(folder);
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
    const first = await openJournal(folder);
    await first.append("a");
    const second = await openJournal(folder);
    expect((await second.adopt()).ids).toEqual([]);
    await first.close();
    const { ids, done } = await second.adopt();
    expect(ids).toEqual(["a"]);
    done();
    expect((await second.adopt()).ids).toEqual([]);
    await second.close();
  });

  test("a torn last line is no article", async () => {
    const first = await openJournal(folder);
    await first.append("a");
    await first.close();
    appendFileSync(join(folder, logs()[0] as string), "half-an-i");
    const second = await openJournal(folder);
    const { ids, done } = await second.adopt();
    expect(ids).toEqual(["a"]);
    done();
    await second.close();
  });

  test("a long file is rewritten with what is still open", async () => {
    const journal = await openJournal(folder);
    const long = "x".repeat(MAX_JOURNAL_BYTES / 8);
    const entries = await Promise.all(Array.from({ length: 9 }, (_, i) => journal.append(`${i}${long}`)));
    await journal.append("still-open");
    await journal.settle(entries);
    expect(lines()).toEqual(["still-open\n"]);
    await journal.append("after");
    expect(lines()).toEqual(["still-open\nafter\n"]);
    await journal.close();
  });
});

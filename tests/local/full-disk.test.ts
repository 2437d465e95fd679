import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openJournal } from "../../src/local/queue/journal.ts";
import { type DiskCalls, nodeCalls } from "../../src/store/file/disk-calls.ts";

/** While it is full, a disk takes half of each write. */
const disk = { full: false };

const calls: DiskCalls = {
  ...nodeCalls,
  async openLines(path, flags) {
    const file = await nodeCalls.openLines(path, flags);
    return {
      datasync: () => file.datasync(),
      truncate: (bytes) => file.truncate(bytes),
      close: () => file.close(),
      async appendFile(lines) {
        if (!disk.full) return file.appendFile(lines);
        await file.appendFile(lines.slice(0, lines.length / 2));
        throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      },
    };
  },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashwire-full-"));
  disk.full = false;
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = () => openJournal(folder, () => {}, calls);
const logs = () => readdirSync(folder).filter((name) => name.endsWith(".log"));
const text = () => logs().map((name) => readFileSync(join(folder, name), "utf8"));

test("when a key is not written whole, it is not accepted, and it spoils no key after it", async () => {
  const journal = await open();
  await journal.append("articles/before");
  disk.full = true;
  await expect(journal.append("articles/too-long-for-it")).rejects.toThrow("no space");
  disk.full = false;
  await journal.append("articles/after");
  expect(text().join("").split("\n")).toEqual(expect.arrayContaining(["articles/before", "articles/after"]));
  await journal.close();
});

test("when a key was not accepted, settling does not wait for it", async () => {
  const journal = await open();
  const entry = await journal.append("articles/before");
  disk.full = true;
  await expect(journal.append("articles/too-long-for-it")).rejects.toThrow("no space");
  disk.full = false;
  await journal.settle([entry]);
  expect(text()).toEqual([""]);
  await journal.close();
  expect(logs()).toEqual([]);
});

test("when there is no room for the work of dead processes, it stays in their journals", async () => {
  const dead = await open();
  await dead.append("articles/left");
  await dead.close();
  const journal = await open();
  disk.full = true;
  await expect(journal.adopt()).rejects.toThrow("no space");
  disk.full = false;
  expect(await journal.adopt()).toMatchObject([{ key: "articles/left" }]);
  await journal.close();
});

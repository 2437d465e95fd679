import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { FileHandle, open as openFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openJournal } from "../../src/local/queue/journal.ts";

/** While it is full, a disk takes half of each write. */
const disk = vi.hoisted(() => ({ full: false }));

vi.mock("node:fs/promises", async (original) => {
  const real = await original<{ open: typeof openFile }>();
  const half = async (file: FileHandle, lines: string) => {
    const { write } = Object.getPrototypeOf(file) as FileHandle;
    return write.call(file, lines.slice(0, lines.length / 2));
  };
  const open = async (...args: Parameters<typeof openFile>) => {
    const file = await real.open(...args);
    const { write, appendFile } = file;
    return Object.assign(file, {
      write: (lines: string) => (disk.full ? half(file, lines) : write.call(file, lines)),
      appendFile: async (lines: string) => {
        if (!disk.full) return appendFile.call(file, lines);
        await half(file, lines);
        throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      },
    });
  };
  return { ...real, open };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashwire-full-"));
  disk.full = false;
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = () => openJournal(folder, () => {});
const logs = () => readdirSync(folder).filter((name) => name.endsWith(".log"));
const text = () => logs().map((name) => readFileSync(join(folder, name), "utf8"));

test("an id that did not come onto the disk whole is not accepted, and spoils none after it", async () => {
  const journal = await open();
  await journal.append("before");
  disk.full = true;
  await expect(journal.append("too-long-for-it")).rejects.toThrow("no space");
  disk.full = false;
  await journal.append("after");
  expect(text().join("").split("\n")).toEqual(expect.arrayContaining(["before", "after"]));
  await journal.close();
});

test("an id that was not accepted is not waited for", async () => {
  const journal = await open();
  const entry = await journal.append("before");
  disk.full = true;
  await expect(journal.append("too-long-for-it")).rejects.toThrow("no space");
  disk.full = false;
  await journal.settle([entry]);
  expect(text()).toEqual([""]);
  await journal.close();
  expect(logs()).toEqual([]);
});

test("what dead processes left stays where it is until there is room for it", async () => {
  const dead = await open();
  await dead.append("left");
  await dead.close();
  const journal = await open();
  disk.full = true;
  await expect(journal.adopt()).rejects.toThrow("no space");
  disk.full = false;
  expect(await journal.adopt()).toMatchObject([{ id: "left" }]);
  await journal.close();
});

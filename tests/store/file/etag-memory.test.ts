import { fstatSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { etagMemory } from "../../../src/store/file/etag-memory.ts";
import { MAX_SETTLING, STAMP_SETTLES_MS } from "../../../src/store/limits.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashwire-etags-"));
  file = join(folder, "x");
  writeFileSync(file, "x");
});
afterEach(() => rmSync(folder, { recursive: true }));

const stats = () => statSync(file, { bigint: true });

/** Whether this descriptor is (still) that of the file. */
function isOpen(descriptor: number): boolean {
  try {
    return fstatSync(descriptor, { bigint: true }).ino === stats().ino;
  } catch {
    return false;
  }
}

test("a file whose stamps have settled is closed at once", async () => {
  await sleep(STAMP_SETTLES_MS + 20);
  const memory = etagMemory();
  const descriptor = openSync(file, "r");
  memory.remember(file, descriptor, '"x"');
  expect(isOpen(descriptor)).toBe(false);
  expect(memory.recall(file, stats())).toBe('"x"');
});

test("a fresh file stays open until they have: nobody gets its inode before", async () => {
  const memory = etagMemory();
  const descriptor = openSync(file, "r");
  memory.remember(file, descriptor, '"x"');
  expect(isOpen(descriptor)).toBe(true);
  expect(memory.recall(file, stats())).toBe('"x"');
  await sleep(4 * STAMP_SETTLES_MS);
  expect(isOpen(descriptor)).toBe(false);
  expect(memory.recall(file, stats())).toBe('"x"');
});

test("with too many open, a fresh file is rather not remembered", () => {
  const memory = etagMemory();
  for (let i = 0; i < MAX_SETTLING; i++) memory.remember(`${file}${i}`, openSync(file, "r"), '"x"');
  const descriptor = openSync(file, "r");
  memory.remember(file, descriptor, '"x"');
  expect(isOpen(descriptor)).toBe(false);
  expect(memory.recall(file, stats())).toBeUndefined();
});

test("any stamp, size or inode that differs is another file", () => {
  const memory = etagMemory();
  memory.remember(file, openSync(file, "r"), '"x"');
  for (const changed of ["ino", "size", "mtimeNs", "ctimeNs"] as const) {
    const other = Object.assign(stats(), { [changed]: stats()[changed] + 1n });
    expect(memory.recall(file, other), changed).toBeUndefined();
  }
  expect(memory.recall(`${file}y`, stats())).toBeUndefined();
});

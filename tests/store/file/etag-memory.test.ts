import {
  type BigIntStats,
  fstatSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { etagMemory, type Machine } from "../../../src/store/file/etag-memory.ts";
import { MAX_SETTLING, STAMP_SETTLES_MS } from "../../../src/store/limits.ts";

let folder: string;
let file: string;
/** Milliseconds that the clock is ahead of the stamps of the file. */
let age: number;
/** What waits for its time. */
let timers: { run: () => void; milliseconds: number }[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashwire-etags-"));
  file = join(folder, "x");
  writeFileSync(file, "x");
  [age, timers] = [0, []];
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

/** A machine whose time the test tells. */
const machine = (statsOf: Machine["statsOf"] = () => stats()): Machine => ({
  statsOf,
  now: () => Number(stats().ctimeMs) + age,
  later: (run, milliseconds) => timers.push({ run, milliseconds }),
});

function remembered(memory = etagMemory(machine()), path = file): number {
  const descriptor = openSync(file, "r");
  memory.remember(path, descriptor, '"x"');
  return descriptor;
}

test("when the stamps of a file have settled, it is closed at once", () => {
  age = STAMP_SETTLES_MS + 2;
  const memory = etagMemory(machine());
  expect(isOpen(remembered(memory))).toBe(false);
  expect(memory.recall(file, stats())).toBe('"x"');
  expect(timers).toEqual([]);
});

test("when a file is fresh, it stays open until its stamps have settled: nobody gets its inode before", () => {
  age = STAMP_SETTLES_MS;
  const memory = etagMemory(machine());
  const descriptor = remembered(memory);
  expect(isOpen(descriptor)).toBe(true);
  expect(memory.recall(file, stats())).toBe('"x"');
  expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([2 * STAMP_SETTLES_MS]);
  timers[0]?.run();
  expect(isOpen(descriptor)).toBe(false);
  expect(memory.recall(file, stats())).toBe('"x"');
});

test("when too many files are open, a fresh one is not remembered, until one of them is closed", () => {
  const memory = etagMemory(machine());
  for (let i = 0; i < MAX_SETTLING; i++) remembered(memory, `${file}${i}`);
  expect(isOpen(remembered(memory))).toBe(false);
  expect(memory.recall(file, stats())).toBeUndefined();
  timers.pop()?.run();
  const descriptor = remembered(memory);
  expect(isOpen(descriptor)).toBe(true);
  expect(memory.recall(file, stats())).toBe('"x"');
  for (const { run } of timers) run();
  expect(isOpen(descriptor)).toBe(false);
});

test("when a file system stamps in whole milliseconds, a file is not remembered, however old: two writes may look alike", () => {
  const coarse = (): BigIntStats => {
    const found = stats();
    return Object.assign(found, { ctimeNs: found.ctimeNs - (found.ctimeNs % 1_000_000n) });
  };
  for (const passed of [0, 10 * STAMP_SETTLES_MS]) {
    age = passed;
    const memory = etagMemory(machine(coarse));
    expect(isOpen(remembered(memory))).toBe(false);
    expect(memory.recall(file, coarse())).toBeUndefined();
  }
});

test("when any stamp, the size or the inode differs, it is another file", () => {
  const memory = etagMemory(machine());
  remembered(memory);
  for (const changed of ["ino", "size", "mtimeNs", "ctimeNs"] as const) {
    const other = Object.assign(stats(), { [changed]: stats()[changed] + 1n });
    expect(memory.recall(file, other), changed).toBeUndefined();
  }
  expect(memory.recall(`${file}y`, stats())).toBeUndefined();
  for (const { run } of timers) run();
});

test("when a memory is told nothing of the machine, it uses the machine's clock", async () => {
  const memory = etagMemory();
  const descriptor = remembered(memory);
  await expect.poll(() => isOpen(descriptor), { timeout: 10_000 }).toBe(false);
  expect(memory.recall(file, stats())).toBe('"x"');
});

test("when a file whose stamps have settled is learned after it was read, its ETag is known as long as the file stays", () => {
  age = STAMP_SETTLES_MS;
  const memory = etagMemory(machine());
  expect(memory.areSettled(stats())).toBe(false);
  age = STAMP_SETTLES_MS + 2;
  expect(memory.areSettled(stats())).toBe(true);
  memory.learn(file, stats(), '"x"');
  expect(memory.recall(file, stats())).toBe('"x"');
  writeFileSync(join(folder, "y"), "other");
  renameSync(join(folder, "y"), file);
  expect(memory.recall(file, stats())).toBeUndefined();
});

test("when the stamps of a file tell too little, its ETag is not learned either", () => {
  const coarse = () => Object.assign(stats(), { ctimeNs: 1_000_000n });
  const memory = etagMemory(machine(coarse));
  memory.learn(file, coarse(), '"x"');
  expect(memory.recall(file, coarse())).toBeUndefined();
});

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { holdLock } from "../../../src/store/file/lock.ts";
import { fileStore } from "../../../src/store/file/store.ts";
import { STAMP_SETTLES_MS, TEMPORARY_MAX_AGE_MS } from "../../../src/store/limits.ts";
import { CONFLICT } from "../../../src/store/port.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashwire-file-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const bytes = (text: string) => Buffer.from(text);

async function keysOf(store: ReturnType<typeof fileStore>): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list("")) keys.push(key);
  return keys;
}

test("when an object is put, it is a plain file at the path of its key", async () => {
  const store = fileStore(join(folder, "new/folder"));
  await store.put("articles/us-nkorea.json", bytes("{}"));
  expect(readFileSync(join(folder, "new/folder/articles/us-nkorea.json"), "utf8")).toBe("{}");
  store.close();
});

test("when a store has put an object, the next one on the folder finds it", async () => {
  const first = fileStore(folder);
  const etag = await first.put("a/b.json", bytes("1"));
  first.close();
  const second = fileStore(folder);
  expect(await second.head("a/b.json")).toMatchObject({ etag, size: 1 });
  expect(await keysOf(second)).toEqual(["a/b.json"]);
  second.close();
});

test("when others have files in the folder, those are no objects", async () => {
  const store = fileStore(folder);
  await store.put("a/b.json", bytes("1"));
  for (const name of [".DS_Store", "Notes.TXT", "a/b.json%20copy.json%2", "a/.b.json.swp"]) {
    writeFileSync(join(folder, name), "x");
  }
  mkdirSync(join(folder, "Some Folder"));
  expect(await keysOf(store)).toEqual(["a/b.json"]);
  store.close();
});

test("when a file was edited by hand, the object is what the file is now", async () => {
  const store = fileStore(folder);
  await store.put("a.json", bytes("one"));
  const first = await store.head("a.json");
  await new Promise((resolve) => setTimeout(resolve, 20));
  writeFileSync(join(folder, "a.json"), "two");
  expect((await store.head("a.json"))?.etag).toBe(store.etagOf(bytes("two")));
  const condition = { ifMatch: first?.etag ?? "" };
  expect(await store.put("a.json", bytes("three"), { condition })).toBe(CONFLICT);
  store.close();
});

test("when another process replaces bytes, however fast, an ETag is never that of the replaced ones", async () => {
  const mine = fileStore(folder);
  const other = fileStore(folder);
  for (let i = 0; i < 200; i++) {
    await mine.put("x", bytes(`${i} one`));
    const seen = await mine.head("x");
    // The second of these may get the inode that the first one of all had, within one tick of the clock.
    await other.put("x", bytes(`${i} two`));
    await other.put("x", bytes(`${i} six`));
    expect((await mine.head("x"))?.etag).toBe(mine.etagOf(bytes(`${i} six`)));
    const condition = { ifMatch: seen?.etag ?? "" };
    expect(await mine.put("x", bytes("lost"), { condition })).toBe(CONFLICT);
  }
  mine.close();
  other.close();
});

test("when a write has waited, its object is as new as the moment from which readers find it", async () => {
  const store = fileStore(folder);
  await store.put("x", bytes("1"));
  const othersTurn = holdLock(join(folder, ".lock"));
  const waiting = store.put("x", bytes("2"));
  // Its bytes are on the disk long before its turn comes.
  await expect.poll(() => readdirSync(join(folder, ".tmp"))).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const before = Date.now();
  othersTurn?.release();
  await waiting;
  expect((await store.head("x"))?.modified.getTime()).toBeGreaterThanOrEqual(before);
  store.close();
});

test("temporary files of dead processes go when they are old, those of living ones stay", async () => {
  fileStore(folder).close();
  const [old, young] = [join(folder, ".tmp/old"), join(folder, ".tmp/young")];
  for (const file of [old, young]) writeFileSync(file, "x");
  const age = (Date.now() - TEMPORARY_MAX_AGE_MS) / 1_000;
  utimesSync(old, age - 60, age - 60);
  utimesSync(young, age + 60, age + 60);
  fileStore(folder).close();
  expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
});

test("when a put loses, it leaves nothing behind", async () => {
  const store = fileStore(folder);
  await store.put("x", bytes("1"));
  const condition = { ifNoneMatch: "*" } as const;
  const puts = Array.from({ length: 20 }, (_, i) => store.put("y", bytes(String(i)), { condition }));
  await Promise.all(puts);
  await store.put("x", bytes("2"), { condition });
  expect(readdirSync(join(folder, ".tmp"))).toEqual([]);
  store.close();
});

test("when somebody has removed a directory, it is made again", async () => {
  const store = fileStore(folder);
  await store.put("a/b/c.json", bytes("1"));
  rmSync(join(folder, "a"), { recursive: true });
  expect(await store.get("a/b/c.json")).toBeUndefined();
  expect(await store.put("a/b/c.json", bytes("2"))).not.toBe(CONFLICT);
  store.close();
});

test("when a process reads without end, others have their turn", async () => {
  const store = fileStore(folder);
  await store.put("x", bytes("1"));
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  // Only where reading lets nobody else have a turn is this ever reached.
  const until = Date.now() + 120_000;
  const read = async () => {
    while (turns <= 3 && Date.now() < until) await store.get("x");
  };
  await Promise.all([read(), read(), read()]);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
  store.close();
});

test("when the disk refuses something, the error has key and code, and the check recovers with the disk", async () => {
  const store = fileStore(folder);
  store.check();
  await store.put("a/b.json", bytes("1"));
  // A file where the directory of the key has to be.
  writeFileSync(join(folder, "c"), "");
  const refused = { code: "storage", message: "c/d.json cannot be written (EEXIST)." };
  await expect(store.put("c/d.json", bytes("2"))).rejects.toMatchObject(refused);
  await store.put("a/b.json", bytes("3"));
  expect(() => store.check()).toThrow(/cannot be written/);
  rmSync(join(folder, "c"));
  store.check();
  expect(await keysOf(store)).toEqual(["a/b.json"]);

  rmSync(join(folder, ".tmp"), { recursive: true });
  expect(() => store.check()).toThrow(/ENOENT/);
  mkdirSync(join(folder, "a/e.json"));
  await expect(store.get("a/e.json")).rejects.toMatchObject({
    code: "storage",
    message: "a/e.json cannot be read (EISDIR).",
  });
  store.close();
});

test("when an object is replaced after it was read, its ETag is that of the bytes which were read, and nobody else's", async () => {
  const [writer, reader] = [fileStore(folder), fileStore(folder)];
  const etag = await writer.put("a/b.json", bytes("1"));
  await sleep(2 * STAMP_SETTLES_MS);
  const read = await reader.get("a/b.json");
  const next = await writer.put("a/b.json", bytes("2"));
  expect(read?.etag).toBe(etag);
  expect((await reader.head("a/b.json"))?.etag).toBe(next);
  expect(await reader.put("a/b.json", bytes("3"), { condition: { ifMatch: read?.etag ?? "" } })).toBe(
    CONFLICT,
  );
  for (const store of [writer, reader]) store.close();
});

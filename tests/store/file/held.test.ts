import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DiskCalls, nodeCalls } from "../../../src/store/file/disk-calls.ts";
import { heldFiles } from "../../../src/store/file/held-files.ts";
import { pathOf } from "../../../src/store/file/paths.ts";
import { type FileStore, fileStore } from "../../../src/store/file/store.ts";
import { HELD_STEP_BYTES } from "../../../src/store/limits.ts";
import { CONFLICT } from "../../../src/store/port.ts";

const KEY = "feeds/all/rss.xml";
const OTHER = "feeds/tag/x/rss.xml";

let folder: string;
let store: FileStore;
let mayHold: boolean;
let calls: DiskCalls;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "flashwire-held-"));
  mayHold = true;
  calls = { ...nodeCalls };
  store = fileStore(folder, { calls, isLate: () => true, mayHold: () => mayHold });
  for (const key of [KEY, OTHER]) await put("first", {}, key);
  await store.flush();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

const pathAt = (key: string) => join(folder, pathOf(key));
const inFile = (key = KEY) => readFileSync(pathAt(key), "utf8");
const read = async (key = KEY) => Buffer.from((await store.get(key))?.body ?? "").toString();
const put = (text: string, options = {}, key = KEY) => store.put(key, Buffer.from(text), options);

describe("when an object is held in memory", () => {
  test("this process reads it, and its file has it after a flush, with the date at which it was put", async () => {
    await put("second");
    expect([inFile(), await read()]).toEqual(["first", "second"]);
    const held = await store.head(KEY);
    await store.flush();
    expect(inFile()).toBe("second");
    expect(await store.head(KEY)).toEqual(held);
    expect(statSync(pathAt(KEY), { bigint: true }).mtime).toEqual(held?.modified);
  });

  test("conditions look at it and not at its file", async () => {
    const first = (await store.head(KEY))?.etag as string;
    const second = (await put("second")) as string;
    expect(await put("third", { condition: { ifMatch: first } })).toBe(CONFLICT);
    expect(await put("third", { condition: { ifNoneMatch: "*" } })).toBe(CONFLICT);
    expect(await put("third", { condition: { ifMatch: second } })).not.toBe(CONFLICT);
    expect(await read()).toBe("third");
  });

  test("the bytes that a reader has got do not change", async () => {
    await put("second");
    const got = await store.get(KEY);
    await put("third!");
    expect(Buffer.from(got?.body ?? "").toString()).toBe("second");
  });

  test("a delete removes it and its file", async () => {
    await put("second");
    await store.delete(KEY);
    await store.flush();
    expect(await store.head(KEY)).toBeUndefined();
    expect(() => inFile()).toThrow("ENOENT");
  });

  test("and the store may hold nothing more, the next write goes to its file, and a flush does not bring the older one back", async () => {
    await put("second");
    mayHold = false;
    await put("third");
    expect(inFile()).toBe("third");
    await store.flush();
    expect([inFile(), await read()]).toEqual(["third", "third"]);
  });

  test("and a newer one is put while a flush writes it, this flush brings the older one to the disk, and the next flush the newer one", async () => {
    await put("second");
    const { fsync } = calls;
    calls.fsync = async (file) => {
      calls.fsync = fsync;
      await put("third");
      await fsync(file);
    };
    await store.flush();
    expect([inFile(), await read()]).toEqual(["second", "third"]);
    await store.flush();
    expect([inFile(), await read()]).toEqual(["third", "third"]);
  });

  test("and is put again while a delete is under way, the delete removes it, and the next write goes to its file", async () => {
    await put("second");
    const deleted = store.delete(KEY);
    await put("third");
    await deleted;
    await store.flush();
    expect(await store.head(KEY)).toBeUndefined();
    await put("fourth");
    expect(inFile()).toBe("fourth");
  });

  test("and the disk refuses its file, the flush rejects and writes the other files, and a later flush writes this file", async () => {
    await put("second");
    await put("second", {}, OTHER);
    const { renameSync } = calls;
    calls.renameSync = (from, to) => {
      if (to === pathAt(KEY)) throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
      renameSync(from, to);
    };
    await expect(store.flush()).rejects.toMatchObject({ code: "storage" });
    expect([inFile(), await read(), inFile(OTHER)]).toEqual(["first", "second", "second"]);
    // The store knows of the fault now: a flush of other objects succeeds, and each put to that folder fails by itself.
    await store.flush();
    await expect(put("third")).rejects.toMatchObject({ code: "storage" });
    calls.renameSync = renameSync;
    await store.flush();
    expect(inFile()).toBe("second");
    await put("third");
    expect([inFile(), await read()]).toEqual(["second", "third"]);
  });

  test("and the disk refuses its file, and takes one that is put at once, the next object is held again", async () => {
    await put("second");
    const { renameSync } = calls;
    calls.renameSync = () => {
      throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
    };
    await expect(store.flush()).rejects.toMatchObject({ code: "storage" });
    calls.renameSync = renameSync;
    await put("third");
    await store.flush();
    await put("fourth");
    expect([inFile(), await read()]).toEqual(["third", "fourth"]);
  });

  test("and another process replaces its file, the flush leaves the file as it is, and this process reads the file", async () => {
    await put("second");
    const other = fileStore(folder);
    await other.put(KEY, Buffer.from("of the other process"));
    other.close();
    await store.flush();
    expect([inFile(), await read()]).toEqual(["of the other process", "of the other process"]);
  });

  test("and another process has replaced its file, conditions and readers look at the file before the next flush, too", async () => {
    const second = (await put("second")) as string;
    mayHold = false;
    const other = fileStore(folder);
    await other.put(KEY, Buffer.from("of the other process"));
    other.close();
    expect(await put("third", { condition: { ifMatch: second } })).toBe(CONFLICT);
    expect([inFile(), await read()]).toEqual(["of the other process", "of the other process"]);
  });

  test("and a newer one is written at once while a flush waits for the disk, the flush syncs the newer one", async () => {
    await put("second");
    const { fsync, openSync } = calls;
    const synced: string[] = [];
    calls.fsync = async (file) => {
      calls.fsync = fsync;
      mayHold = false;
      await put("third");
      await fsync(file);
    };
    calls.openSync = (path, flags) => {
      if (flags === "r") synced.push(path);
      return openSync(path, flags);
    };
    await store.flush();
    expect([inFile(), synced.includes(pathAt(KEY))]).toEqual(["third", true]);
  });
});

describe("when an object is not held", () => {
  test("because there was none before, a listing finds it at once", async () => {
    await put("new", {}, "feeds/new/rss.xml");
    expect(inFile("feeds/new/rss.xml")).toBe("new");
  });

  test("because this process does not know its file, which may be damaged, the file is replaced", async () => {
    const next = fileStore(folder, { isLate: () => true, mayHold: () => true });
    await next.put(KEY, Buffer.from("second"));
    next.close();
    expect(inFile()).toBe("second");
  });

  test("because there is no room, the store holds no older version of it either, once its file is written", async () => {
    const held = heldFiles(HELD_STEP_BYTES);
    expect(held.hold("a", Buffer.from("small"), "x")).toBeDefined();
    expect(held.hold("b", Buffer.from("small"), "x")).toBeUndefined();
    expect(held.hold("a", Buffer.alloc(HELD_STEP_BYTES + 1), "x")).toBeUndefined();
    expect(held.read("a")?.body.toString()).toBe("small");
    held.drop("a");
    expect(held.paths()).toEqual([]);
    held.rest();
    expect(held.hold("b", Buffer.from("small"), "x")).toBeDefined();
    held.rest();
    expect(held.hold("c", Buffer.from("small"), "x")).toBeUndefined();
  });
});

import { fstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DiskCalls, nodeCalls } from "../../../src/store/file/disk-calls.ts";
import { fileStore } from "../../../src/store/file/store.ts";
import { MAX_GROUPED_WRITES } from "../../../src/store/limits.ts";
import { CONFLICT } from "../../../src/store/port.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashwire-groups-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const names = (count: number) => Array.from({ length: count }, (_, n) => `articles/${n}.json`);

/** Puts an object under each of these keys at the same time. */
function putAll(calls: Partial<DiskCalls>, keys: string[]) {
  const store = fileStore(folder, { calls: { ...nodeCalls, ...calls } });
  const puts = keys.map((key) => store.put(key, Buffer.from(key)));
  return Promise.allSettled(puts).finally(() => store.close());
}

const isFile = (file: number) => fstatSync(file).isFile();

/** Counts the syncs of files, and notes how many articles are in their folder each time when that is synced. */
function watched() {
  const folders = new Set<number>();
  const seen = { files: 0, inFolder: [] as number[] };
  const calls: Partial<DiskCalls> = {
    openSync(path, flags) {
      const opened = nodeCalls.openSync(path, flags);
      if (path.endsWith("articles")) folders.add(opened);
      return opened;
    },
    async fsync(file) {
      if (folders.has(file)) seen.inFolder.push(readdirSync(join(folder, "articles")).length);
      else if (isFile(file)) seen.files++;
      await nodeCalls.fsync(file);
    },
    closeSync(file) {
      folders.delete(file);
      nodeCalls.closeSync(file);
    },
  };
  return { seen, calls };
}

test("when many objects are put at once, each file is synced, and their folder once a group", async () => {
  const first = watched();
  await putAll(first.calls, ["articles/first.json"]);
  const { seen, calls } = watched();
  const results = await putAll(calls, names(3 * MAX_GROUPED_WRITES));
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(["fulfilled"]));
  expect(seen.files).toBe(3 * MAX_GROUPED_WRITES);
  expect(seen.inFolder).toEqual([1, 2, 3].map((group) => 1 + group * MAX_GROUPED_WRITES));
});

test("when a file of a group cannot be made, only its own put fails, and leaves nothing behind", async () => {
  let made = 0;
  const results = await putAll(
    {
      openSync(path, flags) {
        if (flags === "wx" && ++made === 3) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
        return nodeCalls.openSync(path, flags);
      },
    },
    names(8),
  );
  expect(results.flatMap(({ status }, n) => (status === "rejected" ? [n] : []))).toEqual([2]);
  expect(readdirSync(join(folder, "articles"))).toHaveLength(7);
  expect(readdirSync(join(folder, ".tmp"))).toEqual([]);
});

test("when the disk refuses to sync a file of a group, its put fails, and its object is not there", async () => {
  let synced = 0;
  const refused = Object.assign(new Error("EIO"), { code: "EIO" });
  const results = await putAll(
    { fsync: (file) => (++synced === 12 ? Promise.reject(refused) : nodeCalls.fsync(file)) },
    names(20),
  );
  const failed = results.flatMap(({ status }, n) => (status === "rejected" ? [n] : []));
  expect(failed).toHaveLength(1);
  expect(results[failed[0] as number]).toMatchObject({ reason: { code: "storage" } });
  expect(readdirSync(join(folder, "articles"))).toHaveLength(19);
  expect(readdirSync(join(folder, ".tmp"))).toEqual([]);
});

test("when the disk refuses to sync a folder, every put into it fails, and those into other folders do not", async () => {
  await putAll({}, ["articles/first.json", "stories/first.json"]);
  let folderOfArticles: number | undefined;
  const results = await putAll(
    {
      openSync(path, flags) {
        const opened = nodeCalls.openSync(path, flags);
        if (path.endsWith("articles")) folderOfArticles = opened;
        return opened;
      },
      closeSync(file) {
        if (file === folderOfArticles) folderOfArticles = undefined;
        nodeCalls.closeSync(file);
      },
      fsync: (file) =>
        file === folderOfArticles
          ? Promise.reject(Object.assign(new Error("EIO"), { code: "EIO" }))
          : nodeCalls.fsync(file),
    },
    ["articles/a.json", "stories/a.json", "articles/b.json", "stories/b.json"],
  );
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected", "fulfilled"]);
});

test("when two puts of a group have the same condition on one object, one of them wins", async () => {
  const store = fileStore(folder);
  const etags = await Promise.all(
    ["one", "two"].map((text) =>
      store.put("articles/a.json", Buffer.from(text), { condition: { ifNoneMatch: "*" } }),
    ),
  );
  expect(etags.filter((etag) => etag === CONFLICT)).toHaveLength(1);
  const winner = etags[0] === CONFLICT ? "two" : "one";
  expect(readFileSync(join(folder, "articles/a.json"), "utf8")).toBe(winner);
  store.close();
});

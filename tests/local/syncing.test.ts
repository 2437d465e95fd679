import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startSyncing } from "../../src/local/syncing.ts";
import { placeMarker } from "../../src/local/unsynced.ts";
import { nodeCalls } from "../../src/store/file/disk-calls.ts";

describe("when documents of articles are written late", () => {
  const entry = { key: "articles/a.json" };

  function syncing() {
    const events: string[] = [];
    const disk = { refuses: false };
    const late = {
      async flush() {
        events.push("flush");
        if (disk.refuses) throw new Error("EIO");
      },
    };
    const settle = async (entries: Iterable<{ key: string }>) => {
      events.push(`settle ${[...entries].length}`);
    };
    return { events, disk, ...startSyncing(late, { settle }, (event) => events.push(event)) };
  }

  test("are settled in the journal when the documents are on the disk, and not before", async () => {
    const { events, settle, flush, close } = syncing();
    await settle([entry, entry]);
    expect(events).toEqual([]);
    await flush();
    expect(events).toEqual(["flush", "settle 2"]);
    expect(await close()).toBe(true);
  });

  test("the articles stay in the journal where the disk refuses a sync, and the folder counts as unsynced even after a later one", async () => {
    const { events, disk, settle, flush, close } = syncing();
    disk.refuses = true;
    await settle([entry]);
    await expect(flush()).rejects.toThrow("EIO");
    disk.refuses = false;
    await flush();
    expect(events).toEqual(["flush", "flush", "settle 1"]);
    expect(await close()).toBe(false);
  });
});

describe("when a folder may hold what the disk does not", () => {
  let data: string;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), "flashwire-unsynced-"));
  });
  afterEach(() => rmSync(data, { recursive: true }));

  const isThere = () => existsSync(join(data, "unsynced"));
  const place = (isAlone: boolean) => placeMarker(data, isAlone, nodeCalls);

  test("its marker is there while a server runs, and is removed by a clean end of the server", async () => {
    const marker = await place(true);
    expect([marker.isPlaced, marker.wasThere, isThere()]).toEqual([true, false, true]);
    await marker.remove();
    expect(isThere()).toBe(false);
  });

  test("is found by the next start when the server was killed", async () => {
    await place(true);
    expect((await place(true)).wasThere).toBe(true);
  });

  test("stays when another server has come meanwhile, whichever ends first: one may have been killed", async () => {
    const first = await place(true);
    const second = await place(false);
    for (const marker of [second, first, second]) await marker.remove();
    expect(isThere()).toBe(true);
  });

  test("its marker is not placed on a full disk, so that all is synced at once", async () => {
    const noRoom = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    const full = {
      ...nodeCalls,
      writeFileSync() {
        throw noRoom;
      },
    };
    expect((await placeMarker(data, true, full)).isPlaced).toBe(false);
  });
});

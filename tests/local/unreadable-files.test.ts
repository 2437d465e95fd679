import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withdraw } from "../../src/ingest/ingest.ts";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { purge } from "../../src/purge/purge.ts";
import { articleKey } from "../../src/repository/records.ts";
import { askForKillOf, listDue } from "../../src/repository/schedule.ts";
import { never } from "../../src/upkeep/deps.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { createUpkeep } from "../../src/upkeep/tick.ts";
import { incoming } from "../support/wire.ts";

/** Files of the data folder that the operating system does not give. */

let data: string;
let wire: Wire;
let logs: { event: string; details: Record<string, unknown> | undefined }[];
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "flashwire-files-"));
  logs = [];
  wire = await startWire({ port: 0, host: "127.0.0.1", data }, (event, details) =>
    logs.push({ event, details }),
  );
  // The audit of the start is over: it would mend what a test damages.
  await wire.idle();
  expect(await Promise.all([0, 1, 2, 3].map((n) => send(n)))).toEqual([201, 201, 201, 201]);
  // A test damages files, so it begins when the wire has written to them all that it holds in memory.
  await wire.idle();
});
afterEach(async () => {
  await wire.close();
  rmSync(data, { recursive: true, force: true });
});

async function send(n: number, fields = {}): Promise<number> {
  const { status } = await ask("PUT", `/articles/story-${n}?wait=published`, incoming(n, fields));
  return status;
}

async function ask(method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${wire.token}`, "content-type": "application/json" };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(`${wire.url}${path}`, init);
  const answer = (await response.json()) as { items: { title: string }[]; type?: string; detail?: string };
  return { status: response.status, answer };
}

const titles = async (feed = "all") =>
  (await ask("GET", `/feeds/${feed}/feed.json`)).answer.items.map(({ title }) => title);

/** What stands where a file was. Reading the memory of a process at its first byte is an input/output error on Linux. */
const DAMAGES = {
  EISDIR: (path: string) => mkdirSync(join(path, "x"), { recursive: true }),
  EIO: (path: string) => symlinkSync("/proc/self/mem", path),
};

function damage(code: keyof typeof DAMAGES, ...path: string[]): string {
  const at = join(data, ...path);
  rmSync(at, { recursive: true });
  DAMAGES[code](at);
  return at;
}

const CODES = Object.keys(DAMAGES) as (keyof typeof DAMAGES)[];
/** Another file can take the place of all but a folder. */
const REPLACED = { EISDIR: 503, EIO: 200 };

describe.each(CODES)("when the file of a record gives %s", (code) => {
  test("the record is named, its story is left out, and every feed goes on", async () => {
    damage(code, "newsroom", articleKey("story-3"));
    expect(await send(5)).toBe(201);
    expect((await rebuild(wire.services)).failed).toEqual([]);
    for (const feed of ["all", "section/world"])
      expect(await titles(feed)).toEqual(["Story 5", "Story 2", "Story 1", "Story 0"]);
    expect(logs.find(({ event }) => event === "record.failed")?.details).toMatchObject({
      id: "story-3",
      error: expect.stringContaining(`(${code})`),
    });
    const problem = { status: 500, type: "urn:flashwire:problem:unreadable" };
    for (const method of ["GET", "DELETE"])
      expect((await ask(method, "/articles/story-3")).answer).toMatchObject(problem);
  });

  test("an audit and a purge name it, and it comes back when its next version can replace the file", async () => {
    const path = damage(code, "newsroom", articleKey("story-3"));
    const upkeep = createUpkeep(wire.services, { settlesMs: 0, auditsAtStart: true });
    expect(await upkeep.tick(never)).toMatchObject({ failed: ["story-3"] });
    const withInbox = () => Promise.reject(new Error("It does not come so far."));
    const purging = purge({ ...wire.services, versions: undefined, withInbox }, "story-3");
    await expect(purging).rejects.toMatchObject({ code: "unreadable" });
    expect(await send(3, { revision: 2 })).toBe(REPLACED[code]);
    if (REPLACED[code] !== 200) {
      rmSync(path, { recursive: true });
      expect(await send(3, { revision: 2 })).toBe(201);
    }
    expect(await titles()).toEqual(["Story 3", "Story 2", "Story 1", "Story 0"]);
  });

  test("because it is a window's, a repair makes the window again as far as the file can be replaced", async () => {
    const path = damage(code, "newsroom/windows/section/world.json");
    await send(5);
    expect((await titles())[0]).toBe("Story 5");
    if (REPLACED[code] !== 200) rmSync(path, { recursive: true });
    await rebuild(wire.services, { feeds: ["section/world"] });
    expect((await titles("section/world"))[0]).toBe("Story 5");
    expect(readFileSync(path, "utf8")).toContain("story-5");
  });

  test("because it is a document's, the other documents of the feed are written, and it is as far as it can be", async () => {
    const path = damage(code, "site/feeds/all/rss.xml");
    expect(await send(5)).toBe(REPLACED[code] === 200 ? 201 : 503);
    expect((await titles())[0]).toBe("Story 5");
    expect((await titles("section/world"))[0]).toBe("Story 5");
    if (REPLACED[code] === 200) expect(readFileSync(path, "utf8")).toContain("Story 5");
  });

  test("because it is a claim's to a guid, the record is refused, and the answer names the file", async () => {
    expect(await send(6, { guid: "https://old.example.org/6" })).toBe(201);
    const { stores } = wire.services;
    let key = "";
    for await (const one of stores.newsroom.list("guids/")) key = one;
    damage(code, "newsroom", key);
    const { status, answer } = await ask(
      "PUT",
      "/articles/story-7",
      incoming(7, { guid: "https://old.example.org/6" }),
    );
    expect([status, answer.detail]).toEqual([500, expect.stringContaining(key)]);
  });
});

test("when folders stand in the place of notes for kills and repairs, all other notes are done", async () => {
  const { services } = wire;
  await withdraw(services, "story-2");
  for (const id of ["story-1", "story-2"]) await askForKillOf(services, id);
  const at = join(data, "newsroom/schedule/0000-01-01%5400%3A00%3A00%2E000%5A");
  const notes = [join(at, "kill/story-1.json"), join(at, "repair/all.json")];
  rmSync(notes[0] as string, { force: true });
  for (const note of notes) mkdirSync(join(note, "x"), { recursive: true });
  mkdirSync(join(at, "repair/section"), { recursive: true });
  writeFileSync(join(at, "repair/section/world.json"), "{}\n");
  const upkeep = createUpkeep(services, { settlesMs: 0, auditsAtStart: false });
  const report = await upkeep.tick(never);
  expect(report.failed).toEqual(expect.arrayContaining(["all", "story-1"]));
  const due = await listDue(services, Date.now(), 10);
  expect(due).toMatchObject({ kills: ["story-1"], repairs: ["all"] });
});

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HEALTH_EVERY_MS } from "../../src/http/limits.ts";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { type DiskCalls, nodeCalls } from "../../src/store/file/disk-calls.ts";
import { flashwire } from "../cli/support.ts";
import { incoming } from "../support/wire.ts";

/** While it is full, a disk makes files and takes nothing into them. */
const disk = { full: false, writes: 0 };

const noRoom = () => Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
const calls: DiskCalls = {
  ...nodeCalls,
  writeFileSync(file, bytes) {
    disk.writes++;
    if (disk.full) throw noRoom();
    nodeCalls.writeFileSync(file, bytes);
  },
  async openLines(path, flags) {
    const file = await nodeCalls.openLines(path, flags);
    if (!disk.full) return file;
    await file.close();
    throw noRoom();
  },
};

let data: string;
let wire: Wire | undefined;
let logs: string[];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "flashwire-health-"));
  logs = [];
  Object.assign(disk, { full: false, writes: 0 });
});
afterEach(async () => {
  await wire?.close();
  rmSync(data, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const config = { port: 0, host: "127.0.0.1", data, publicUrl: "https://wire.example.org" };
  wire = await startWire(config, (event) => logs.push(event), {}, calls);
}

async function ask(method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${wire?.token}`, "content-type": "application/json" };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(`${wire?.url}${path}`, init);
  const text = await response.text();
  return { status: response.status, text, retryAfter: response.headers.get("retry-after") };
}

const put = (n: number) => ask("PUT", `/articles/story-${n}?wait=published`, incoming(n));
const health = () => ask("GET", "/healthz");

/** Readers have their feed; who writes, and who looks after the wire, is told why nothing is taken. */
async function expectOnlyReads(reason: RegExp): Promise<void> {
  for (const answer of [await put(8), await health()]) {
    expect(answer).toMatchObject({ status: 503, retryAfter: "5", text: expect.stringMatching(reason) });
  }
  expect((await ask("GET", "/feeds/all/rss.xml")).status).toBe(200);
}

describe("when the health of a wire is asked for", () => {
  test("it is 503 while the lock of its records is damaged", async () => {
    await start();
    await wire?.idle();
    expect(JSON.parse((await health()).text)).toMatchObject({ status: "ok", checked: "reads and writes" });
    writeFileSync(join(data, "newsroom/.lock"), "garbage ".repeat(1_000));
    passTime();
    await expectOnlyReads(/SQLite error 26/);
  });

  test("is 503 when the folder of its journal is gone, because what it accepts could be lost", async () => {
    await start();
    await wire?.idle();
    rmSync(join(data, "journal"), { recursive: true });
    await expectOnlyReads(/journal.*ENOENT/);
  });

  test("it costs the disk one try in two seconds, however often somebody asks", async () => {
    await start();
    await wire?.idle();
    disk.writes = 0;
    for (let n = 0; n < 50; n++) expect((await health()).status).toBe(200);
    // One in each store.
    expect(disk.writes).toBe(2);
    passTime();
    await health();
    expect(disk.writes).toBe(4);
  });
});

test("when a disk is full, a wire starts on it, serves readers, says so, and takes records again when there is room", async () => {
  await start();
  expect((await put(1)).status).toBe(201);
  await wire?.close();
  disk.full = true;
  await start();
  await expectOnlyReads(/ENOSPC/);
  const status = await flashwire(["status"], { FLASHWIRE_DATA: data });
  expect(status).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^The wire takes no records: .*ENOSPC/m),
  });
  expect((await ask("GET", "/feeds/all/rss.xml")).text).toContain("Story 1");
  expect(logs).toContain("journal.waits");
  disk.full = false;
  passTime();
  expect((await put(2)).status).toBe(201);
  expect((await health()).status).toBe(200);
  expect((await ask("GET", "/feeds/all/rss.xml")).text).toContain("Story 2");
  expect(logs).toContain("journal.opened");
  await wire?.close();
  wire = undefined;
  // Nothing is left of the tries.
  expect(readdirSync(join(data, "journal"))).toEqual([]);
});

function passTime(): void {
  const { services } = wire as Wire;
  const before = services.now;
  services.now = () => before() + HEALTH_EVERY_MS;
}

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/environment.ts";
import { type Alone, type AloneParts, stayAlone, untilNobodyIsAlone } from "../../src/local/alone.ts";
import { openLocal } from "../../src/local/open.ts";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { holdLock } from "../../src/store/file/lock.ts";
import { incoming } from "../support/wire.ts";

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "flashwire-alone-"));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

describe("when a server is alone on a folder", () => {
  let servers: Alone[] = [];
  let isOnly: boolean;
  const events: string[] = [];
  const flush = { fails: 0 };
  beforeEach(() => {
    isOnly = true;
    events.length = 0;
    flush.fails = 0;
  });
  afterEach(async () => {
    for (const server of servers) await server.end();
    servers = [];
  });

  async function serve(): Promise<Alone> {
    const parts: AloneParts = {
      async isOnly(take) {
        if (isOnly) take();
      },
      async flush() {
        if (flush.fails-- > 0) throw new Error("ENOSPC");
        events.push("flushed");
      },
      log: (event) => events.push(event),
    };
    const server = await stayAlone(data, parts, 10);
    servers.push(server);
    return server;
  }

  test("another process waits until the server has written everything, and the server then holds nothing", async () => {
    const server = await serve();
    expect(server.isNow()).toBe(true);
    await untilNobodyIsAlone(data).then(() => events.push("began"));
    expect(events).toEqual(["flushed", "began"]);
    expect(server.isNow()).toBe(false);
  });

  test("and the disk refuses what the server holds, another process works all the same, and the server holds nothing new", async () => {
    flush.fails = 1;
    const server = await serve();
    await untilNobodyIsAlone(data);
    expect(events).toEqual(["alone.failed"]);
    expect(server.isNow()).toBe(false);
  });

  test("and another process comes and goes, the server is alone again", async () => {
    const server = await serve();
    isOnly = false;
    await untilNobodyIsAlone(data);
    isOnly = true;
    await expect.poll(() => server.isNow()).toBe(true);
    expect(existsSync(join(data, "knock"))).toBe(false);
  });

  test("a process that has knocked and died leaves nothing that stops the next server", async () => {
    writeFileSync(join(data, "knock"), "");
    expect((await serve()).isNow()).toBe(true);
  });

  test("and hangs, another process waits for a while and then says so", async () => {
    holdLock(join(data, "alone.lock"));
    await expect(untilNobodyIsAlone(data, 100)).rejects.toMatchObject({ code: "unavailable" });
  });

  test("a second server is not alone", async () => {
    const first = await serve();
    expect((await serve()).isNow()).toBe(false);
    expect(first.isNow()).toBe(true);
  });

  test("and ends, no other process waits", async () => {
    await (await serve()).end();
    await untilNobodyIsAlone(data);
    expect(events).toEqual([]);
  });
});

test("when a command works beside a server, it finds in the files what the server's readers have", async () => {
  const config = readConfig({ FLASHWIRE_DATA: data, PORT: "0" });
  const wire: Wire = await startWire(config, () => {});
  try {
    await wire.idle();
    const put = (n: number) =>
      fetch(`${wire.url}/articles/story-${n}?wait=published`, {
        method: "PUT",
        headers: { authorization: `Bearer ${wire.token}`, "content-type": "application/json" },
        body: JSON.stringify(incoming(n)),
      });
    for (const n of [1, 2, 3]) expect((await put(n)).status).toBe(201);
    const beside = await openLocal(config);
    const { published } = beside.services.stores;
    const feed = async () => Buffer.from((await published.get("feeds/all/feed.json"))?.body ?? "").toString();
    expect(await feed()).toContain("Story 3");
    // The server is not alone now.
    expect((await put(4)).status).toBe(201);
    expect(await feed()).toContain("Story 4");
    beside.close();
  } finally {
    await wire.close();
  }
});

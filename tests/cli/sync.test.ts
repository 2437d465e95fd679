import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type News, openCopy } from "../../src/cli/sync/copy.ts";
import { cursorFile } from "../../src/cli/sync/cursor-file.ts";
import { type Disk, openDisk } from "../../src/cli/sync/disk.ts";
import { execTarget } from "../../src/cli/sync/exec.ts";
import { copyNameOf, idOfCopyName } from "../../src/cli/sync/names.ts";
import { follow } from "../../src/consumer/follow.ts";
import { encodeArticleId } from "../../src/core/article-id.ts";
import { storyKey } from "../../src/core/keys.ts";
import { LogWire } from "../consumer/log-wire.ts";
import { syncedDocuments } from "../support/copies.ts";
import { flashwire, linesOf, MAIN, ROOT } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "flashwire-sync-"));
let wire = new LogWire();
const server = createServer(async (request, response) => {
  const headers = request.headers["if-none-match"];
  const answer = await wire.fetch(
    `http://wire${request.url}`,
    headers ? { headers: { "If-None-Match": headers } } : {},
  );
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
});
let url = "";

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

/** One run of what `sync --once` does, in this process. */
async function sync(into: string, disk: Disk): Promise<News[]> {
  const target = await openCopy(into, disk);
  const cursors = cursorFile(into, "https://wire.example.org", "copy", disk);
  const options = {
    fetch: wire.fetch,
    now: () => wire.clock,
    sleep: async (ms: number) => {
      wire.clock += ms;
    },
    once: true,
    pageChanges: 2,
  };
  const log = follow("https://wire.example.org", await cursors.read(), { ...options, ...target });
  const all: News[] = [];
  for await (const batch of log) {
    all.push(await target.apply(batch));
    await cursors.save(batch.cursor);
  }
  return all;
}

/** No power is lost in a test. */
const unsynced: typeof fs.open = async (...args) => {
  const file = await fs.open(...args);
  file.sync = async () => {};
  return file;
};

/** What the wire shows of these stories. */
const shown = (...ids: string[]) =>
  Object.fromEntries(ids.map((id) => [id, wire.documents.get(storyKey(id))?.toString()]));

describe("the name of a file in a copy", () => {
  const ids = [
    "abc",
    "ABC",
    "aBc",
    "con",
    "CON",
    "con.x",
    "nul",
    "com1",
    "a.b-c_d~e",
    "straße/7",
    ".",
    "..",
    "=",
    "_",
  ];
  const long = ["x".repeat(128), "Ü".repeat(250), `${"Ü".repeat(250)}é`];

  test("when ids differ, it differs, also where A and a are one name", () => {
    const names = [...ids, ...long].map((id) => copyNameOf(encodeArticleId(id)));
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(ids.length + long.length);
    for (const name of names) {
      expect(name).toMatch(/^[a-z0-9._~=-]+$/);
      expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)\./);
      expect(name.length).toBeLessThan(256);
    }
  });

  test("when it is not too long, it says the id", () => {
    for (const id of [...ids, long[0] as string]) {
      const form = encodeArticleId(id);
      expect(idOfCopyName(copyNameOf(form))).toBe(form);
    }
    expect(idOfCopyName(copyNameOf(encodeArticleId(long[1] as string)))).toBeUndefined();
  });
});

describe("a copy", () => {
  test("when it crashes, at whichever fourth step, the next run brings it to what the wire has", async () => {
    for (let step = 0, crashes = 1; crashes > 0; step += 4) {
      crashes = 0;
      const into = join(folder, `crash-${step}`);
      mkdirSync(into);
      let left = step;
      const counted =
        <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
        async (...args: A) => {
          if (left-- === 0) throw new Error("power cut");
          return call(...args);
        };
      const drafts = join(into, "drafts");
      const failing = () =>
        openDisk(drafts, { open: counted(unsynced), rename: counted(fs.rename), rm: counted(fs.rm) });
      const tryAndTryAgain = async () => {
        await failing()
          .then((disk) => sync(into, disk))
          .catch((error: Error) => {
            if (error.message !== "power cut") throw error;
            crashes++;
          });
        await sync(into, await openDisk(drafts, { ...fs, open: unsynced }));
      };
      wire = new LogWire("e1", 2);
      wire.begin(
        "e1",
        ["a", "b", "c"].map((id) => wire.write(id)),
      );
      wire.tell("d");
      await tryAndTryAgain();
      wire.tell("a", { kind: "withdrawn" });
      wire.tell("b", { kind: "removed" });
      wire.tell("c");
      await tryAndTryAgain();
      wire.tell("a", { kind: "restored" });
      wire.begin(
        "e2",
        ["a", "d"].map((id) => wire.write(id)),
      );
      await tryAndTryAgain();
      expect(syncedDocuments(into)).toEqual(shown("a", "d"));
      expect(readdirSync(join(into, "drafts"))).toEqual([]);
    }
  });

  test("when a story is killed, it lies in withdrawn/, in the wire's words as soon as they come", async () => {
    const into = join(folder, "kill");
    mkdirSync(into);
    wire = new LogWire("e1", 2);
    wire.tell("a");
    await sync(into, await openDisk(join(into, "drafts")));
    wire.tell("a", { kind: "withdrawn" });
    wire.fail(`/${storyKey("a")}`, ...Array.from({ length: 40 }, () => ({ status: 503 })));
    await expect(sync(into, await openDisk(join(into, "drafts")))).rejects.toThrow("answers 503");
    expect(readdirSync(join(into, "stories"))).toEqual([]);
    const [stub] = readdirSync(join(into, "withdrawn"));
    expect(JSON.parse(readFileSync(join(into, "withdrawn", stub as string), "utf8"))).toEqual({
      id: "urn:test:a",
      _flashwire: { story: { id: "a", version: "v2", order: "a2", status: "withdrawn" } },
    });
    wire.faults.clear();
    await sync(into, await openDisk(join(into, "drafts")));
    expect(syncedDocuments(into)).toEqual(shown("a"));
  });
});

describe("the news of a copy", () => {
  test("when stories are killed, it names those that the copy had and those that come back, and counts others", async () => {
    const into = join(folder, "news");
    mkdirSync(into);
    const news = async () => {
      const all = await sync(into, await openDisk(join(into, "drafts")));
      const down = all.flatMap((one) => one.down.map(({ id }) => id));
      const others = all.reduce((sum, one) => sum + one.others, 0);
      return { down, back: all.flatMap(({ back }) => back), others };
    };
    wire = new LogWire("e1", 2);
    const killed = wire.write("z", { kind: "withdrawn" });
    wire.begin("e1", [wire.write("a"), killed]);
    wire.tell("y", { kind: "withdrawn" });
    wire.tell("x", { kind: "restored", version: 3, after: { version: "v2", order: "a2" } });
    expect(await news()).toEqual({ down: [], back: [], others: 3 });
    wire.tell("a", { kind: "withdrawn" });
    wire.tell("z", { kind: "restored" });
    expect(await news()).toEqual({ down: ["a"], back: ["z"], others: 0 });
    wire.tell("a", { kind: "restored" });
    expect(await news()).toEqual({ down: [], back: ["a"], others: 0 });
    const again = (id: string, version: number) => wire.write(id, { version, kind: "withdrawn" });
    wire.begin("e2", [wire.write("a", { version: 3 }), again("y", 1)]);
    expect(await news()).toEqual({ down: [], back: [], others: 0 });
  });

  test("when a program gets the changes, kills before it was up to date are counted, and later ones named", async () => {
    wire = new LogWire();
    wire.tell("a", { kind: "withdrawn" });
    const told: string[] = [];
    let ended = 0;
    const repeat = (ms: number, run: () => void) => {
      expect(ms).toBe(60_000);
      run();
      run();
      return () => ended++;
    };
    const program = "cat > /dev/null";
    const target = execTarget(program, { isNew: true, tell: (text) => told.push(text), repeat });
    const news: News[] = [];
    const stop = new AbortController();
    const sleep = async (ms: number) => {
      wire.clock += ms;
    };
    const options = { fetch: wire.fetch, now: () => wire.clock, sleep, signal: stop.signal };
    for await (const batch of follow("https://wire.example.org", undefined, options)) {
      news.push(await target.apply(batch));
      if (batch.cursor.seq === 1) wire.tell("a", { kind: "purged" });
      if (batch.cursor.seq === 2) stop.abort();
    }
    expect(news.map(({ down }) => down.length).reduce((a, b) => a + b)).toBe(1);
    expect(news.map(({ others }) => others).reduce((a, b) => a + b)).toBe(1);
    expect(told.slice(0, 2)).toEqual([
      `${program} still runs after 1 min. The cursor waits for it.`,
      `${program} still runs after 2 min. The cursor waits for it.`,
    ]);
    expect(ended).toBe(told.length / 2);
  });
});

describe("flashwire sync", () => {
  test("when two follow into one folder, or another wire's, the second is refused", async () => {
    wire = new LogWire();
    wire.tell("a");
    const into = join(folder, "locked");
    const first = spawn(process.execPath, [MAIN, "sync", url, into, "--every", "0.1", "--json"], {
      cwd: ROOT,
    });
    const [line] = await once(first.stdout, "data");
    expect(JSON.parse(String(line).split("\n")[0] as string)).toMatchObject({ kills: [], removed: 0 });
    const second = await flashwire(["sync", url, into, "--once"]);
    expect([second.code, second.stderr]).toEqual([
      3,
      expect.stringContaining("Another process follows a wire into"),
    ]);
    first.kill("SIGTERM");
    expect(await once(first, "exit")).toEqual([0, null]);
    const disk = await openDisk(join(into, "drafts"));
    expect(await cursorFile(into, `${url}/`, "copy", disk).read()).toEqual({ epoch: "e1", seq: 1 });
    await expect(cursorFile(into, "https://other.example/", "copy", disk).read()).rejects.toThrow(
      `follows ${url}/.`,
    );
    for (const text of ["{", JSON.stringify({ wire: `${url}/`, cursor: { epoch: "e1" } })]) {
      writeFileSync(join(into, "cursor.json"), text);
      await expect(cursorFile(into, `${url}/`, "copy", disk).read()).rejects.toThrow(
        "cursor.json is no cursor.",
      );
    }
  });

  test("when a cursor does not say what it is for, stories/ beside it tells, and the other use is refused", async () => {
    const into = join(folder, "earlier");
    mkdirSync(into);
    const disk = await openDisk(join(into, "drafts"));
    const cursor = { epoch: "e1", seq: 1 };
    const read = (use: "copy" | "exec") => cursorFile(into, "https://wire.example.org", use, disk).read();
    writeFileSync(join(into, "cursor.json"), JSON.stringify({ wire: "https://wire.example.org", cursor }));
    expect(await read("exec")).toEqual(cursor);
    await expect(read("copy")).rejects.toThrow("Take another folder for the copy.");
    mkdirSync(join(into, "stories"));
    expect(await read("copy")).toEqual(cursor);
    await expect(read("exec")).rejects.toThrow("Take another folder for --exec.");
  });

  test("when the program of --exec fails, the cursor stays, and the next run gets the same changes", async () => {
    wire = new LogWire();
    wire.tellAll([["a"], ["b"], ["a", { kind: "withdrawn" }]]);
    const into = join(folder, "exec");
    const seen = join(folder, "seen");
    const failed = await flashwire(["sync", url, into, "--once", "--exec", "exit 7"]);
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining("exit 7 ended with 7.")]);
    const taken = await flashwire(["sync", url, into, "--once", "--exec", `cat >> '${seen}'`]);
    expect([taken.code, taken.stdout]).toEqual([0, ""]);
    expect(linesOf(readFileSync(seen, "utf8"))).toMatchObject([
      { do: "drop", ids: [] },
      { do: "kill", id: "a", kind: "withdrawn", order: "a2" },
      { do: "keep", id: "b", story: { title: "b 1" } },
      { do: "tombstone", id: "a" },
    ]);
    expect(JSON.parse(readFileSync(join(into, "cursor.json"), "utf8"))).toEqual({
      wire: `${url}/`,
      for: "exec",
      cursor: { epoch: "e1", seq: 3 },
    });
    const copied = await flashwire(["sync", url, into, "--once"]);
    expect([copied.code, copied.stderr]).toEqual([
      2,
      expect.stringMatching(/stands for a program of --exec, .* Take another folder for the copy\.\n$/),
    ]);
    expect(readdirSync(into)).not.toContain("stories");
  });

  test("when the folder is a file, or --exec has no command, it says so", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const [onFile, noCommand] = await Promise.all([
      flashwire(["sync", url, file, "--once"]),
      flashwire(["sync", url, "--once", "--exec", ""]),
    ]);
    expect([onFile.code, onFile.stderr]).toEqual([
      2,
      `error: ${file} cannot be made a folder. A file stands in its place.\n`,
    ]);
    expect([noCommand.code, noCommand.stderr]).toEqual([
      2,
      "error: --exec has no command. Name the program that gets the changes.\n",
    ]);
  });

  test("when no log stands at the address, it says so", async () => {
    wire = new LogWire();
    wire.documents.clear();
    const none = await flashwire(["sync", url, join(folder, "none"), "--once"]);
    expect([none.code, none.stderr]).toEqual([3, `error: ${url}/changes/open.json answers 404.\n`]);
  });
});

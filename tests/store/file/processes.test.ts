import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { holdLock } from "../../../src/store/file/lock.ts";
import { fileStore } from "../../../src/store/file/store.ts";

const ADDER = join(import.meta.dirname, "adder.ts");
const COUNTERS = 3;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashwire-processes-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Adder = { child: ChildProcess; tried: number[]; done: number[] };

function startAdder(rounds: number): Adder {
  const child = spawn(process.execPath, [ADDER, folder, String(rounds), String(COUNTERS)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const adder: Adder = { child, tried: Array(COUNTERS).fill(0), done: Array(COUNTERS).fill(0) };
  let rest = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() as string;
    for (const line of lines) {
      const [word, i] = line.split(" ");
      const counts = word === "try" ? adder.tried : adder.done;
      counts[Number(i)] = (counts[Number(i)] ?? 0) + 1;
    }
  });
  return adder;
}

const ended = (adder: Adder) => once(adder.child, "close");

/** Reads every counter: what is torn does not parse. */
async function readCounters(store: ReturnType<typeof fileStore>): Promise<number[]> {
  const read = async (_: unknown, i: number) => {
    const stored = await store.get(`counters/${i}.json`);
    return stored === undefined ? 0 : (JSON.parse(Buffer.from(stored.body).toString()).n as number);
  };
  return Promise.all(Array.from({ length: COUNTERS }, read));
}

const sum = (lists: number[][], i: number) => lists.reduce((total, list) => total + (list[i] ?? 0), 0);

test("when four processes add at once, they lose nothing and tear nothing", async () => {
  const rounds = 40;
  const adders = [1, 2, 3, 4].map(() => startAdder(rounds));
  const running = Promise.all(adders.map(ended)).then(() => false as const);
  const store = fileStore(folder);
  let last = Array(COUNTERS).fill(0);
  while ((await Promise.race([running, sleep(2)])) !== false) {
    const now = await readCounters(store);
    now.forEach((n, i) => {
      expect(n).toBeGreaterThanOrEqual(last[i]);
    });
    last = now;
  }
  expect(adders.map(({ child }) => child.exitCode)).toEqual([0, 0, 0, 0]);
  expect(await readCounters(store)).toEqual(Array(COUNTERS).fill(4 * rounds));
  store.close();
});

test("when processes are killed at any moment, they leave no lock and no torn object, and what they said was done is done", async () => {
  const survivor = startAdder(60);
  const survived = ended(survivor);
  const killed: Adder[] = [];
  for (let i = 0; i < 12; i++) {
    const victim = startAdder(1_000);
    killed.push(victim);
    const end = ended(victim);
    while (sum([victim.tried], 0) === 0) await sleep(1);
    await sleep((i * 13) % 37);
    victim.child.kill("SIGKILL");
    await end;
  }
  await survived;
  expect(survivor.child.exitCode).toBe(0);

  const store = fileStore(folder);
  const counters = await readCounters(store);
  const all = [survivor, ...killed];
  counters.forEach((n, i) => {
    expect(n).toBeGreaterThanOrEqual(
      sum(
        all.map(({ done }) => done),
        i,
      ),
    );
    expect(n).toBeLessThanOrEqual(
      sum(
        all.map(({ tried }) => tried),
        i,
      ),
    );
  });
  // Nobody holds the lock any more, so a write need not wait.
  const lock = holdLock(join(folder, ".lock"));
  expect(lock).toBeDefined();
  lock?.release();
  await store.put("free", Buffer.from("x"));
  expect(readdirSync(folder).sort()).toEqual([".lock", ".tmp", "counters", "free.%"]);
  store.close();
});

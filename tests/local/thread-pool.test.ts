import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const THREAD_POOL = join(import.meta.dirname, "../../src/config/thread-pool.mjs");
const folder = mkdtempSync(join(tmpdir(), "flashwire-threads-"));
const pipe = join(folder, "pipe");
execFileSync("mkfifo", [pipe]);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Opening a pipe takes a thread until somebody writes into it, which nobody does: another call needs one thread more. */
const program = (busy: number) => `
  import "${THREAD_POOL}";
  import { open, stat } from "node:fs";
  for (let n = 0; n < ${busy}; n++) open("${pipe}", "r", () => {});
  stat("${pipe}", () => console.log("answered"));`;

/** Answers what a process prints first whose disk keeps so many threads busy. */
async function firstWord(busy: number, env: Record<string, string | undefined>): Promise<string> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program(busy)], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [word] = await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
  return String(word);
}

describe("when a server starts by npm start", () => {
  test.each([
    ["is not set", undefined],
    ["is empty", ""],
  ])("and UV_THREADPOOL_SIZE %s, it makes 32 calls to the disk at the same time", async (_, size) => {
    expect(await firstWord(31, { UV_THREADPOOL_SIZE: size })).toBe("answered\n");
  });

  test("and its operator asks for another number, it makes as many", async () => {
    expect(await firstWord(39, { UV_THREADPOOL_SIZE: "40" })).toBe("answered\n");
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, expect, test } from "vitest";
import { startArguments } from "../support/child-wire.ts";

const ROOT = join(import.meta.dirname, "../..");
const data = mkdtempSync(join(tmpdir(), "flashwire-compiled-"));
afterAll(() => rmSync(data, { recursive: true, force: true }));

/** Node's compiler of TypeScript is a module of Node, and Node lists those that it has loaded. */
const HAS_COMPILER = `process.moduleLoadList.some((name) => name.includes("amaro"))`;
const TELL_AT_EXIT = `data:text/javascript,process.on("exit", () => console.error("compiler", ${HAS_COMPILER}))`;
/** A thread is ended from outside, so it tells when it has kept what it compiled. */
const TELL_WHEN_KEPT = `data:text/javascript,
  import module from "node:module";
  import { parentPort } from "node:worker_threads";
  const keep = module.flushCompileCache;
  module.flushCompileCache = () => {
    keep();
    parentPort.postMessage({ hasCompiler: ${HAS_COMPILER} });
  };`;

/** What the user's shell gives: the tests' own environment names a cache to all that they start. */
function env(): Record<string, string | undefined> {
  const { NODE_COMPILE_CACHE: _, ...rest } = process.env;
  return { ...rest, PORT: "0", FLASHWIRE_DATA: data };
}

async function run(args: string[]): Promise<string> {
  const child = spawn(process.execPath, ["--import", TELL_AT_EXIT, ...args], { cwd: ROOT, env: env() });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  // A server has started when it says where; a command ends by itself.
  child.stdout.on("data", (chunk) => {
    if (String(chunk).includes("at http://")) child.kill("SIGTERM");
  });
  await once(child, "close");
  return stderr;
}

test.each([
  ["the server", startArguments()],
  ["a command", ["src/cli/main.mjs", "feeds", "--help"]],
])("when %s starts once more, it does not load the compiler of TypeScript", async (_, args) => {
  await run(args);
  expect(await run(args)).toContain("compiler false");
});

test("when the thread that reads bulk loads starts once more, it does not load the compiler of TypeScript", async () => {
  const start = async () => {
    const worker = new Worker(join(ROOT, "src/local/checking/thread.mjs"), {
      env: env(),
      execArgv: ["--import", TELL_WHEN_KEPT],
    });
    const [told] = await once(worker, "message");
    // The first word of the thread is that it is ready.
    const [{ hasCompiler }] = told === "ready" ? await once(worker, "message") : [told];
    await worker.terminate();
    return hasCompiler;
  };
  await start();
  expect(await start()).toBe(false);
});

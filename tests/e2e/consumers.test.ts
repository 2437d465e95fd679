import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { flashwire, MAIN, ROOT, story } from "../cli/support.ts";
import {
  documentsOf,
  FollowedCopy,
  pythonDocuments,
  startProgram,
  syncedDocuments,
} from "../support/copies.ts";

const folder = mkdtempSync(join(tmpdir(), "flashwire-consumers-"));
const data = join(folder, "data");
const copy = join(folder, "copy");
const database = join(folder, "copy.db");
const run = promisify(execFile);
const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) console.warn("There is no python3: examples/consumers/follow.py is not tested.");

let wire: Wire;
const programs: ReturnType<typeof startProgram>[] = [];
const start = async (port: number) => startWire({ port, host: "127.0.0.1", data }, () => {});

beforeAll(async () => {
  wire = await start(0);
  await wire.idle();
});
afterAll(async () => {
  await Promise.all(programs.map((program) => program.stop()));
  await wire.close();
  rmSync(folder, { recursive: true });
});

async function send(method: string, path: string, body?: string): Promise<void> {
  const Authorization = `Bearer ${readFileSync(join(data, "token"), "utf8").trim()}`;
  const headers = {
    Authorization,
    "Content-Type": method === "PUT" ? "application/json" : "application/x-ndjson",
  };
  const answer = await fetch(`${wire.url}${path}`, { method, headers, ...(body !== undefined && { body }) });
  expect(answer.status, await answer.text()).toBeLessThan(300);
}

const sendAll = (ids: string[]) =>
  send("POST", "/articles", ids.map((id) => JSON.stringify(story(id))).join("\n"));

const range = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}${n}`);

test("when a server restarts amid bulk loads, a correction and kills, three consumers have the live records", async () => {
  await sendAll(["Straße/7", "ABC", "abc", "con", "killed", "kept", ...range("first-", 252)]);
  const followed = new FollowedCopy();
  followed.start(wire.url);
  programs.push(startProgram(process.execPath, [MAIN, "sync", wire.url, copy, "--every", "0.2"], ROOT));
  const python = ["examples/consumers/follow.py", wire.url, database, "--every", "0.2"];
  if (hasPython) programs.push(startProgram("python3", python, ROOT));
  await expect.poll(() => followed.documents.killed, { interval: 20 }).toContain("Story killed");

  await sendAll(range("second-", 10));
  const port = Number(new URL(wire.url).port);
  await wire.close();
  wire = await start(port);
  const change = { kind: "correction", note: "It was the other one." };
  const corrected = story("kept", { headline: "Right", updated: "2026-02-01T00:00:00Z", change });
  await send("PUT", "/articles/kept", JSON.stringify(corrected));
  await sendAll(range("third-", 10));
  await send("DELETE", "/articles/killed");
  await send("DELETE", "/articles/abc");
  await wire.idle();

  const live = await documentsOf(wire.services);
  expect(Object.keys(live)).toHaveLength(278);
  expect(live.kept).toContain("Right");
  await expect.poll(() => followed.documents, { interval: 50 }).toEqual(live);
  expect(followed.kills).toEqual(expect.arrayContaining(["abc", "killed"]));
  await expect.poll(() => syncedDocuments(copy), { interval: 50 }).toEqual(live);
  if (hasPython) {
    // Others read the copy while it is written, and nobody else writes it.
    await expect.poll(() => pythonDocuments(database), { interval: 50 }).toEqual(live);
    const second = await run("python3", [...python, "--once"], { cwd: ROOT }).catch((error) => error);
    expect(second).toMatchObject({
      code: 1,
      stderr: `Another process follows a wire into ${database}.\n`,
    });
  }
  await followed.stop();
  await Promise.all(programs.map((program) => program.stop()));

  const again = await flashwire(["sync", wire.url, copy, "--once"]);
  expect([again.code, again.stderr]).toEqual([0, "The copy is up to date.\n"]);
  expect(syncedDocuments(copy)).toEqual(live);
  if (hasPython) {
    const last = await run("python3", [...python, "--once"], { cwd: ROOT });
    expect(last).toEqual({ stdout: "", stderr: "" });
    expect(pythonDocuments(database)).toEqual(live);
  }
});

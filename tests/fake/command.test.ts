import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Flags, readOptions } from "../../src/cli/commands/fake.ts";
import type { Expected, ExpectedStory } from "../../src/fake/expected.ts";
import { FAULTS } from "../../src/fake/mix.ts";
import * as fakes from "../../src/fake/start.ts";
import { digestOf } from "../../src/repository/stories.ts";
import { sources, withoutComments } from "../architecture/sources.ts";
import { MAIN, ROOT } from "../cli/support.ts";
import { pythonDocuments } from "../support/copies.ts";
import { Client } from "./client.ts";

const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) console.warn("There is no python3: examples/consumers/follow.py is not tested.");

/** Starts the command as a user does, on any free port. It is stopped when the test is over. */
async function fakeProcess(...args: string[]) {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [MAIN, "fake", "--port", "0", "--json", ...args], {
    cwd: ROOT,
    env: { PATH, HOME },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const exited = once(child, "exit");
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = await once(child.stdout, "data");
  const stop = async () => {
    child.kill("SIGTERM");
    return (await exited)[0];
  };
  return { url: JSON.parse(String(line)).url as string, stop };
}

const FLAGS: Flags = { port: "0", seed: "1", speed: "1", faults: "none", begin: "2026-01-01T12:00:00Z" };

/** The same in this process. */
async function fakeHere(flags: Partial<Flags>) {
  const options = await readOptions({ ...FLAGS, ...flags }, fakes);
  const outside = { now: Date.now, sleep: async () => {}, log: () => {}, onStep: () => {} };
  const fake = await fakes.startFake(options, outside);
  onTestFinished(() => fake.close());
  return fake.url;
}

type Asked = { status: number; body: Expected & fakes.State };

/** Asks below /_fake/; with a body it is a POST. */
async function ask(url: string, path: string, body?: string): Promise<Asked> {
  const response = await fetch(`${url}/_fake/${path}`, body === undefined ? {} : { method: "POST", body });
  return { status: response.status, body: (await response.json()) as Asked["body"] };
}

const live = ({ stories }: Expected) => stories.filter(({ status }) => status === "published");

/** What a right copy has. */
const copyOf = (expected: Expected) =>
  new Map(live(expected).map(({ id, order, digest }) => [id, { order, digest }]));

describe("flashwire fake", () => {
  test("when the shipped consumer follows it through all faults, it comes to the copy that is expected", async () => {
    const pace = ["--seed", "4", "--every", "0", "--steps", "30", "--slow", "1"];
    const { url, stop } = await fakeProcess(...pace, "--faults", "many");
    const client = new Client(url);
    do await client.sync();
    while (!(await ask(url, "state")).body.isOver);
    await client.sync();
    const { body: expected } = await ask(url, "expected");
    // A cache may have given it the end of the log before.
    for (let looks = 0; looks < 50 && client.cursor?.seq !== expected.seq; looks++) await client.sync();
    expect(client.cursor).toEqual({ epoch: expected.epoch, seq: expected.seq });
    expect(client.copy).toEqual(copyOf(expected));
    expect(client.copy.size).toBeGreaterThan(10);
    const { body: state } = await ask(url, "state");
    expect(state.problems).toEqual([]);
    // Which requests there were is a matter of the machine; faults.test.ts has each of them.
    const met = FAULTS.reduce((sum, fault) => sum + state.faults.given[fault], 0);
    expect(met).toBeGreaterThan(5);
    expect(await stop()).toBe(0);
  });

  test("when a test drives it, it does the steps of its script, and those that are sent, and takes records", async () => {
    const folder = mkdtempSync(join(tmpdir(), "flashwire-fake-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const script = join(folder, "script.ndjson");
    writeFileSync(script, '{"put":{"id":"a"}}\n{"at":60,"kill":"a"}\n');
    const url = await fakeHere({ script, pause: true });
    const statuses = async () => {
      const { stories } = (await ask(url, "expected")).body;
      return Object.fromEntries(stories.map(({ id, status }: ExpectedStory) => [id, status]));
    };
    expect(await statuses()).toEqual({});
    const one = (await ask(url, "step", "")).body;
    expect(one).toMatchObject({ steps: 1, at: 1, isOver: false, isPaused: true });
    expect(await statuses()).toEqual({ a: "published" });
    const two = (await ask(url, "step?count=5", "")).body;
    expect(two).toMatchObject({ steps: 2, at: 60, now: "2026-01-01T12:01:00.000Z", isOver: true });
    expect(await statuses()).toEqual({ a: "withdrawn" });
    await ask(url, "steps", '[{"put":{"id":"b"}},{"fault":"cut","path":"/stories/b.json"}]');
    await expect(fetch(`${url}/stories/b.json`).then((cut) => cut.text())).rejects.toThrow("terminated");
    expect((await ask(url, "steps", '{"kill":"nobody"}')).status).toBe(422);
    expect((await ask(url, "steps", "{")).status).toBe(422);
    expect((await ask(url, "step?count=0", "")).status).toBe(422);
    expect((await ask(url, "nothing")).status).toBe(404);
    const record = { url: "https://news.example.org/c", headline: "C", published: "2026-01-01T12:00:00Z" };
    const headers = { Authorization: "Bearer fake", "Content-Type": "application/json" };
    const sent = { method: "PUT", headers, body: JSON.stringify(record) };
    expect((await fetch(`${url}/articles/c`, sent)).status).toBe(201);
    expect(await statuses()).toEqual({ a: "withdrawn", b: "published", c: "published" });
  });

  test.runIf(hasPython)(
    "when the Python consumer comes back in another epoch, its copy has what is live and what was killed, and nothing else",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "flashwire-fake-"));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const script = join(folder, "empty.json");
      writeFileSync(script, "[]");
      const url = await fakeHere({ script });
      const copy = join(folder, "copy.db");
      const follow = async () => {
        await promisify(execFile)("python3", ["examples/consumers/follow.py", url, copy, "--once"], {
          cwd: ROOT,
        });
        return new Map(
          Object.entries(pythonDocuments(copy)).map(([id, text]) => [id, digestOf(Buffer.from(text))]),
        );
      };
      const right = async () => {
        const { stories } = (await ask(url, "expected")).body;
        const there = stories.filter(({ status }) => status !== "removed");
        return new Map(there.map(({ id, digest }) => [id, digest]));
      };
      const put = ["a", "b", "c", "d", "e", "f"].map((id) => ({ id }));
      await ask(url, "steps", JSON.stringify([{ put }, { epoch: true }, { put: { id: "g" } }]));
      expect(await follow()).toEqual(await right());
      const gone = [{ kill: "a" }, { remove: "b" }, { flicker: "c" }, { put: { id: "d", headline: "New" } }];
      const after = [{ kill: "e" }, { remove: "f" }, { put: { id: "h" } }];
      await ask(url, "steps", JSON.stringify([...gone, { epoch: true }, ...after]));
      expect(await follow()).toEqual(await right());
      expect([...(await right()).keys()].sort()).toEqual(["a", "c", "d", "e", "g", "h"]);
    },
  );

  test.each([
    [{ speed: "0" }, "--speed must be a number above 0"],
    [{ stories: "10001" }, "--stories must be a whole number from 0 to 10000"],
    [{ script: "/nowhere.json" }, "/nowhere.json cannot be read"],
    [{ begin: "soon" }, "--begin must be a date"],
    [{ faults: "lat" }, '"lat" is no fault'],
  ])("when it is called with %j, it says what is wrong", async (flags, message) => {
    await expect(fakeHere(flags)).rejects.toThrow(message);
  });

  test("when another command runs, nothing of the fake wire is loaded, and when none is named yet, no command is", () => {
    const texts = new Map(sources("src/**/*.ts").map(({ path, text }) => [path, withoutComments(text)]));
    const imports = /^(?:import|export) (?!type )[^;]*?from "(\.[^"]+)"/gm;
    const loadedBy = (...paths: string[]) => {
      const loaded = new Set(paths);
      for (const path of loaded)
        for (const [, name] of (texts.get(path) ?? "").matchAll(imports))
          loaded.add(posix.normalize(`${posix.dirname(path)}/${name}`));
      return [...loaded];
    };
    const isCommand = (path: string) => path.startsWith("src/cli/commands/");
    const program = loadedBy("src/cli/program.ts");
    expect(program).toContain("src/cli/command.ts");
    expect(program.filter(isCommand)).toEqual([]);
    const commands = [...texts.keys()].filter(isCommand);
    expect(commands).toContain("src/cli/commands/fake.ts");
    expect(loadedBy(...commands).filter((path) => path.startsWith("src/fake/"))).toEqual([]);
  });
});

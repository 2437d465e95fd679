import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { flashwire, story } from "../cli/support.ts";
import { type ChildWire, send, startChildWire, TOKEN } from "../support/child-wire.ts";

/** The origin that documents name belongs to the data folder, and not to the server of that folder. */
let data: string;
let wires: ChildWire[];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "flashwire-origins-"));
  wires = [];
});
afterEach(async () => {
  await Promise.all(wires.map((wire) => wire.kill()));
  rmSync(data, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}): Promise<ChildWire> {
  const wire = await startChildWire(data, env);
  wires.push(wire);
  return wire;
}

const cli = (...args: string[]) => flashwire(args, { FLASHWIRE_DATA: data, FLASHWIRE_TOKEN: TOKEN });
const serverFile = () => join(data, "server.json");
const addressed = (): string => JSON.parse(readFileSync(serverFile(), "utf8")).url;

/** Where the stored document of all stories says that it is. */
function storedOrigin(): string {
  const text = readFileSync(join(data, "site/feeds/all/feed.json"), "utf8");
  return new URL(JSON.parse(text).feed_url).origin;
}

describe("when a second server of a data folder starts", () => {
  test("and would name another origin, it refuses, says why, and changes nothing", async () => {
    const first = await start();
    expect(await send(first.url, story("one"), "?wait=published")).toBe(201);
    await expect(start()).rejects.toThrow(
      new RegExp(`${data}.*${first.url}[^]*FLASHWIRE_PUBLIC_URL[^]*FLASHWIRE_DATA`),
    );
    expect(addressed()).toBe(first.url);
    expect(storedOrigin()).toBe(first.url);
    expect(await cli("feeds")).toMatchObject({ code: 0 });
  });

  test("and names the same origin, it may come and go, and the command line still finds the living one", async () => {
    const env = { FLASHWIRE_PUBLIC_URL: "http://wire.test" };
    const first = await start(env);
    const second = await start(env);
    expect(addressed()).toBe(first.url);
    expect(await second.stop()).toBe(0);
    expect(addressed()).toBe(first.url);
    const third = await start(env);
    await first.kill();
    await expect.poll(addressed, { interval: 200 }).toBe(third.url);
    expect(await third.stop()).toBe(0);
    expect(existsSync(serverFile())).toBe(false);
  });
});

describe("when the next server starts", () => {
  test("it takes over from one that was killed, and all documents follow it", async () => {
    const first = await start();
    await send(first.url, story("one"), "?wait=published");
    await first.kill();
    const second = await start();
    await expect.poll(storedOrigin).toBe(second.url);
    expect(addressed()).toBe(second.url);
  });

  test("somebody else at the address of the old one is not taken for the wire", async () => {
    const other = mkdtempSync(join(tmpdir(), "flashwire-other-"));
    const stranger = await startChildWire(other);
    wires.push(stranger);
    const first = await start();
    await first.kill();
    writeFileSync(serverFile(), JSON.stringify({ url: stranger.url, pid: 1 }));
    const run = await cli("feeds");
    expect(run).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("server.json") });
    const second = await start();
    expect(addressed()).toBe(second.url);
    rmSync(other, { recursive: true });
  });

  test("and cannot listen, it leaves the folder as it was", async () => {
    const first = await start();
    await send(first.url, story("one"), "?wait=published");
    expect(await first.stop()).toBe(0);
    const other = mkdtempSync(join(tmpdir(), "flashwire-other-"));
    const stranger = await startChildWire(other);
    wires.push(stranger);
    await expect(start({ PORT: new URL(stranger.url).port })).rejects.toThrow(/PORT/);
    expect(await cli("rebuild")).toMatchObject({ code: 0 });
    expect(storedOrigin()).toBe(first.url);
    rmSync(other, { recursive: true });
  });
});

describe("when documents are rebuilt on the command line", () => {
  test("without a server, they name the origin that they had", async () => {
    const first = await start({ FLASHWIRE_PUBLIC_URL: "https://wire.example.org" });
    await send(first.url, story("one"), "?wait=published");
    expect(await first.stop()).toBe(0);
    rmSync(join(data, "site"), { recursive: true });
    expect(await cli("rebuild")).toMatchObject({ code: 0 });
    expect(storedOrigin()).toBe("https://wire.example.org");
  });

  test("the command does not give them another origin", async () => {
    const first = await start();
    await send(first.url, story("one"), "?wait=published");
    const env = { FLASHWIRE_DATA: data, FLASHWIRE_PUBLIC_URL: "https://elsewhere.example.org" };
    const run = await flashwire(["rebuild", "all"], env);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining("FLASHWIRE_PUBLIC_URL") });
    expect(storedOrigin()).toBe(first.url);
  });
});

test("when the readers of a server are gone, it stops as it should", async () => {
  const child = spawn(process.execPath, ["src/local/main.mjs"], {
    cwd: join(import.meta.dirname, "../.."),
    env: { ...process.env, PORT: "0", FLASHWIRE_DATA: data },
    stdio: ["ignore", "pipe", "pipe"],
  });
  await once(child.stdout, "data");
  child.stdout.destroy();
  child.stderr.destroy();
  child.kill("SIGTERM");
  expect((await once(child, "exit"))[0]).toBe(0);
});

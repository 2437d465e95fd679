import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { story } from "../cli/support.ts";
import { type ChildWire, send, startChildWire, TOKEN } from "../support/child-wire.ts";

let data: string;
let wire: ChildWire;
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "flashwire-full-"));
  wire = await startChildWire(data);
  expect(await send(wire.url, story("before"), "?wait=published")).toBe(201);
});
afterEach(async () => {
  await wire.kill();
  rmSync(data, { recursive: true, force: true });
});

async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return (await fetch(`${wire.url}${path}`, init)).json();
}

/** Takes from the store the folder of its temporary files, so that each write fails as on a full or read-only disk, also for the user root. */
function spoilDisk(): () => void {
  const room = join(data, "newsroom/.tmp");
  renameSync(room, `${room}.away`);
  writeFileSync(room, "");
  return () => {
    rmSync(room);
    renameSync(`${room}.away`, room);
  };
}

test("when a disk cannot be written, the wire says so, in its health too, and finds it mended without a restart", async () => {
  const mend = spoilDisk();
  const problem = {
    status: 503,
    type: "urn:flashwire:problem:storage",
    detail: expect.stringMatching(/cannot be written \(ENOTDIR\)/),
  };
  // The health finds out by itself, be it the first to ask.
  expect(await ask("GET", "/healthz")).toMatchObject(problem);
  expect(await ask("PUT", "/articles/while", story("while"))).toMatchObject(problem);
  expect(await ask("DELETE", "/articles/before")).toMatchObject(problem);
  expect(await ask("POST", "/articles", [story("while")])).toMatchObject([{ status: 503, problem }]);
  expect(await ask("GET", "/healthz")).toMatchObject(problem);
  expect(wire.stderr()).toMatch(/"request\.failed".*ENOTDIR/);

  // Readers notice nothing.
  expect(await ask("GET", "/articles/before")).toMatchObject({ id: "before" });
  expect((await fetch(`${wire.url}/feeds/all/rss.xml`)).status).toBe(200);

  mend();
  await expect.poll(() => ask("GET", "/healthz"), { timeout: 10_000 }).toMatchObject({ status: "ok" });
  expect(await send(wire.url, story("after"), "?wait=published")).toBe(201);
});

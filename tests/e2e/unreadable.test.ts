import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { flashwire, story } from "../cli/support.ts";
import { type ChildWire, send, startChildWire, TOKEN } from "../support/child-wire.ts";

/** What a failing disk or a hand in the data folder leaves behind. */
let data: string;
let wire: ChildWire;
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "flashwire-unreadable-"));
  wire = await startChildWire(data);
  for (const id of ["c1", "c2", "c3"]) expect(await send(wire.url, story(id), "?wait=published")).toBe(201);
  // The test damages files, so it waits until the server has written to them all that it holds in memory.
  await expect.poll(shown).toEqual(["Story c1", "Story c2", "Story c3"]);
  await expect.poll(() => readFileSync(inNewsroom("windows/all.json"), "utf8")).toContain("c3");
});
afterEach(async () => {
  await wire.kill();
  rmSync(data, { recursive: true, force: true });
});

const inNewsroom = (path: string) => join(data, "newsroom", path);
const cli = (...args: string[]) => flashwire(args, { FLASHWIRE_DATA: data, FLASHWIRE_TOKEN: TOKEN });
const shown = (): string[] =>
  JSON.parse(readFileSync(join(data, "site/feeds/all/feed.json"), "utf8")).items.map(
    ({ title }: { title: string }) => title,
  );

async function ask(method: string, id: string): Promise<{ status: number; type?: string; detail?: string }> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  return (await fetch(`${wire.url}/articles/${id}`, { method, headers })).json() as never;
}

test("when a window is garbage, the wire mends it by itself, and no story is lost", async () => {
  writeFileSync(inNewsroom("windows/all.json"), "garbage");
  await send(wire.url, story("c4", { published: "2026-01-02T12:00:00Z" }), "?wait=published");
  await expect.poll(shown).toEqual(["Story c4", "Story c1", "Story c2", "Story c3"]);
  expect(wire.stderr()).toContain("windows/all.json");
});

test("when a window is garbage, a rebuild without a server mends it too", async () => {
  await wire.stop();
  writeFileSync(inNewsroom("windows/all.json"), "garbage");
  writeFileSync(join(data, "site/feeds/all/rss.xml"), "garbage");
  expect(await cli("rebuild", "all")).toMatchObject({ code: 0, stderr: "" });
  expect(shown()).toEqual(["Story c1", "Story c2", "Story c3"]);
  expect(readFileSync(join(data, "site/feeds/all/rss.xml"), "utf8")).toContain("Story c3");
});

test("a record that is cut off is named, stops nothing, and is replaced when it is sent again", async () => {
  truncateSync(inNewsroom("articles/c2.json"), 40);
  for (const method of ["GET", "DELETE"]) {
    expect(await ask(method, "c2")).toMatchObject({
      status: 500,
      type: "urn:flashwire:problem:unreadable",
      detail: expect.stringContaining("articles/c2.json"),
    });
  }
  const rebuilt = await cli("rebuild");
  expect(rebuilt).toMatchObject({ code: 1, stderr: expect.stringContaining("articles/c2.json") });
  expect(shown()).toEqual(["Story c1", "Story c3"]);
  expect(await send(wire.url, story("c2"), "?wait=published")).toBe(200);
  expect(shown()).toEqual(["Story c1", "Story c2", "Story c3"]);
  expect(await cli("rebuild")).toMatchObject({ code: 0, stderr: "" });
});

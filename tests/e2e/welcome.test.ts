import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ChildWire, startChildWire } from "../support/child-wire.ts";

let data: string;
let wire: ChildWire;
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "flashwire-welcome-"));
  wire = await startChildWire(data, { FLASHWIRE_TOKEN: "" });
});
afterEach(async () => {
  await wire.kill();
  rmSync(data, { recursive: true, force: true });
});

/** The PUT that a text tells its reader to paste. */
function putIn(text: string): { path: string; body: string } {
  const [, path = "", body = ""] =
    /curl -X PUT ['"]http:\/\/[^/]+(\S+)['"].*? -d '([^']+)'/s.exec(text) ?? [];
  return { path, body };
}

test("when what the README and the start tell to paste is pasted in any order, and again, it works; and the log of changes is where they say", async () => {
  const readme = putIn(readFileSync(join(import.meta.dirname, "../../README.md"), "utf8"));
  const printed = putIn(wire.stdout());
  const authorization = `Bearer ${/^ +Token +(\S+)$/m.exec(wire.stdout())?.[1]}`;
  const paste = async ({ path, body }: { path: string; body: string }) => {
    const headers = { authorization, "content-type": "application/json" };
    return (await fetch(`${wire.url}${path}`, { method: "PUT", headers, body })).status;
  };
  const statuses: number[] = [];
  for (const one of [readme, printed, readme, printed]) statuses.push(await paste(one));
  expect(statuses).toEqual([201, 201, 200, 200]);
  const [, changes = ""] = /^ +\(changes\) +\S+?(\/changes\S+)$/m.exec(wire.stdout()) ?? [];
  expect(await (await fetch(`${wire.url}${changes}`)).json()).toMatchObject({ first: 1 });
});

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { markFile } from "../../src/cli/import/marks.ts";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { type FakeWordPress, startFakeWordPress } from "../support/fake-wordpress.ts";
import { NEWSROOM } from "../support/site.ts";
import { flashwire } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "flashwire-import-"));
const data = join(folder, "data");
const siteFile = join(folder, "site.mjs");
let site: FakeWordPress;
let wire: Wire;

const run = (args: string[], input?: string) =>
  flashwire(
    args,
    {
      FLASHWIRE_DATA: data,
      FLASHWIRE_CONFIG: siteFile,
      XDG_STATE_HOME: folder,
    },
    input,
  );

beforeAll(async () => {
  site = await startFakeWordPress(
    [1, 2, 3, 4].map((id) => ({
      id,
      title: `Story ${id}`,
      content: `<p>Words of ${id}.</p>`,
      date: `2026-03-0${id}T10:00:00Z`,
      modified: `2026-03-0${id}T10:00:00Z`,
    })),
  );
  site.maxPerPage = 2;
  const source = {
    name: "cms",
    kind: "wordpress",
    url: site.url,
    idPrefix: "blog-",
    every: 86_400,
    private: true,
  };
  const config = { ...NEWSROOM, sources: [source] };
  writeFileSync(siteFile, `export default ${JSON.stringify(config)};\n`);
  // The wire itself follows the source, and takes nothing: its first look is refused, and the next one is hours away.
  site.answers.push((_, response) => void response.writeHead(403).end());
  wire = await startWire({ port: 0, host: "127.0.0.1", data, siteFile }, () => {});
});
afterAll(async () => {
  await Promise.all([site.close(), wire.close()]);
  rmSync(folder, { recursive: true });
});

test("when a source of the site file is imported by its name, the wire signs in; an import that ends early goes on where it was", async () => {
  await expect.poll(() => site.asked.length).toBe(1);
  expect((await run(["source", "auth", "cms"], "wire\ns3cret\n")).code).toBe(0);
  let authorization: string | undefined;
  site.answers = [
    (request, response) => {
      ({ authorization } = request.headers);
      response.writeHead(302, { location: request.url }).end();
    },
  ];
  let asked = 0;
  site.before(() => {
    const fail = (_: unknown, response: ServerResponse) => void response.writeHead(403).end();
    if (++asked === 4) site.answers.push(fail);
  });
  const first = await run(["import", "cms"]);
  expect(first).toMatchObject({ code: 3, stdout: expect.stringContaining("created") });
  expect(authorization).toBe(`Basic ${Buffer.from("wire:s3cret").toString("base64")}`);
  expect(JSON.stringify(first)).not.toContain("s3cret");
  site.asked.length = 0;
  const second = await run(["import", "cms"]);
  expect(second).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("Going on where an import was interrupted"),
  });
  expect(site.asked[0]).toContain("modified_after=2026-03-0");
  expect(readdirSync(join(folder, "flashwire/imports"))).toEqual([]);
  const headers = { authorization: `Bearer ${readFileSync(join(data, "token"), "utf8").trim()}` };
  const stored = await fetch(`${wire.url}/articles/blog-wp-4`, { headers });
  expect(await stored.json()).toMatchObject({ headline: "Story 4" });
});

test("when no withdrawal of a source waits, confirming says so, by both commands", async () => {
  for (const args of [
    ["follow", "cms", "--confirm"],
    ["source", "confirm", "cms"],
  ]) {
    expect(await run(args)).toMatchObject({
      stderr: expect.stringContaining("No withdrawal of the source cms waits."),
    });
  }
  expect(await run(["import", "other"])).toMatchObject({
    stderr: expect.stringContaining("The site file has no source other; it has cms."),
  });
});

test("when a mark is kept, it is that of one source and one wire, and nobody else can read it", async () => {
  const state = join(folder, "state");
  const of = (...parts: string[]) => markFile(state, parts, () => 0);
  await of("a", "wire").keep("m1");
  await of("a", "wire").keep("m2");
  expect(await of("a", "wire").read()).toEqual({ mark: "m2", since: "1970-01-01T00:00:00.000Z" });
  expect(await of("a", "other wire").read()).toBeUndefined();
  await of("a", "wire").forget();
  expect(await of("a", "wire").read()).toBeUndefined();
  expect(existsSync(join(state, "imports"))).toBe(true);
});

test("when a wire ends while it asks a source, it does not wait for the next time", async () => {
  const slow = await startFakeWordPress([]);
  const asked = new Promise<() => void>((resolve) => {
    slow.answers.push((_, response) => resolve(() => response.end("[]")));
  });
  const other = join(folder, "other.mjs");
  const source = { name: "slow", kind: "wordpress", url: slow.url, every: 86_400, private: true };
  writeFileSync(other, `export default ${JSON.stringify({ ...NEWSROOM, sources: [source] })};\n`);
  const options = { port: 0, host: "127.0.0.1", data: join(folder, "other"), siteFile: other };
  const ending = await startWire(options, () => {});
  const answer = await asked;
  const closed = ending.close();
  answer();
  await closed;
  await slow.close();
});

import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { servedWire } from "../support/served-wire.ts";
import { flashwire, story } from "./support.ts";

const served = servedWire();
let env: Record<string, string>;
beforeAll(async () => {
  env = { FLASHWIRE_URL: served.wire.url, FLASHWIRE_TOKEN: served.token };
  const headers = { authorization: `Bearer ${served.token}`, "content-type": "application/json" };
  for (const [method, body] of [
    ["PUT", JSON.stringify(story("real"))],
    ["DELETE", "{}"],
  ] as const)
    await fetch(`${served.wire.url}/articles/real?wait=published`, { method, headers, body });
});

const read = async (path: string) => {
  const response = await fetch(`${served.wire.url}${path}`);
  return { status: response.status, text: await response.text() };
};
const READ = [
  "/feeds/all/rss.xml",
  "/feeds/all/atom.xml",
  "/feeds/all/feed.json",
  "/feeds/language/en-gb/rss.xml",
];

test("when two people test a wire at once, both see it work, and readers, lists and kills see nothing of it", async () => {
  const before = await Promise.all(READ.map(read));
  expect(before[1]?.text).toContain("deleted-entry");
  const runs = await Promise.all([
    flashwire(["smoke"], env),
    flashwire(["smoke", served.wire.url, "--json"], env),
  ]);
  expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual([
    [0, ""],
    [0, ""],
  ]);
  expect(runs[0]?.stdout).toMatch(/ works: in _smoke, 4 formats, after \d+\.\d s, gone after/);
  expect(JSON.parse(runs[1]?.stdout ?? "")).toMatchObject({ feed: "_smoke" });
  expect(await Promise.all(READ.map(read))).toEqual(before);
  // Upkeep writes the list of feeds.
  await served.wire.idle();
  expect((await read("/feeds")).text).not.toContain("_smoke");
  const { status, text } = await read("/feeds/_smoke/atom.xml");
  expect([status, text.includes("<entry>"), text.includes("deleted-entry")]).toEqual([200, false, false]);
});

/** A wire of an earlier version, which knows nothing of a feed for tests. */
const sent: string[] = [];
const earlier = createServer((request, response) => {
  sent.push(`${request.method} ${request.url}`);
  const preview = { enters: ["all", "language/en"], stays: [], leaves: [] };
  if (request.method === "GET") response.writeHead(404).end("{}");
  else response.end(JSON.stringify([{ line: 1, status: 201, id: "x", result: "created", preview }]));
});
beforeAll(() => new Promise<void>((resolve) => earlier.listen(0, "127.0.0.1", resolve)));
afterAll(() => earlier.close());

test("when a wire of an earlier version would show the test to readers, nothing is sent to it", async () => {
  const { port } = earlier.address() as { port: number };
  const run = await flashwire(["smoke", `http://127.0.0.1:${port}`, "--token", "secret"]);
  expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining("would show the test in all") });
  expect(sent.filter((line) => !line.startsWith("GET "))).toEqual(["POST /articles?dry-run=true"]);
});

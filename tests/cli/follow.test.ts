import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withSource } from "../../src/config/edit-site-file.ts";
import { startWire } from "../../src/local/wire.ts";
import { type FakeWordPress, startFakeWordPress } from "../support/fake-wordpress.ts";
import { flashwire } from "./support.ts";

const ROOT = join(import.meta.dirname, "..", "..");
// Inside of the checkout, so that the site file finds the package that it imports.
const folder = mkdtempSync(join(ROOT, ".follow-"));
const siteFile = join(folder, "flashwire.config.ts");

let site: FakeWordPress;

beforeAll(async () => {
  cpSync(join(ROOT, "flashwire.config.ts"), siteFile);
  const date = "2026-03-01T10:00:00Z";
  const draft = { id: 2, title: "Locked", content: "", password: "x", date, modified: date };
  site = await startFakeWordPress([
    { id: 1, title: "Open", content: "<p>Words.</p>", date, modified: date },
    draft,
  ]);
});
afterAll(async () => {
  await site.close();
  rmSync(folder, { recursive: true });
});

const follow = (...args: string[]) => flashwire(["follow", ...args], { FLASHWIRE_CONFIG: siteFile });

test("when an address is a WordPress site, it is known by its page, and its newest articles are shown; the site file stays", async () => {
  const before = readFileSync(siteFile, "utf8");
  const { code, stdout, stderr } = await follow(site.url, "--private", "--name", "cms");
  expect(code).toBe(0);
  expect(stdout).toContain(`${site.url}/ is a WordPress site`);
  expect(stdout).toContain("2026-03-01T10:00:00.000Z  Open  (wp-1)");
  expect(stdout).toContain("needs a password");
  expect(stderr).toContain(
    `sources: [{ name: "cms", kind: "wordpress", url: "${site.url}/", every: 300, private: true }]`,
  );
  expect(readFileSync(siteFile, "utf8")).toBe(before);
});

test("when it is told to, it writes the source into the site file, and a wire that starts with it takes the articles", async () => {
  const { code } = await follow(site.url, "--private", "--name", "cms", "--every", "10", "--write");
  expect(code).toBe(0);
  const wire = await startWire(
    { port: 0, host: "127.0.0.1", data: join(folder, "data"), siteFile },
    () => {},
  );
  try {
    await expect
      .poll(async () => (await fetch(`${wire.url}/feeds/all/feed.json`)).text(), { timeout: 60_000 })
      .toContain("Open");
    const status = await flashwire(["status"], {
      FLASHWIRE_CONFIG: siteFile,
      FLASHWIRE_DATA: join(folder, "data"),
    });
    expect(status.stdout).toContain(`source cms (${site.url}/): answered at`);
  } finally {
    await wire.close();
  }
});

test("when a page names feeds, the best one that is one is taken", async () => {
  const server = createServer((request, response) => {
    if (request.url === "/news")
      response.end(
        '<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed"><link rel=alternate type="application/atom+xml" href="/broken"><link rel="alternate" type="application/rss+xml" href="/rss">',
      );
    else if (request.url === "/rss")
      response.end(
        "<rss><channel><title>x</title><item><title>A</title><link>https://b.example.org/a</link></item></channel></rss>",
      );
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect((await follow(`${url}/news`, "--private")).stdout).toContain(`${url}/rss is a feed.`);
  const nothing = await follow(`${url}/nothing`, "--private");
  expect(nothing).toMatchObject({ code: 3, stderr: expect.stringContaining("answers 404") });
  server.close();
});

test.each([
  [
    "a list",
    'export default defineSite({\n  sources: [{ name: "a" }],\n});',
    'sources: [\n    { x },{ name: "a" }],',
  ],
  [
    "no list",
    'export default defineSite({\n  title: "T",\n});',
    'defineSite({\n  sources: [{ x }],\n  title: "T",',
  ],
  ["plain data", 'export default {\n  title: "T" };', "export default {\n  sources: [{ x }],\n  title"],
])("when a site file has %s, the source is written into it", (_, text, expected) => {
  expect(withSource(text, "{ x }")).toContain(expected);
});

test("when a site file is not written as expected, nothing is changed", () => {
  expect(withSource("const site = {}; export { site as default };", "{ x }")).toBeUndefined();
});

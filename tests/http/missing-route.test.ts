import { expect, test } from "vitest";
import { DOCUMENT_PREFIXES } from "../../src/render/outputs.ts";
import { htmlProblems } from "../support/html.ts";
import { type TestWire, testWire } from "./support.ts";

/* What the CDN gets when S3 has nothing at an address: it sends none of a reader's headers but those of CORS. */

const asks = (path: string, wire: TestWire = testWire()) =>
  wire.send("GET", `/missing${path}`, { token: null });

/** The 404 for this path, in this media type. */
async function misses(path: string, type: string): Promise<Response> {
  const response = await asks(path);
  expect([response.status, response.headers.get("content-type")]).toEqual([404, type]);
  return response;
}

test.each(["/feeds/no-such-feed/index.html", "/feeds/%C3%BC/", "/about-us", "/blog/", "/wp-login.php", "/%"])(
  "when there is nothing at %s, people get a page that leads to all feeds",
  async (path) => {
    const response = await misses(path, "text/html; charset=utf-8");
    const html = await response.text();
    expect(html).toContain('<a class="button" href="/">All feeds</a>');
    expect(await htmlProblems(html)).toEqual([]);
  },
);

test.each(["/stories/none.json", "/changes/abc/7.json", "/feeds/x/rss.xml", "/sitemap.xml", "/ads.txt"])(
  "when there is nothing at %s, programs get the problem document",
  async (path) => {
    const response = await misses(path, "application/problem+json");
    expect(await response.json()).toMatchObject({ status: 404 });
  },
);

test("when no document can ever stand at an address, the CDN may keep the answer for a minute", async () => {
  for (const path of ["/wp-login.php", "/ads.txt"])
    expect((await asks(path)).headers.get("cache-control"), path).toBe("public, max-age=60");
});

test("when a document may come to an address, the CDN keeps nothing", async () => {
  const keys = [...DOCUMENT_PREFIXES.map((prefix) => `${prefix}soon.json`), "index.html", "robots.txt"];
  for (const key of keys) expect((await asks(`/${key}`)).headers.get("cache-control"), key).toBe("no-store");
});

test("when the CDN could not reach a document that is there, readers are told to try again", async () => {
  const wire = testWire();
  const stored = ["feeds/all/index.html", "feeds/ü/feed.json", "stories/a.json", "index.html"];
  for (const key of stored) await wire.stores.published.put(key, Buffer.from("x"));
  for (const key of stored) {
    const response = await asks(`/${key}`, wire);
    expect(response.status, key).toBe(503);
    expect(response.headers.get("retry-after"), key).toBe("5");
    expect(response.headers.get("cache-control"), key).toBe("no-store");
  }
});

test("when the store cannot be asked, the answer does not say that nothing is there", async () => {
  const wire = testWire();
  wire.stores.published.head = () => Promise.reject(new Error("no route to host"));
  expect((await asks("/feeds/all/", wire)).status).toBe(500);
  expect((await asks("/wp-login.php", wire)).status).toBe(404);
});

import { beforeEach, describe, expect, test } from "vitest";
import { NOW, STORY, type TestWire, testWire } from "./support.ts";

let wire: TestWire;
beforeEach(async () => {
  wire = testWire();
  await wire.send("PUT", "/articles/summit?wait=published", { body: STORY });
  wire.clock.now = NOW + 1_000;
});

const get = (path: string, headers: Record<string, string> = {}) =>
  wire.send("GET", path, { headers, token: null });

describe("the page of a feed", () => {
  test("when a browser asks for it, it gets HTML that may load nothing but its own files and pictures", async () => {
    const response = await get("/feeds/all/");
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(`<a href="${STORY.url}">${STORY.headline}</a>`);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "public, max-age=30, stale-while-revalidate=30, stale-if-error=86400",
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin-when-cross-origin",
      link: '<https://feeds.example.org/feeds/all/>; rel="self", <https://hub.example.org/>; rel="hub"',
    });
    const policy = response.headers.get("content-security-policy");
    expect(policy).toMatch(/^default-src 'none'; .*script-src 'self'; .*frame-ancestors 'none'$/);
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  test("when the browser has it, the answer is a 304 with the same rules", async () => {
    const etag = String((await get("/feeds/all/")).headers.get("etag"));
    const again = await get("/feeds/all/", { "If-None-Match": etag });
    expect(again.status).toBe(304);
    expect(again.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  test.each([
    ["/feeds/all", "/feeds/all/"],
    ["/feeds/all/index.html?a=1", "/feeds/all/?a=1"],
    ["/feeds/section/world", "/feeds/section/world/"],
  ])("when somebody types %s, the answer leads to %s", async (path, page) => {
    const response = await get(path);
    expect([response.status, response.headers.get("location")]).toEqual([
      301,
      `https://feeds.example.org${page}`,
    ]);
  });

  test("when it names files, each is there under its name, to be kept for good", async () => {
    const html = await (await get("/feeds/all/")).text();
    const files = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path as string);
    expect(files.map((path) => path.replace(/.*\./, "")).sort()).toEqual(["css", "js", "svg"]);
    for (const path of files) {
      const response = await get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(response.headers.get("content-type")).toMatch(/^text\/css|^text\/javascript|^image\/svg/);
    }
    for (const path of ["/assets/none.css", "/assets/none.txt"]) expect((await get(path)).status).toBe(404);
  });
});

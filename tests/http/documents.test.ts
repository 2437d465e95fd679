import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { lastModified } from "../../src/http/conditions.ts";
import { createCopies } from "../../src/http/encoding.ts";
import { COMPRESSED_AT_ONCE } from "../../src/http/limits.ts";
import { NOW, problem, STORY, type TestWire, testWire } from "./support.ts";

const PATHS = ["/feeds/all/rss.xml", "/feeds/all/atom.xml", "/feeds/all/feed.json"];
const RSS = "/feeds/all/rss.xml";

let wire: TestWire;
beforeEach(async () => {
  wire = testWire();
  await wire.send("PUT", "/articles/summit?wait=published", { body: STORY });
  // The second in which the documents were written is over.
  wire.clock.now += 1_000;
});

const get = (path: string, headers: Record<string, string> = {}) =>
  wire.send("GET", path, { headers, token: null });
const statuses = async (...all: Record<string, string>[]) =>
  Promise.all(all.map(async (headers) => (await get(RSS, headers)).status));

describe("a document", () => {
  test.each([
    ["/feeds/all/rss.xml", "application/rss+xml; charset=utf-8"],
    ["/feeds/all/atom.xml", "application/atom+xml; charset=utf-8"],
    ["/feeds/all/feed.json", "application/feed+json; charset=utf-8"],
  ])(
    "when %s is asked for, the answer has every header that a reader needs for its next request",
    async (path, type) => {
      const stored = await wire.stores.published.get(path.slice(1));
      const response = await get(path);
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toEqual({
        etag: stored?.etag,
        "last-modified": "Tue, 24 Nov 2026 20:00:01 GMT",
        "cache-control": "public, max-age=30, stale-while-revalidate=30, stale-if-error=86400",
        "content-type": type,
        "content-length": String(stored?.size),
        link: `<https://feeds.example.org${path}>; rel="self", <https://hub.example.org/>; rel="hub"`,
        vary: "Accept-Encoding",
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "ETag, Last-Modified, Link, Content-Encoding, Content-Length",
        "x-content-type-options": "nosniff",
      });
      expect(Buffer.from(await response.arrayBuffer()).equals(stored?.body ?? Buffer.of())).toBe(true);
    },
  );

  test("when it is of a feed of breaking news, it is stored and answered with a shorter time for caches", async () => {
    const path = "/feeds/breaking/rss.xml";
    await wire.send("PUT", "/articles/flash?wait=published", {
      body: { ...STORY, id: "flash", breaking: true },
    });
    const cacheControl = "public, max-age=10, stale-while-revalidate=10, stale-if-error=86400";
    expect(await wire.stores.published.head(path.slice(1))).toMatchObject({ cacheControl });
    const full = await get(path);
    const known = await get(path, { "If-None-Match": full.headers.get("etag") ?? "" });
    expect([full.status, known.status]).toEqual([200, 304]);
    for (const { headers } of [full, known]) expect(headers.get("cache-control")).toBe(cacheControl);
  });

  test.each([undefined, "gzip", "br"])(
    "when Accept-Encoding is %s, a HEAD has the headers of the GET and no body",
    async (encoding) => {
      const headers: Record<string, string> = encoding === undefined ? {} : { "Accept-Encoding": encoding };
      const [head, full] = [await wire.send("HEAD", RSS, { headers }), await get(RSS, headers)];
      expect([head.status, await head.text()]).toEqual([200, ""]);
      expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(full.headers));
      expect(head.headers.get("content-length")).toBe(String((await full.arrayBuffer()).byteLength));
    },
  );

  test.each([
    "/feeds/tag/%E5%8C%97%E6%9C%9D%E9%AE%AE/rss.xml",
    "/feeds/tag/北朝鮮/rss.xml",
    "/feeds/section/usa/atom.xml",
  ])("when %s is asked for, it is found", async (path) => {
    expect((await get(path)).status).toBe(200);
  });

  test.each([
    ["a feed without stories", "/feeds/breaking/rss.xml"],
    ["a feed that never existed", "/feeds/nowhere/rss.xml"],
    ["another spelling of a feed", "/feeds/section/USA/rss.xml"],
    ["a name with a slash", "/feeds/section%2Fusa/rss.xml"],
    ["a page that a feed does not have", "/feeds/section/none/"],
    ["the page of no feed", "/feeds/none/"],
    ["another file of a feed", "/feeds/all/removed"],
    ["an address without a feed", "/feeds/rss.xml"],
    ["an address with bytes that are not UTF-8", "/feeds/tag/%ff/rss.xml"],
    ["an address that leads out of the folder", "/feeds/..%2f..%2farticles/rss.xml"],
    ["an address with a NUL", "/feeds/tag/%00/rss.xml"],
    ["a long name", `/feeds/tag/${"a".repeat(5_000)}/rss.xml`],
  ])("when a reader asks for %s, it answers 404", async (_, path) => {
    const response = await get(path);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(await problem(response)).toMatchObject({ status: 404, type: "urn:flashwire:problem:not-found" });
  });

  test("when the site file no longer has a feed, it answers 410, before and after the documents are deleted", async () => {
    const later = testWire({ feeds: [{ name: "top", title: "Top" }], families: [] });
    for (const key of PATHS.map((path) => path.slice(1))) {
      await later.stores.published.put(key, (await wire.stores.published.get(key))?.body ?? Buffer.of());
    }
    const gone = await problem(await later.send("GET", RSS));
    expect(gone).toMatchObject({ status: 410, type: "urn:flashwire:problem:removed" });
    await later.stores.published.delete("feeds/all/rss.xml");
    await later.stores.published.put("feeds/all/removed", Buffer.from("{}"));
    expect((await later.send("GET", RSS)).status).toBe(410);
    expect((await later.send("GET", "/feeds/never/rss.xml")).status).toBe(404);
  });

  test("when the store fails, it answers 500, which a page of another origin may read", async () => {
    wire.stores.published.get = () => Promise.reject(new Error("away"));
    const response = await get(RSS);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect((await problem(response)).status).toBe(500);
  });

  test("when the method is another one, it answers 405 with the allowed methods, and a preflight answers 204", async () => {
    const response = await wire.send("POST", RSS, { body: {} });
    expect(response.headers.get("allow")).toBe("GET, OPTIONS, HEAD");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect((await problem(response)).status).toBe(405);
    const preflight = await wire.send("OPTIONS", RSS);
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-methods")).toBe("GET, HEAD, OPTIONS");
    for (const name of ["If-None-Match", "If-Match", "If-Unmodified-Since"]) {
      expect(preflight.headers.get("access-control-allow-headers")).toContain(name);
    }
  });
});

describe("a conditional request", () => {
  test("when If-None-Match has the ETag alone, in a list, weak or as *, it answers 304", async () => {
    const etag = (await get(RSS)).headers.get("etag") ?? "";
    const all = [etag, `"x", ${etag}`, `W/${etag}`, `"x",W/"y" , W/${etag},"z"`, "*"];
    expect(await statuses(...all.map((value) => ({ "If-None-Match": value })))).toEqual(all.map(() => 304));
    const others = ['"x"', "W/", "", `${etag.slice(0, -2)}"`, etag.slice(1, -1), `"x${etag.slice(1)}`];
    expect(await statuses(...others.map((value) => ({ "If-None-Match": value })))).toEqual(
      others.map(() => 200),
    );
  });

  test("when the ETag is of another encoding than the answer would have, it answers 200 instead of 304", async () => {
    const encodings = ["identity", "gzip", "br"];
    const tags = await Promise.all(
      encodings.map(async (encoding) =>
        (await get(RSS, { "Accept-Encoding": encoding })).headers.get("etag"),
      ),
    );
    expect(new Set(tags).size).toBe(3);
    for (const [i, encoding] of encodings.entries()) {
      const ask = (tag: string | null) => ({ "Accept-Encoding": encoding, "If-None-Match": `${tag}` });
      expect(await statuses(...tags.map(ask)), encoding).toEqual(tags.map((_, j) => (i === j ? 304 : 200)));
      expect(await statuses(ask("*"), ask(`W/${tags[i]}`))).toEqual([304, 304]);
    }
  });

  test("when If-Modified-Since is a date in any of its three forms and not before Last-Modified, it answers 304", async () => {
    const since = (value: string) => ({ "If-Modified-Since": value });
    expect(
      await statuses(
        since("Tue, 24 Nov 2026 20:00:01 GMT"),
        since("Fri, 25 Dec 2026 00:00:00 GMT"),
        since("Tuesday, 24-Nov-26 20:00:01 GMT"),
        since("Tue Nov 24 20:00:01 2026"),
      ),
    ).toEqual([304, 304, 304, 304]);
    expect(
      await statuses(
        since("Tue, 24 Nov 2026 20:00:00 GMT"),
        since("Tue, 24 Nov 2020 23:00:00 GMT"),
        since("2026-11-25T00:00:00Z"),
        since("Tue, 99 Nov 2026 20:00:01 GMT"),
        since("9"),
        since(""),
      ),
    ).toEqual([200, 200, 200, 200, 200, 200]);
  });

  test("when both are sent, If-None-Match goes before If-Modified-Since", async () => {
    const etag = (await get(RSS)).headers.get("etag") ?? "";
    const [old, future] = ["Tue, 24 Nov 2020 00:00:00 GMT", "Fri, 25 Dec 2026 00:00:00 GMT"];
    expect(
      await statuses(
        { "If-None-Match": etag, "If-Modified-Since": old },
        { "If-None-Match": '"x"', "If-Modified-Since": future },
      ),
    ).toEqual([304, 200]);
  });

  test("when it answers 304, it sends the headers that the 200 would have had, and no body", async () => {
    const full = await get(RSS, { "Accept-Encoding": "br" });
    const response = await get(RSS, {
      "Accept-Encoding": "br",
      "If-None-Match": full.headers.get("etag") ?? "",
    });
    expect([response.status, await response.text()]).toEqual([304, ""]);
    for (const name of [
      "etag",
      "last-modified",
      "cache-control",
      "vary",
      "link",
      "access-control-allow-origin",
    ]) {
      expect(response.headers.get(name), name).toBe(full.headers.get(name));
    }
    expect(response.headers.get("content-type")).toBeNull();
  });

  test("when If-Match or If-Unmodified-Since does not hold, it answers 412", async () => {
    const etag = (await get(RSS)).headers.get("etag") ?? "";
    const gzip = { "Accept-Encoding": "gzip", "If-Match": etag.replace(/"$/, '-gzip"') };
    const [before, at] = ["Tue, 24 Nov 2026 20:00:00 GMT", "Tue, 24 Nov 2026 20:00:01 GMT"];
    expect(
      await statuses(
        { "If-Match": etag },
        { "If-Match": `"x", ${etag}` },
        { "If-Match": "*" },
        gzip,
        { "If-Unmodified-Since": at },
        { "If-Unmodified-Since": "yesterday" },
        { "If-Match": etag, "If-Unmodified-Since": before },
        { "If-Match": etag, "If-None-Match": etag },
      ),
    ).toEqual([200, 200, 200, 200, 200, 200, 200, 304]);
    const failing: Record<string, string>[] = [
      { "If-Match": '"x"' },
      { "If-Match": `W/${etag}` },
      { ...gzip, "If-Match": etag },
      { "If-Unmodified-Since": before },
      { "If-Match": '"x"', "If-Unmodified-Since": at },
      { "If-Match": '"x"', "If-None-Match": etag },
      { "If-Unmodified-Since": before, "If-None-Match": etag },
    ];
    expect(await statuses(...failing)).toEqual(failing.map(() => 412));
    const response = await get(RSS, { "If-Match": '"x"' });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect((await problem(response)).type).toBe("urn:flashwire:problem:precondition-failed");
    expect((await wire.send("HEAD", RSS, { headers: { "If-Match": '"x"' } })).status).toBe(412);
    expect((await get("/feeds/nowhere/rss.xml", { "If-Match": "*" })).status).toBe(404);
  });

  test("when the document changes between the check of If-Match and the read, it answers 412", async () => {
    const { published } = wire.stores;
    const head = await published.head("feeds/all/rss.xml");
    published.head = async () => {
      await published.put("feeds/all/rss.xml", Buffer.from("<rss/>"));
      return head;
    };
    expect((await get(RSS, { "If-Match": head?.etag ?? "" })).status).toBe(412);
  });

  test("when the document changes twice within one second, a date never brings a 304 for the older one", async () => {
    const change = (revision: number) =>
      wire.send("PUT", "/articles/summit?wait=published", {
        body: { ...STORY, headline: `Take ${revision}`, revision },
      });
    // The start of a second, two changes in it, and a reader between them who goes by dates.
    wire.clock.now = Date.parse("2026-11-24T20:01:00.000Z");
    await change(2);
    wire.clock.now += 300;
    const early = await get(RSS);
    expect(early.headers.get("last-modified")).toBeNull();
    wire.clock.now += 300;
    await change(3);
    wire.clock.now += 5_000;
    expect(
      await statuses({ "If-Modified-Since": new Date(Date.parse("2026-11-24T20:01:00Z")).toUTCString() }),
    ).toEqual([200]);
    const late = await get(RSS);
    expect(await late.text()).toContain("Take 3");
    expect(await statuses({ "If-Modified-Since": late.headers.get("last-modified") ?? "" })).toEqual([304]);
  });

  test("when Last-Modified is sent, it is never in the future and is later than every change that it covers", () => {
    for (const modified of [NOW, Math.floor(NOW / 1_000) * 1_000, NOW + 599, NOW + 600]) {
      for (const now of [
        modified,
        modified + 1,
        modified + 500,
        modified + 999,
        modified + 1_000,
        modified + 2_500,
      ]) {
        const date = lastModified(modified, now);
        expect(date ?? now).toBeLessThanOrEqual(now);
        expect(date ?? modified + 1).toBeGreaterThan(modified);
        if (now >= modified + 1_000) expect(date).toBeDefined();
      }
    }
  });
});

describe("the encoding of a document", () => {
  test.each([
    ["br", "br"],
    ["gzip", "gzip"],
    ["gzip, deflate, br, zstd", "br"],
    ["br;q=0.5, gzip", "gzip"],
    ["gzip;q=0, br;q=0", null],
    ["*", "br"],
    ["identity", null],
    ["identity;q=1, gzip;q=0.5", null],
    ["deflate", null],
    ["GZIP", "gzip"],
    ["x-gzip", "gzip"],
    ["X-GZIP;q=0.5, br;q=0.4", "gzip"],
    ["x-gzip;q=0", null],
    ["gzip, identity;q=0", "gzip"],
    ["", null],
    [";;q=", null],
  ])('when Accept-Encoding is "%s", the encoding is %s', async (accepted, encoding) => {
    const response = await get(RSS, { "Accept-Encoding": accepted });
    expect(response.headers.get("content-encoding")).toBe(encoding);
    const stored = await wire.stores.published.get("feeds/all/rss.xml");
    const expected = encoding === null ? stored?.etag : stored?.etag.replace(/"$/, `-${encoding}"`);
    expect(response.headers.get("etag")).toBe(expected);
    expect(response.headers.get("vary")).toBe("Accept-Encoding");
    const body = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get("content-length")).toBe(String(body.byteLength));
    const plain =
      encoding === "br" ? brotliDecompressSync(body) : encoding === "gzip" ? gunzipSync(body) : body;
    expect(plain.equals(stored?.body ?? Buffer.of())).toBe(true);
  });

  test("when a document fits into one packet, it is not compressed", async () => {
    await wire.stores.published.put("feeds/all/rss.xml", Buffer.from("<rss/>"));
    const response = await get(RSS, { "Accept-Encoding": "br" });
    expect(response.headers.get("content-encoding")).toBeNull();
    expect(await response.text()).toBe("<rss/>");
  });

  test.each([
    ["gzip, identity;q=0", "gzip"],
    ["gzip, *;q=0", "gzip"],
    ["br;q=0.1, gzip;q=0.2, identity;q=0", "gzip"],
    ["gzip;q=0, br;q=0, identity;q=0", null],
    ["gzip, identity;q=0.1", null],
  ])(
    'when a document is small and Accept-Encoding is "%s", the encoding is %s',
    async (accepted, encoding) => {
      await wire.stores.published.put("feeds/all/rss.xml", Buffer.from("<rss/>"));
      const response = await get(RSS, { "Accept-Encoding": accepted });
      expect(response.headers.get("content-encoding")).toBe(encoding);
      const body = Buffer.from(await response.arrayBuffer());
      expect((encoding === null ? body : gunzipSync(body)).toString()).toBe("<rss/>");
    },
  );

  test("when a robot asks for all documents at once, few are read and packed at a time, and it gets all of them", async () => {
    const paths: string[] = [];
    for await (const key of wire.stores.published.list("feeds/"))
      if (!key.endsWith("html")) paths.push(`/${key}`);
    expect(paths.length).toBeGreaterThan(2 * COMPRESSED_AT_ONCE);
    const get = wire.stores.published.get.bind(wire.stores.published);
    let underWay = 0;
    let most = 0;
    wire.stores.published.get = (key) => {
      most = Math.max(most, ++underWay);
      return get(key);
    };
    const ask = async (path: string) => {
      const { status, headers } = await wire.send("GET", path, {
        headers: { "Accept-Encoding": "br" },
        token: null,
      });
      underWay--;
      return [status, headers.get("content-encoding")];
    };
    expect(await Promise.all(paths.map(ask))).toEqual(paths.map(() => [200, "br"]));
    // The next one may begin a moment before the one that is through is counted.
    expect(most).toBeLessThanOrEqual(2 * COMPRESSED_AT_ONCE);
  });

  test("when several readers ask for one document, even at once, it is compressed once", async () => {
    const copies = createCopies();
    const body = Buffer.alloc(100_000, "news ");
    const [one, two] = await Promise.all([copies.make('"a"', "br", body), copies.make('"a"', "br", body)]);
    expect(two).toBe(one);
    expect(await copies.make('"a"', "br", body)).toBe(one);
    expect(await copies.make('"b"', "br", body)).not.toBe(one);
    const small = createCopies(10);
    expect(brotliDecompressSync(await small.make('"a"', "br", body)).equals(body)).toBe(true);
  });
});

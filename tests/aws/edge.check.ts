import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ingest } from "../../src/ingest/ingest.ts";
import { FORMATS } from "../../src/render/formats.ts";
import { SITE_OUTPUTS } from "../../src/render/outputs.ts";
import { incoming } from "../support/wire.ts";
import { NO_BODY, type Reply } from "./cloudfront/http.ts";
import { namesOf } from "./cloudfront/names.ts";
import { type EdgeWire, edgeWire } from "./edge-wire.ts";

/** What readers get at the edge: the packaged template in the model of CloudFront, before documents in memory. */

let wire: EdgeWire;
const get: EdgeWire["get"] = (...asked) => wire.get(...asked);

beforeAll(async () => {
  const rights = { syndication: "allow", training: "deny", answers: "deny", search: "allow" };
  wire = await edgeWire({ accessLogs: true, cacheSeconds: { "/feeds/breaking/*": 0 } }, { rights });
});
afterAll(() => wire.stop());
beforeEach(() => wire.start());

const unpacked = ({ headers, body }: Reply) =>
  (headers["content-encoding"] === "br" ? brotliDecompressSync : gunzipSync)(body);

describe.each(FORMATS.map(({ file, segment, contentType }) => ({ file, segment, contentType })))(
  "$file",
  ({ file, segment, contentType }) => {
    const path = `/feeds/all/${segment}`;

    test("is compressed for a reader that takes gzip or br, to less than 0.4 of its size", async () => {
      const whole = await get(path);
      for (const encoding of ["gzip", "br", "gzip, deflate, br"]) {
        const packed = await get(path, { "accept-encoding": encoding });
        expect(packed.headers["content-encoding"]).toBe(encoding.includes("br") ? "br" : "gzip");
        expect(unpacked(packed).equals(whole.body)).toBe(true);
        expect(packed.body.byteLength / whole.body.byteLength).toBeLessThan(0.4);
      }
    });

    test("has its own media type and depends on Accept-Encoding alone, also when another reader filled the cache", async () => {
      for (const headers of [
        {},
        { "accept-encoding": "gzip" },
        { origin: "https://page.example", "accept-encoding": "br" },
      ]) {
        expect((await get(path, headers)).headers).toMatchObject({
          "content-type": contentType,
          vary: "Accept-Encoding",
        });
        expect((await get(path, headers)).headers["x-cache"]).toMatch(/^Hit/);
      }
    });

    test("goes as it is to a reader that takes no encoding, with a strong ETag", async () => {
      await get(path, { "accept-encoding": "gzip" });
      for (const headers of [{}, { "accept-encoding": "identity" }, { "accept-encoding": "gzip;q=0" }]) {
        const { headers: answered, body } = await get(path, headers as Record<string, string>);
        expect(answered).toMatchObject({
          "content-length": String(body.byteLength),
          etag: expect.stringMatching(/^"/),
        });
        expect(answered["content-encoding"]).toBeUndefined();
      }
    });

    test("is named by a weak ETag where it is compressed, and answers 304 to either", async () => {
      const gzip = { "accept-encoding": "gzip" };
      const [strong, weak] = [
        (await get(path)).headers.etag ?? "",
        (await get(path, gzip)).headers.etag ?? "",
      ];
      expect(weak).toBe(`W/${strong}`);
      for (const tag of [strong, weak, `"other", ${weak}`]) {
        for (const headers of [{}, gzip]) {
          const known = await get(path, { ...headers, "if-none-match": tag });
          expect(known).toMatchObject({ status: 304, headers: { vary: "Accept-Encoding" } });
          expect(known.headers["content-type"]).toBeUndefined();
        }
      }
      expect((await get(path, { ...gzip, "if-none-match": '"other"' })).status).toBe(200);
    });

    test("costs one call of a function a poll at most, and none where the stored type is the true one", async () => {
      const { counts } = wire;
      await get(path, { "accept-encoding": "gzip" });
      expect(counts.functions).toBe(
        // The address of a page is a folder, of which the function names the file.
        segment !== "" && FORMATS.find((format) => format.file === file)?.storedType === contentType ? 0 : 1,
      );
    });
  },
);

describe("a page at another origin", () => {
  const asks = { origin: "https://page.example", "access-control-request-method": "GET" };

  test.each(["/feeds/all/rss.xml", "/feeds/all/atom.xml", "/feeds/breaking/feed.json"])(
    "may ask for %s with the headers that a reader needs",
    async (path) => {
      const names = { "access-control-request-headers": "if-none-match, cache-control" };
      const answered = await get(path, { ...asks, ...names }, "OPTIONS");
      expect(answered.status).toBeLessThan(300);
      expect(answered.headers).toMatchObject({
        "access-control-allow-origin": "*",
        "access-control-allow-methods": expect.stringMatching(/GET.*HEAD/),
        "access-control-allow-headers": expect.stringContaining("If-None-Match"),
      });
      for (const method of ["GET", "HEAD"]) {
        expect(await get(path, { origin: asks.origin }, method)).toMatchObject({
          status: 200,
          headers: {
            "access-control-allow-origin": "*",
            "access-control-expose-headers": expect.stringContaining("ETag"),
          },
        });
      }
    },
  );

  test("may not write", async () => {
    const put = { ...asks, "access-control-request-method": "PUT" };
    expect((await get("/feeds/all/rss.xml", put, "OPTIONS")).status).toBe(403);
  });
});

describe("what machines may do", () => {
  test.each(SITE_OUTPUTS)(
    "$key is served as it is stored, and read again after a minute",
    async ({ key, contentType }) => {
      const stored = await wire.memory.published.get(key);
      const { status, headers, body } = await get(`/${key}`, { "accept-encoding": "identity" });
      expect([status, headers["content-type"]]).toEqual([200, contentType]);
      expect(Buffer.from(body)).toEqual(Buffer.from(stored?.body ?? []));
      expect((await get(`/${key}`)).headers["x-cache"]).toMatch(/^Hit/);
      wire.later(121);
      await get(`/${key}`);
      expect(wire.counts).toMatchObject({ functions: 0, origin: 2 });
    },
  );

  test("stands in the headers of every document, also in those of a 304", async () => {
    const said = {
      link: '</license.rsl>; rel="license"; type="application/rsl+xml"',
      "tdm-reservation": "1",
    };
    for (const path of [
      "/feeds/all/rss.xml",
      "/feeds/all/feed.json",
      "/stories/story-1.json",
      "/robots.txt",
    ]) {
      const { headers } = await get(path);
      expect(headers, path).toMatchObject(said);
      const known = await get(path, { "if-none-match": headers.etag ?? "" });
      expect(known, path).toMatchObject({ status: 304, headers: said });
    }
  });
});

describe("the edge", () => {
  test("keeps a document as long as it says, then asks, and then has the new one", async () => {
    await get("/feeds/all/feed.json");
    wire.later(29);
    expect((await get("/feeds/all/feed.json")).headers["x-cache"]).toMatch(/^Hit/);
    wire.later(2);
    await get("/feeds/all/feed.json");
    expect(wire.counts.origin).toBe(2);
  });

  test("keeps a path of 0 seconds for one second, compressed", async () => {
    const gzip = { "accept-encoding": "gzip" };
    await get("/feeds/breaking/rss.xml", gzip);
    expect((await get("/feeds/breaking/rss.xml", gzip)).headers["x-cache"]).toMatch(/^Hit/);
    wire.later(2);
    expect((await get("/feeds/breaking/rss.xml", gzip)).headers["x-cache"]).toMatch(/^RefreshHit/);
  });

  test("has the page for people at the root, with what it may load", async () => {
    await wire.memory.services.publisher.writeHome();
    for (const path of ["/", "/index.html"]) {
      const { status, headers } = await get(path);
      expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
    }
    expect(await get("/feeds/")).toMatchObject({ status: 301, headers: { location: "https://wire.test/" } });
  });

  test("keeps no error: who tries again reaches the API, and finds an article that was not there", async () => {
    for (const status of [500, 502, 503, 504, 404]) {
      wire.api = { status, headers: { "cache-control": "no-store" }, body: NO_BODY };
      expect((await get("/articles/x")).status).toBe(status);
      wire.api = { ...wire.api, status: 200 };
      expect((await get("/articles/x")).status).toBe(200);
    }
  });

  test("answers 404 with the media type of the error, and finds the feed as soon as it is there", async () => {
    const { status, headers } = await get("/feeds/section/new/feed.json");
    expect([status, headers["content-type"]]).toEqual([404, "application/xml"]);
    await ingest(wire.memory.services, incoming(99, { section: "New" }));
    await wire.memory.services.publisher.publish(["story-99"]);
    expect((await get("/feeds/section/new/feed.json")).status).toBe(200);
  });
});

describe("where nothing is", () => {
  const BROWSER = { accept: "text/html,*/*;q=0.8", "accept-encoding": "gzip" };

  test.each(["/feeds/no-such-feed/", "/about-us", "/wp-login.php", "/feeds/no-such-feed/picture.png"])(
    "when people come to %s, they get a page that leads to all feeds",
    async (path) => {
      const { status, headers } = await get(path, BROWSER);
      expect([status, headers["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      expect(headers.vary).toBe("Accept-Encoding");
      expect(Buffer.from((await get(path)).body).toString()).toContain(
        '<a class="button" href="/">All feeds</a>',
      );
    },
  );

  test.each(["/stories/none.json", "/changes/abc/0.json", "/ads.txt"])(
    "when a program comes to %s, it gets the problem document",
    async (path) => {
      expect(await get(path, { origin: "https://page.example" })).toMatchObject({
        ...{
          status: 404,
          headers: { "content-type": "application/problem+json", "access-control-allow-origin": "*" },
        },
      });
    },
  );

  test("when the first tick has not written the page at the root yet, people get a page", async () => {
    await wire.memory.published.delete("index.html");
    const { status, headers } = await get("/");
    expect([status, headers["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
  });

  test("when scanners ask for an address that no wire has, the API hears of it once a minute", async () => {
    for (let n = 0; n < 5; n++) await get("/wp-login.php");
    expect(wire.counts.origin).toBe(2);
    wire.later(61);
    await get("/wp-login.php");
    expect(wire.counts.origin).toBe(4);
  });

  test("when readers poll a document of a feed that is gone, the API hears nothing", async () => {
    for (const file of ["rss.xml", "atom.xml", "feed.json"])
      expect((await get(`/feeds/gone/${file}`)).headers["content-type"]).toBe("application/xml");
    expect(wire.counts.origin).toBe(3);
  });

  test("when the edge cannot reach S3, it does not say of a page or a story that it is not there", async () => {
    await wire.memory.services.publisher.writeHome();
    await get("/feeds/all/");
    wire.isBucketLost = true;
    for (const path of ["/", "/feeds/breaking/", "/stories/story-1.json", "/robots.txt"])
      expect((await get(path)).status, path).toBe(503);
    // What the edge has goes out meanwhile.
    wire.later(31);
    expect((await get("/feeds/all/")).status).toBe(200);
    wire.isBucketLost = false;
    expect((await get("/stories/story-1.json")).status).toBe(200);
  });
});

describe("by http://", () => {
  test.each([
    "/",
    "/feeds/all/",
    "/feeds/all/rss.xml",
    "/stories/story-1.json",
    "/no-such-page",
    "/feeds?a=b",
  ])("when a reader asks for %s, the edge leads to https://", async (path) => {
    expect(await wire.getPlain(path)).toMatchObject({
      ...{ status: 301, headers: { location: `https://wire.test${path}` } },
    });
    expect(wire.counts).toEqual({ functions: 0, origin: 0 });
  });

  test.each(["/articles", "/articles/x"])("when a program asks for %s, it is refused", async (path) => {
    expect((await wire.getPlain(path)).status).toBe(403);
  });
});

test("one stage may stand in two regions of an account, and its longest names fit", () => {
  const region = "ap-southeast-2";
  const here = namesOf(wire.template, { stage: "prod", region });
  expect(here.map(({ id }) => id)).toEqual(
    expect.arrayContaining(["SiteAccess", "DocumentsCache", "AccessLogSource"]),
  );
  const there = namesOf(wire.template, { stage: "prod", region: "eu-central-1" }).map(({ name }) => name);
  expect(here.filter(({ name }) => there.includes(name))).toEqual([]);
  const longest = namesOf(wire.template, { stage: "a-stage-of-16-ch", region: "ap-southeast-2" });
  expect(longest.filter(({ name, most }) => name.length > most)).toEqual([]);
});

import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Listening, listen } from "../../src/http/adapters/node.ts";
import { writeDirectory } from "../../src/upkeep/directory.ts";
import { STORY, type TestWire, testWire } from "./support.ts";

/** Two servers of one wire: one leaves every request to the app, the other answers beside it what it knows. */
let wire: TestWire;
let slow: Listening;
let quick: Listening;
/** Requests that the app of the quick server has answered. */
let through: string[];

const HOST = "feeds.example.org";
const RSS = "/feeds/all/rss.xml";

beforeEach(async () => {
  wire = testWire({ rights: { syndication: "allow", training: "deny", answers: "deny", search: "allow" } });
  await wire.send("PUT", "/articles/summit?wait=published", { body: STORY });
  await writeDirectory(wire.services);
  await wire.services.publisher.writeHome();
  await wire.stores.published.put("news-sitemap.xml", Buffer.from("<urlset/>"));
  wire.clock.now += 2_000;
  through = [];
  const fetch = (request: Request) => {
    through.push(new URL(request.url).pathname);
    return wire.app.fetch(request);
  };
  const anyPort = { host: "127.0.0.1", port: 0 };
  slow = await listen(wire.app, anyPort);
  quick = await listen({ fetch }, anyPort, wire.documents);
});
afterEach(() => Promise.all([slow.close(), quick.close()]));

type Answer = { status: string; headers: Record<string, string>; body: string };

/** Sends the request as it stands, and reads until the server closes. Names of headers in lower case, without the Date. */
async function ask({ port }: Listening, line: string, headers: string[]): Promise<Answer> {
  const socket = connect(port, "127.0.0.1");
  socket.write([`${line} HTTP/1.1`, ...headers, "Connection: close", "", ""].join("\r\n"));
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  await once(socket, "close");
  const text = Buffer.concat(chunks).toString("latin1");
  const [status = "", ...lines] = text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n");
  const fields = lines.map((line) => [line.split(":")[0]?.toLowerCase(), line.replace(/^[^:]*: */, "")]);
  const { date, ...rest } = Object.fromEntries(fields);
  return { status, headers: rest, body: text.slice(text.indexOf("\r\n\r\n") + 4) };
}

const get = (server: Listening, path: string, ...headers: string[]) =>
  ask(server, `GET ${path}`, [`Host: ${HOST}`, ...headers]);

/** Makes the address known; answers what it was answered with. */
async function know(path: string): Promise<Answer> {
  const answer = await get(quick, path);
  expect(answer.status).toBe("HTTP/1.1 200 OK");
  through.length = 0;
  return answer;
}

/** All kinds of documents, with the encodings and conditions that change an answer. */
const PATHS = [
  "/",
  "/index.html",
  "/news-sitemap.xml",
  "/robots.txt",
  "/feeds",
  "/feeds/all/",
  RSS,
  "/feeds/all/atom.xml",
  "/feeds/all/feed.json",
  "/feeds/tag/%E5%8C%97%E6%9C%9D%E9%AE%AE/rss.xml",
  "/changes/open.json",
  "/stories/summit.json",
];

/** Every kind of request for the feed, and some of them for the others, which go the same way. */
function headersFor(path: string, etag: string, modified: string): string[][] {
  const packed = etag.replace(/"$/, '-gzip"');
  const some = [[], ["Accept-Encoding: gzip"], [`If-None-Match: ${etag}`]];
  if (path !== RSS) return some;
  return [
    ...some,
    ["Accept-Encoding: gzip, deflate, br, zstd"],
    ["Accept-Encoding: identity"],
    ["Accept-Encoding: gzip", "accept-encoding: br;q=0.1"],
    ["Accept-Encoding:"],
    ["Content-Length: 5", "", "hello"],
    [`If-None-Match: "x", W/${etag}`],
    ['If-None-Match: "x"', `If-None-Match: ${etag}`],
    ["If-None-Match: *"],
    ['If-None-Match: "x"', `If-Modified-Since: ${modified}`],
    ["Accept-Encoding: gzip", `If-None-Match: ${packed}`],
    ["Accept-Encoding: gzip", `If-None-Match: ${etag}`],
    [`If-Modified-Since: ${modified}`],
    [`If-Modified-Since: ${modified}`, "If-Modified-Since: Tue, 24 Nov 2020 20:00:01 GMT"],
    ["If-Modified-Since: Tue, 24 Nov 2020 20:00:01 GMT"],
    [`If-Match: ${etag}`],
    ["Range: bytes=0-10"],
  ];
}

describe("an address that was answered before", () => {
  test.each(PATHS)(
    "when %s is asked in any way, it is answered as the app does, without the app",
    async (path) => {
      const { headers } = await know(path);
      for (const more of headersFor(path, `${headers.etag}`, `${headers["last-modified"]}`)) {
        for (const line of [`GET ${path}`, `HEAD ${path}`]) {
          const sent = [`Host: ${HOST}`, ...more];
          expect(await ask(quick, line, sent), `${line} ${more}`).toEqual(await ask(slow, line, sent));
        }
      }
      expect(through).toEqual([]);
    },
  );

  test("when the document was written within this second, it is answered without a date, and later with one", async () => {
    await know(RSS);
    await wire.send("PUT", "/articles/summit?wait=published", {
      body: { ...STORY, headline: "New", revision: 2 },
    });
    for (const later of [0, 1_000]) {
      wire.clock.now += later;
      const answer = await get(quick, RSS);
      expect(answer).toEqual(await get(slow, RSS));
      expect(answer.headers["last-modified"] === undefined).toBe(later === 0);
      expect(answer.body).toContain("New");
    }
    expect(through).toEqual([]);
  });

  test("when another document stands there, or the same again, no reader gets an answer that is not its own", async () => {
    const first = await know(RSS);
    const known = [`If-None-Match: ${first.headers.etag}`, "Accept-Encoding: identity"];
    const { published } = wire.stores;
    const old = await published.get("feeds/all/rss.xml");
    for (const body of [Buffer.from("<rss/>"), Buffer.from("<rss>2</rss>"), old?.body ?? Buffer.of()]) {
      await published.put("feeds/all/rss.xml", body);
      wire.clock.now += 2_000;
      expect((await get(quick, RSS)).body).toBe(Buffer.from(body).toString("latin1"));
      const isOld = body === old?.body;
      expect((await get(quick, RSS, ...known)).status).toMatch(isOld ? / 304 / : / 200 /);
    }
    expect(through).toEqual([]);
  });
});

describe("the app answers, though the address is known", () => {
  test.each([
    ["a condition that does not hold", `GET ${RSS}`, [`Host: ${HOST}`, 'If-Match: "x"'], " 412 "],
    ["a query", `GET ${RSS}?a=1`, [`Host: ${HOST}`], " 200 "],
    ["another method", `POST ${RSS}`, [`Host: ${HOST}`, "Content-Length: 0"], " 405 "],
    ["a preflight", `OPTIONS ${RSS}`, [`Host: ${HOST}`], " 204 "],
    ["another spelling", `GET /feeds/x/../all/rss.xml`, [`Host: ${HOST}`], " 200 "],
    ["a whole address", `GET http://${HOST}${RSS}`, [`Host: ${HOST}`], " 200 "],
    ["another host", `GET ${RSS}`, ["Host: other.example.org"], " 200 "],
    ["no host", `GET ${RSS}`, [], " 400 "],
    ["two hosts", `GET ${RSS}`, [`Host: ${HOST}`, `Host: ${HOST}`], ""],
    ["a host that takes a part of the path", "GET /all/rss.xml", [`Host: ${HOST}/feeds`], " 400 "],
    ["a host that ends in a path", "GET /rss.xml", [`Host: ${HOST}/feeds/all`], " 400 "],
    ["a user in the host", `GET ${RSS}`, [`Host: user@${HOST}`], " 400 "],
  ])("when a request has %s", async (_, line, headers, status) => {
    await know(RSS);
    const answer = await ask(quick, line, headers);
    expect(answer.status).toContain(status);
    expect(answer).toEqual(await ask(slow, line, headers));
  });

  test("when the document is gone, and when the store fails", async () => {
    await know(RSS);
    await wire.stores.published.delete("feeds/all/rss.xml");
    expect(await get(quick, RSS)).toEqual(await get(slow, RSS));
    wire.stores.published.head = () => Promise.reject(new Error("away"));
    wire.stores.published.get = () => Promise.reject(new Error("away"));
    const failed = await get(quick, RSS);
    expect(failed.status).toContain(" 500 ");
    expect(failed).toEqual(await get(slow, RSS));
    expect(through).toEqual([RSS, RSS]);
  });
});

test("when a document is polled, it is read and packed once for each encoding, and not at all for who has it", async () => {
  const { published } = wire.stores;
  const real = published.get.bind(published);
  let reads = 0;
  published.head = real;
  published.get = (key) => {
    reads++;
    return real(key);
  };
  const { headers } = await know(RSS);
  for (let i = 0; i < 3; i++) {
    await get(quick, RSS, "Accept-Encoding: gzip");
    await get(quick, RSS, "Accept-Encoding: br");
    await get(quick, RSS, `If-None-Match: ${headers.etag}`);
  }
  expect(reads).toBe(3);
});

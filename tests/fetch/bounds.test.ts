import { Readable } from "node:stream";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { guarded, handTimer, PUBLIC, serve, serveRaw } from "./support.ts";

const HOST = "a.example.org";
const TABLE = () => ({ [HOST]: [[PUBLIC]] });
const fetchFrom = (port: number, options = {}, outside = {}) =>
  guarded(TABLE(), outside).fetch(`http://${HOST}:${port}/feed?token=secret`, options);

function* endless() {
  for (;;) yield "x".repeat(4_096);
}

describe("time", () => {
  test("when a server sends no head, the request ends after the idle time", async () => {
    const hand = handTimer();
    const arrived = Promise.withResolvers<void>();
    const port = await serve(() => arrived.resolve());
    const run = fetchFrom(port, { limits: { idleMs: 1_000 } }, { timer: hand.timer });
    await arrived.promise;
    hand.pass(1_000);
    await expect(run).rejects.toMatchObject({
      code: "unavailable",
      message: `http://${HOST}:${port}/feed?token=… sent nothing for 1000 ms.`,
    });
    expect(hand.left()).toBe(0);
  });

  test("when a server sends a header a second for ever, the request ends after its whole time", async () => {
    const hand = handTimer();
    const arrived = Promise.withResolvers<void>();
    const port = await serveRaw((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nX-A: b\r\n", () => arrived.resolve());
    });
    const run = fetchFrom(port, { limits: { totalMs: 5_000, idleMs: 60_000 } }, { timer: hand.timer });
    await arrived.promise;
    hand.pass(5_000);
    await expect(run).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/took longer than 5000 ms/),
    });
  });

  test("when a body stops in its middle, it ends after the idle time", async () => {
    const hand = handTimer();
    const port = await serve((_, response) => response.writeHead(200).write("half"));
    const answer = await fetchFrom(port, { limits: { idleMs: 1_000 } }, { timer: hand.timer });
    const chunks = answer.body[Symbol.asyncIterator]();
    expect(String((await chunks.next()).value)).toBe("half");
    const rest = chunks.next();
    await new Promise(setImmediate);
    hand.pass(1_000);
    await expect(rest).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/sent nothing for 1000 ms/),
    });
    expect(hand.left()).toBe(0);
  });

  test("when a body drips, its whole time ends it, however lively it is", async () => {
    const hand = handTimer();
    const port = await serve((_, response) => {
      response.on("error", () => {});
      const drip = () => response.writable && response.write("x", () => setImmediate(drip));
      drip();
    });
    const options = { limits: { totalMs: 5_000, idleMs: 10_000 } };
    const answer = await fetchFrom(port, options, { timer: hand.timer });
    const run = (async () => {
      for await (const _ of answer.body) hand.pass(100);
    })();
    await expect(run).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/took longer than 5000 ms/),
    });
  });

  test("when the resolver never answers, the request ends", async () => {
    const hand = handTimer();
    const run = fetchFrom(1, {}, { timer: hand.timer, resolve: () => new Promise(() => {}) });
    hand.pass(60_000);
    await expect(run).rejects.toMatchObject({ code: "unavailable" });
  });

  test("when nobody reads an answer, its connection ends with its time", async () => {
    const hand = handTimer();
    const closed = Promise.withResolvers<void>();
    const port = await serve((request, response) => {
      request.socket.on("close", () => closed.resolve());
      response.write("some");
    });
    await fetchFrom(port, {}, { timer: hand.timer });
    hand.pass(60_000);
    await closed.promise;
  });

  test("when the caller gives up, so does the request, and a cancelled answer closes its connection", async () => {
    const closed = Promise.withResolvers<void>();
    const port = await serve((request, response) => {
      request.socket.on("close", () => closed.resolve());
      if (request.method === "GET") response.write("some");
    });
    const aborter = new AbortController();
    const run = fetchFrom(port, { signal: aborter.signal, method: "POST" });
    aborter.abort();
    await expect(run).rejects.toMatchObject({ message: expect.stringMatching(/was given up/) });
    const answer = await fetchFrom(port);
    await answer.cancel();
    await closed.promise;
  });
});

describe("size", () => {
  const LIMITS = { limits: { maxBytes: 10_000, maxUnpackedBytes: 50_000 } };
  const tooLarge = { code: "too-large", message: expect.stringContaining(`http://${HOST}`) };

  test("when a body never ends, it is cut off at the bound", async () => {
    const port = await serve((_, response) => {
      response.on("error", () => {});
      Readable.from(endless()).pipe(response);
    });
    await expect((await fetchFrom(port, LIMITS)).bytes()).rejects.toMatchObject(tooLarge);
  });

  test("when a body says that it is too large, it is not read", async () => {
    const port = await serve((_, response) =>
      response.writeHead(200, { "content-length": 10_001 }).write("x"),
    );
    await expect((await fetchFrom(port, LIMITS)).bytes()).rejects.toMatchObject(tooLarge);
  });

  test.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
  ])("when %s unpacks to more than the bound, it is cut off there", async (coding, pack) => {
    const bomb = pack(Buffer.alloc(5_000_000));
    expect(bomb.byteLength).toBeLessThan(10_000);
    const port = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": coding }).end(bomb),
    );
    await expect((await fetchFrom(port, LIMITS)).bytes()).rejects.toMatchObject(tooLarge);
  });

  test("when the headers are too large, the request fails", async () => {
    const port = await serve((_, response) => response.writeHead(200, { "x-a": "b".repeat(20_000) }).end());
    await expect(fetchFrom(port)).rejects.toMatchObject({
      code: "too-large",
      message: expect.stringMatching(/headers .+ too large/),
    });
  });
});

describe("what is sent", () => {
  test.each([
    ["gzip", gzipSync],
    ["X-GZIP", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
    ["identity", (text: Buffer) => text],
  ])("when the coding is %s, the bytes come out unpacked", async (coding, pack) => {
    const text = "News. ".repeat(1_000);
    const port = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": coding }).end(pack(Buffer.from(text))),
    );
    expect(String(await (await fetchFrom(port)).bytes())).toBe(text);
  });

  test.each(["zstd", "gzip, br", "constructor"])("when the coding is %s, it is refused", async (coding) => {
    const port = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": coding }).end("x"),
    );
    await expect((await fetchFrom(port)).bytes()).rejects.toMatchObject({ code: "malformed" });
  });

  test("when packed bytes are none, the error names the address", async () => {
    const port = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end("plain"),
    );
    await expect((await fetchFrom(port)).bytes()).rejects.toMatchObject({
      code: "malformed",
      message: expect.stringMatching(
        /^The answer of http:\/\/a\.example\.org:\d+\/feed\?token=… cannot be unpacked\./,
      ),
    });
  });

  test("when an answer is shorter than it says, it is refused as broken off", async () => {
    const port = await serveRaw((socket) =>
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"),
    );
    await expect((await fetchFrom(port)).bytes()).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/broke off/),
    });
  });

  test("when an answer is longer than it says, the rest is left", async () => {
    const port = await serveRaw((socket) =>
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nshort and more"),
    );
    expect(String(await (await fetchFrom(port)).bytes())).toBe("short");
  });

  test("when two lengths contradict each other, the answer is refused", async () => {
    const head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n";
    const port = await serveRaw((socket) => socket.end(`${head}5\r\nshort\r\n0\r\n\r\n`));
    await expect(fetchFrom(port)).rejects.toMatchObject({ code: "unavailable" });
  });

  test.each([
    ["before its head", ""],
    ["in its body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"],
  ])("when a server resets the connection %s, the error says that it broke off", async (_, sent) => {
    const port = await serveRaw((socket) =>
      socket.write(sent, () => setImmediate(() => socket.resetAndDestroy())),
    );
    const run = fetchFrom(port).then((answer) => answer.bytes());
    await expect(run).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/broke off/),
    });
  });

  test("when what answers is no HTTP, the error says so", async () => {
    const port = await serveRaw((socket) => socket.end("SSH-2.0-OpenSSH\r\n"));
    await expect(fetchFrom(port)).rejects.toMatchObject({ code: "unavailable" });
  });
});

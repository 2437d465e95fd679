import { describe, expect, test } from "vitest";
import { guarded, PUBLIC, serve } from "./support.ts";

const refused = (message: RegExp) => ({ code: "invalid", message: expect.stringMatching(message) });

describe("the guarded fetch", () => {
  test("when a name leads to a public address, it connects to that address and answers what is there", async () => {
    const port = await serve((request, response) => response.end(`${request.headers.host} ${request.url}`));
    const { fetch, reached } = guarded({ "cms.example.org": [[PUBLIC]] });
    const answer = await fetch(`http://cms.example.org:${port}/feed?page=2`);
    expect(answer.status).toBe(200);
    expect(String(await answer.bytes())).toBe(`cms.example.org:${port} /feed?page=2`);
    expect(reached).toEqual([PUBLIC]);
  });

  test("when the second answer of a name would be private, the socket still gets the first one", async () => {
    const port = await serve((_, response) => response.end("here"));
    const { fetch, reached, asked } = guarded({ "rebind.example.org": [[PUBLIC], ["127.0.0.1"]] });
    await (await fetch(`http://rebind.example.org:${port}/`)).bytes();
    expect(asked).toEqual(["rebind.example.org"]);
    expect(reached).toEqual([PUBLIC]);
    await expect(fetch(`http://rebind.example.org:${port}/`)).rejects.toMatchObject(refused(/127\.0\.0\.1/));
    expect(reached).toEqual([PUBLIC]);
  });

  test("when Node itself connects, it connects to the address that was checked", async () => {
    const port = await serve((_, response) => response.end("ours"));
    // No resolver of this machine knows the name.
    const { fetch } = guarded({ "intranet.invalid": [["127.0.0.1"]] }, { connect: undefined as never });
    const answer = await fetch(`http://intranet.invalid:${port}/`, { allowsPrivate: true });
    expect(String(await answer.bytes())).toBe("ours");
  });

  test("when one of many addresses of a name is private, the name is refused", async () => {
    const { fetch, reached } = guarded({ "mixed.example.org": [[PUBLIC, "10.0.0.7"]] });
    await expect(fetch("http://mixed.example.org/")).rejects.toMatchObject(
      refused(/^http:\/\/mixed\.example\.org\/ leads to 10\.0\.0\.7, a private address: /),
    );
    expect(reached).toEqual([]);
  });

  test.each(["127.0.0.1", "10.0.0.7", "192.168.1.1", "::1", "fd12::1", "::ffff:10.0.0.7"])(
    "when a caller allows private addresses, %s is reached, and without that it is not",
    async (address) => {
      const port = await serve((_, response) => response.end());
      const { fetch, reached } = guarded({ "cms.intranet": [[address]] });
      await expect(fetch(`http://cms.intranet:${port}/`)).rejects.toMatchObject(refused(/leads to/));
      await (await fetch(`http://cms.intranet:${port}/`, { allowsPrivate: true })).bytes();
      expect(reached).toEqual([address]);
    },
  );

  test.each([
    "169.254.169.254",
    "fd00:ec2::254",
    "fe80::1",
    "0.0.0.0",
    "::ffff:169.254.169.254",
    "224.0.0.1",
  ])("when a name leads to %s, it is refused whatever the caller allows", async (address) => {
    const { fetch, reached } = guarded({ "evil.example.org": [[address]] });
    const run = fetch("http://evil.example.org/latest/meta-data/", { allowsPrivate: true });
    await expect(run).rejects.toMatchObject(refused(/does not ask for it/));
    expect(reached).toEqual([]);
  });

  test.each([
    ["ftp://example.org/", /is no http or https address/],
    ["file:///etc/passwd", /is no http or https address/],
    ["http://editor:secret@example.org/", /^http:\/\/example\.org\/ holds a user name or a password/],
    ["not a url", /is no URL/],
    [`http://example.org/${"x".repeat(9_000)}`, /is longer than 8192 characters/],
  ])("when the address is %s, it is refused by its form", async (address, message) => {
    await expect(guarded({}).fetch(address)).rejects.toMatchObject(refused(message));
  });

  test("when a caller wants https, http is refused", async () => {
    const run = guarded({}).fetch("http://hub.example.org/", { isHttpsOnly: true });
    await expect(run).rejects.toMatchObject(refused(/is no https address/));
  });

  test("when a name has no address, the error says so and is worth another try", async () => {
    const { fetch } = guarded({ "empty.example.org": [[]] });
    await expect(fetch("https://gone.example.org/a?key=secret")).rejects.toMatchObject({
      code: "unavailable",
      message: "The host of https://gone.example.org/a?key=… is not found (ENOTFOUND).",
    });
    await expect(fetch("https://empty.example.org/")).rejects.toMatchObject({ code: "unavailable" });
  });

  test("when a caller sends validators and its own name, they arrive, and what Node sets stays", async () => {
    let seen: unknown;
    const port = await serve((request, response) => {
      seen = request.headers;
      response.writeHead(304, { etag: '"a"' }).end();
    });
    const { fetch } = guarded({ "cms.example.org": [[PUBLIC]] });
    const headers = {
      "If-None-Match": '"a"',
      "User-Agent": "Import",
      Host: "other.example.org",
      Connection: "x",
    };
    const answer = await fetch(`http://cms.example.org:${port}/`, { headers });
    expect([answer.status, answer.headers.get("etag"), String(await answer.bytes())]).toEqual([
      304,
      '"a"',
      "",
    ]);
    expect(seen).toMatchObject({
      "if-none-match": '"a"',
      "user-agent": "Import",
      host: `cms.example.org:${port}`,
      connection: "close",
      "accept-encoding": "gzip, deflate, br",
    });
  });
});

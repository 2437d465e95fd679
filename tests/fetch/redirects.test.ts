import { expect, test } from "vitest";
import { guarded, PUBLIC, serve } from "./support.ts";

const TABLE = () => ({
  "a.example.org": [[PUBLIC]],
  "b.example.org": [[PUBLIC]],
  "inside.example.org": [["10.0.0.7"]],
});

/** A server that sends everybody on to where the path of the request says, and answers what it was asked elsewhere. */
async function redirecting(status = 302) {
  const seen: { url: string; method: string; headers: Record<string, unknown>; body: string }[] = [];
  const port = await serve(async (request, response) => {
    const body = String(Buffer.concat(await request.toArray()));
    const { url = "", method = "", headers } = request;
    seen.push({ url, method, headers, body });
    const to = new URL(url, "http://x").searchParams.get("to");
    if (to === null) response.end("arrived");
    else response.writeHead(status, { location: to.replaceAll("PORT", String(port)) }).end("moved");
  });
  const at = (to: string, host = "a.example.org") => `http://${host}:${port}/?to=${encodeURIComponent(to)}`;
  return { port, seen, at };
}

test("when a redirect leads to another path, it is followed there", async () => {
  const { at, port } = await redirecting();
  const answer = await guarded(TABLE()).fetch(at("/there"));
  expect([answer.url, String(await answer.bytes())]).toEqual([
    `http://a.example.org:${port}/there`,
    "arrived",
  ]);
});

test.each([
  "http://inside.example.org:PORT/",
  "http://127.0.0.1:PORT/",
  "http://[::1]:PORT/",
  "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
  "http://[fd00:ec2::254]/",
  "http://2852039166/",
  "//10.0.0.7:PORT/",
  "file:///etc/passwd",
  "http://editor:secret@b.example.org:PORT/",
])("when a redirect leads to %s, it is refused before anything connects there", async (to) => {
  const { at, seen } = await redirecting();
  const { fetch, reached } = guarded(TABLE());
  await expect(fetch(at(to))).rejects.toMatchObject({ code: "invalid" });
  expect([seen.length, reached.length]).toEqual([1, 1]);
});

test("when the caller allows private addresses, a redirect to the metadata of the machine is still refused", async () => {
  const { at } = await redirecting();
  const run = guarded(TABLE()).fetch(at("http://169.254.169.254/"), { allowsPrivate: true });
  await expect(run).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining("link-local"),
  });
});

test("when a redirect leads to another origin, no header goes there that may be a credential", async () => {
  const { at, seen } = await redirecting();
  const headers = {
    Authorization: "Basic c2VjcmV0",
    Cookie: "session=1",
    "X-Api-Key": "secret",
    Accept: "application/json",
    "If-None-Match": '"a"',
  };
  await (await guarded(TABLE()).fetch(at("/x"), { headers })).bytes();
  expect(seen.at(-1)?.headers).toMatchObject({ authorization: "Basic c2VjcmV0", "x-api-key": "secret" });
  await (await guarded(TABLE()).fetch(at("http://b.example.org:PORT/"), { headers })).bytes();
  expect(Object.keys(seen.at(-1)?.headers ?? {}).sort()).toEqual(
    ["accept", "accept-encoding", "connection", "host", "user-agent"].sort(),
  );
});

test("when redirects lead round in a circle, they are given up at the first repetition", async () => {
  const { at, seen } = await redirecting();
  await expect(guarded(TABLE()).fetch(at(at("/x").replace(/.*\?/, "/?")))).resolves.toBeDefined();
  seen.length = 0;
  const port = await serve((request, response) =>
    response.writeHead(301, { location: request.url === "/a" ? "/b" : "/a" }).end(),
  );
  await expect(guarded(TABLE()).fetch(`http://a.example.org:${port}/a`)).rejects.toMatchObject({
    message: `http://a.example.org:${port}/a sends its readers round in a circle.`,
  });
});

test("when redirects never end, they are given up after the maximum", async () => {
  let count = 0;
  const port = await serve((_, response) => response.writeHead(308, { location: `/${++count}` }).end());
  await expect(guarded(TABLE()).fetch(`http://a.example.org:${port}/0`)).rejects.toMatchObject({
    message: expect.stringMatching(/on more than 5 times\.$/),
  });
  expect(count).toBe(6);
});

test.each([
  [301, false],
  [302, false],
  [303, false],
  [307, true],
  [308, true],
])("when a POST is answered %i, it is repeated with its body: %s", async (status, follows) => {
  const { at, seen } = await redirecting(status);
  const answer = await guarded(TABLE()).fetch(at("/there"), { method: "POST", body: "ping" });
  await answer.bytes();
  expect(answer.status).toBe(follows ? 200 : status);
  expect(seen.map(({ method, body }) => `${method} ${body}`)).toEqual(
    Array(follows ? 2 : 1).fill("POST ping"),
  );
});

test("when a 3xx has no Location, it is the answer", async () => {
  const port = await serve((_, response) => response.writeHead(302).end("no way on"));
  expect((await guarded(TABLE()).fetch(`http://a.example.org:${port}/`)).status).toBe(302);
});

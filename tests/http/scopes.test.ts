import { describe, expect, test } from "vitest";
import { createToken } from "../../src/repository/tokens.ts";
import { problem, STORY, testWire } from "./support.ts";

/** What a token may do, by its scopes. */

const PATH = "/articles/summit";
const NDJSON = { "Content-Type": "application/x-ndjson" };
const KILL = { id: "summit", published: STORY.published, status: "withdrawn", revision: 2 };

/** A wire with one live article and a token for each of these lists of scopes. */
async function wireWith<const S extends readonly string[]>(...lists: S) {
  const wire = testWire();
  await wire.send("PUT", PATH, { body: STORY });
  const made = await Promise.all(
    lists.map(async (list) => [
      list,
      await createToken(wire.services, `of-${list.replaceAll(",", "-")}`, { scopes: list.split(",") }),
    ]),
  );
  wire.logs.length = 0;
  return { ...wire, tokens: Object.fromEntries(made) as Record<S[number], string> };
}

type Answer = { line: number; id?: string; status: number; problem?: { type: string; detail: string } };

const GET = { method: "GET", path: PATH };
const PLACES = { method: "GET", path: `${PATH}/feeds` };
const HEAD = { method: "HEAD", path: PATH };
const PUT = { method: "PUT", path: PATH, body: { ...STORY, revision: 3 } };
const PUT_KILL = { method: "PUT", path: PATH, body: KILL };
const DELETE = { method: "DELETE", path: PATH };
const POST = { method: "POST", path: "/articles", body: [{ ...STORY, revision: 3 }] };
const POST_KILL = { method: "POST", path: "/articles", body: [KILL] };
const DRY = { ...POST, path: "/articles?dry-run=true" };
const DRY_KILL = { ...POST_KILL, path: "/articles?dry-run=true" };
const ALL = { GET, PLACES, HEAD, PUT, PUT_KILL, DELETE, POST, POST_KILL, DRY, DRY_KILL };

describe("when a token has some scopes, it may do what they say and nothing else", () => {
  test.each([
    ["read", ["GET", "PLACES", "HEAD"]],
    ["write", ["PUT", "POST", "DRY"]],
    ["withdraw", ["PUT_KILL", "DELETE", "POST_KILL", "DRY_KILL"]],
    ["read,write", ["GET", "PLACES", "HEAD", "PUT", "POST", "DRY"]],
    ["write,withdraw", ["PUT", "PUT_KILL", "DELETE", "POST", "POST_KILL", "DRY", "DRY_KILL"]],
    ["read,write,withdraw", Object.keys(ALL)],
  ])("%s", async (list, may) => {
    const allowed: string[] = [];
    for (const [name, { method, path, ...rest }] of Object.entries(ALL)) {
      const { send, tokens, stores } = await wireWith(list);
      const before = await stores.newsroom.get("articles/summit.json");
      const response = await send(method, path, { ...rest, token: tokens[list] ?? "" });
      // Of many records, each has its own answer; a token that may send none at all is refused at once.
      const isMany = method === "POST" && response.status === 200;
      const status = isMany ? ((await response.json()) as Answer[])[0]?.status : response.status;
      if (status !== 403) allowed.push(name);
      else expect((await stores.newsroom.get("articles/summit.json"))?.etag, name).toBe(before?.etag);
      expect([200, 403], name).toContain(status);
    }
    expect(allowed.sort()).toEqual(may.toSorted());
  });
});

test("when a request is refused, the answer names the scope and not the token, and the log names the holder", async () => {
  const { send, tokens, logs } = await wireWith("read", "write");
  const response = await send("DELETE", PATH, { token: tokens.write });
  expect(response.headers.get("www-authenticate")).toBe(
    'Bearer realm="flashwire", error="insufficient_scope", scope="withdraw"',
  );
  const answer = await problem(response);
  expect(answer).toEqual({
    type: "urn:flashwire:problem:forbidden",
    title: "The token may not do this",
    status: 403,
    detail: expect.stringContaining("the scope withdraw"),
  });
  // Before a byte of the body is read.
  const endless = new ReadableStream<Uint8Array>(
    { pull: () => expect.fail("the body was read") },
    { highWaterMark: 0 },
  );
  const refused = await problem(
    await send("PUT", `${PATH}?strict=true`, { token: tokens.read, body: endless }),
  );
  expect(refused).toMatchObject({ status: 403, detail: expect.stringContaining("the scope write") });
  expect(logs).toEqual([
    {
      event: "request.refused",
      details: { reason: "scope", scope: "withdraw", by: "of-write", what: "DELETE /articles/summit" },
    },
    {
      event: "request.refused",
      details: { reason: "scope", scope: "write", by: "of-read", what: "PUT /articles/summit" },
    },
  ]);
  for (const token of Object.values(tokens)) {
    expect(JSON.stringify([answer, refused, logs])).not.toContain(token);
  }
});

test.each(["/articles", "/articles?dry-run=true"])(
  "when some lines of a POST to %s need another scope, these lines alone are answered 403",
  async (path) => {
    const { send, tokens, logs } = await wireWith("write");
    const records = [{ ...STORY, id: "a" }, KILL, { ...STORY, id: "b" }, { ...KILL, status: "killed?" }];
    const body = records.map((record) => `${JSON.stringify(record)}\n`).join("");
    const response = await send("POST", path, { body, headers: NDJSON, token: tokens.write });
    const answers = (await response.text())
      .trim()
      .split("\n")
      .map((line): Answer => JSON.parse(line));
    expect(answers.map(({ id, status }) => [id, status])).toEqual([
      ["a", 201],
      ["summit", 403],
      ["b", 201],
      ["summit", 422],
    ]);
    expect(answers[1]?.problem).toMatchObject({
      type: "urn:flashwire:problem:forbidden",
      detail: expect.stringContaining("the scope withdraw"),
    });
    expect(logs).toContainEqual({
      event: "request.refused",
      details: {
        reason: "scope",
        scope: "withdraw",
        by: "of-write",
        what: "POST /articles",
        line: 2,
        id: "summit",
      },
    });
    expect((await send("GET", PATH)).status).toBe(200);
  },
);

test("when a token may not withdraw, it cannot do so by an unusual spelling of the status", async () => {
  const { send, tokens } = await wireWith("write");
  for (const status of ["Withdrawn", "WITHDRAWN", " withdrawn ", "canceled", "killed", ["withdrawn"], null]) {
    await send("PUT", PATH, { body: { ...KILL, status }, token: tokens.write });
    expect((await send("GET", PATH)).status, JSON.stringify(status)).toBe(200);
  }
});

test("when a token is unknown, the answer is still 401", async () => {
  const { send } = await wireWith("read");
  expect((await problem(await send("DELETE", PATH, { token: "fw_unknown" }))).status).toBe(401);
});

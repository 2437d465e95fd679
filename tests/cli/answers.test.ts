import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flashwire, linesOf, story } from "./support.ts";

/** Another server than a wire, or a wire of another version: what the command line says of its answers. */

let url: string;
let answer: (response: ServerResponse) => void;
let handle: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;
const server = createServer((request, response) => {
  if (handle !== undefined) return void handle(request, response);
  request.resume().on("end", () => answer(response));
});

beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const run = (...args: string[]) => flashwire([...args, "--url", url, "--json"], {});

function answers(status: number, body: unknown, type = "application/json"): void {
  answer = (response) => {
    response.writeHead(status, { "Content-Type": type });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

async function errorOf(run: Promise<{ code: number | null; stderr: string }>) {
  const { code, stderr } = await run;
  return { exit: code, ...(linesOf(stderr)[0]?.error as object) };
}

const problem = (code: string, status: number, more = {}) => ({
  ...{ type: `urn:flashwire:problem:${code}`, title: "A title", status, detail: "Said there." },
  ...more,
});

describe("when the wire answers a status", () => {
  test.each([
    [403, "forbidden", 3],
    [403, "not-through-cdn", 3],
    [404, "not-found", 1],
    [410, "withdrawn", 1],
    [412, "precondition-failed", 1],
    [413, "too-large", 1],
    [422, "invalid", 2],
    [500, "internal", 1],
    [500, "unreadable", 1],
  ])("%i of the kind %s is reported as that kind", async (status, code, exit) => {
    answers(status, problem(code, status), "application/problem+json");
    expect(await errorOf(run("withdraw", "a"))).toEqual({ exit, code, message: "Said there." });
  });

  test.each([
    [418, {}, "418 I'm a Teapot."],
    [403, "<h1>Not you</h1>", "403 Forbidden."],
    [404, "<h1>Not here</h1>", "404 Not Found."],
    [500, problem("of-tomorrow", 500), "500 Internal Server Error. Said there."],
    [302, "", "302 Found."],
  ])("%i with no problem that this program knows is reported as that status", async (status, body, said) => {
    answers(status, body);
    expect(await errorOf(run("withdraw", "a"))).toEqual({
      exit: 3,
      code: `http-${status}`,
      message: `${url}/articles/a?wait=published answers ${said}`,
    });
  });
});

describe("when an answer is not as the contract says", () => {
  const accepted = { id: "a", version: "1", result: "withdrawn", feeds: ["all"] };

  test.each([
    ["withdraw", "<html>", "is no JSON"],
    ["withdraw", null, "the answer is null, expected is Object"],
    ["withdraw", [], "id is missing"],
    ["withdraw", { ...accepted, feeds: undefined }, "feeds is missing"],
    ["withdraw", { ...accepted, result: "eaten" }, 'result is "eaten", expected is ("created" | '],
    ["feeds", { title: "T", feeds: [{ name: "all" }] }, "feeds.0.title is missing"],
    ["show", { id: "a", headline: "A" }, "guid is missing"],
  ])(
    "and comes for %s as %j, it is an error that says what is wrong with the answer",
    async (command, body, what) => {
      answers(200, body);
      const args = command === "feeds" ? [command] : [command, "a"];
      expect(await errorOf(run(...args))).toEqual({
        exit: 3,
        code: "unexpected-answer",
        message: expect.stringContaining(what),
      });
    },
  );

  test("and is for a batch, it is an error at once: no repetition would mend it", async () => {
    answers(200, '{"line":1,"state":"fine"}\n', "application/x-ndjson");
    const { code, stderr } = await flashwire(["ingest", "-", "--url", url], {}, JSON.stringify(story("a")));
    expect(code).toBe(3);
    expect(stderr).toContain("status is missing");
  });

  test("is sent in halves when the bodies are too large for who stands before the wire", async () => {
    const sizes: number[] = [];
    handle = async (request, response) => {
      const lines = (await text(request)).trim().split("\n");
      sizes.push(lines.length);
      if (lines.length > 2) return void response.writeHead(413).end('{"message":"Request Entity Too Large"}');
      const accepted = (_: string, i: number) =>
        JSON.stringify({ line: i + 1, id: "a", version: "1", result: "created", feeds: [], status: 201 });
      response.writeHead(200, { "Content-Type": "application/x-ndjson" });
      response.end(`${lines.map(accepted).join("\n")}\n`);
    };
    const records = ["a", "b", "c", "d", "e"].map((id) => JSON.stringify(story(id))).join("\n");
    const { code, stdout } = await flashwire(["ingest", "-", "--url", url], {}, records);
    handle = undefined;
    expect([code, sizes]).toEqual([0, [5, 3, 2, 1, 2]]);
    expect(stdout).toContain("5 created");
  });

  test("is an error when a record alone is too large for who stands before the wire", async () => {
    answers(413, { message: "Request Entity Too Large" });
    const { code, stderr } = await flashwire(["ingest", "-", "--url", url], {}, JSON.stringify(story("a")));
    expect([code, stderr]).toEqual([3, expect.stringContaining("413 Payload Too Large")]);
  });

  test("but only has members that this program does not know, it is taken, and printed with them", async () => {
    answers(200, { ...accepted, warnings: [] });
    const { code, stdout } = await run("withdraw", "a");
    expect([code, JSON.parse(stdout)]).toEqual([0, { ...accepted, warnings: [] }]);
  });
});

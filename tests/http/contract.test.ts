import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { problemType } from "../../src/contract/problem.ts";
import { type ErrorCode, PROBLEMS } from "../../src/core/errors.ts";
import { UNKNOWN_TOKEN_CACHE_MS } from "../../src/repository/limits.ts";
import { createToken } from "../../src/repository/tokens.ts";
import { closed } from "../schemas/support.ts";
import { ORIGIN, request, type Sent, STORY, type TestWire, testWire } from "./support.ts";

/*
 * Every answer of the real routes is what /openapi.json says of it: the status and the media type are declared, the
 * body is of its schema and has no member beyond it, and a problem is of a kind that is declared there.
 */

type Schema = { properties?: Record<string, Schema>; [keyword: string]: unknown };
type Declared = { description: string; content?: Record<string, { schema: Schema }> };
type Api = {
  paths: Record<string, Record<string, { responses: Record<string, Declared> }>>;
  components: { schemas: Record<string, Schema> };
};

/** Any request may get these; OpenAPI has no place for what is the same everywhere. */
const EVERYWHERE: ErrorCode[] = ["method-not-allowed", "internal", "not-through-cdn"];

async function contractOf(wire: TestWire) {
  const api = (await (await wire.send("GET", "/openapi.json")).json()) as Api;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: "api", components: closed(api.components) });
  return { api, ajv };
}

type Contract = Awaited<ReturnType<typeof contractOf>>;

/** The path of the OpenAPI document that this request is for. */
function pathOf({ api }: Contract, pathname: string): string {
  const fits = (pattern: string) =>
    new RegExp(`^${pattern.replace("{feed}", ".+").replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname);
  return Object.keys(api.paths).find(fits) ?? expect.fail(`${pathname} is not in the OpenAPI document`);
}

async function expectDeclared(contract: Contract, sent: Request, answer: Response): Promise<void> {
  const { pathname } = new URL(sent.url);
  const what = `${sent.method} ${pathname}: ${answer.status}`;
  const text = await answer.text();
  const type = (answer.headers.get("content-type") ?? "").split(";")[0] ?? "";
  const problem = type === "application/problem+json" ? (JSON.parse(text) as { type: string }) : undefined;
  if (problem) {
    expectValid(contract, { $ref: "#/components/schemas/Problem" }, problem, what);
    if (EVERYWHERE.some((code) => problem.type === problemType(code))) return;
  }
  const operation = contract.api.paths[pathOf(contract, pathname)]?.[sent.method.toLowerCase()];
  const declared = operation?.responses[answer.status];
  expect(declared, `${what} is declared`).toBeDefined();
  if (problem) return expect(declared?.description, what).toContain(problem.type);
  if (answer.status === 301 || answer.status === 304) return expect(text).toBe("");
  const schema = declared?.content?.[type]?.schema;
  expect(schema, `${what} as ${type} is declared`).toBeDefined();
  const lines = type === "application/x-ndjson" ? text.split("\n").filter((line) => line !== "") : [text];
  if (/json$/.test(type))
    for (const line of lines) expectValid(contract, schema ?? {}, JSON.parse(line), what);
}

function expectValid({ ajv }: Contract, schema: object, value: unknown, what: string): void {
  const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/'));
  expect(ajv.validate(absolute, value), `${what} ${ajv.errorsText()} ${JSON.stringify(value)}`).toBe(true);
}

type Step = [method: string, path: string, sent?: Sent];
const ndjson = { "Content-Type": "application/x-ndjson" };
const lines = [STORY, { ...STORY, id: "b", breaking: true }, { id: "c" }, 1];

/** What a token that may only read is refused, and one that may only send live records. */
const refusedSteps = (reader: string, writer: string): Step[] => [
  ["GET", "/articles/summit", { token: writer }],
  ["GET", "/articles/summit/feeds", { token: writer }],
  ["PUT", "/articles/summit", { body: STORY, token: reader }],
  ["DELETE", "/articles/summit", { token: writer }],
  ["POST", "/articles", { body: [STORY], token: reader }],
  ["POST", "/articles", { body: [{ ...STORY, status: "withdrawn" }], token: writer }],
];

/** A life of a wire; every kind of answer that one request gets by itself is in it. */
const LIFE: Step[] = [
  ["GET", "/healthz"],
  ["GET", "/"],
  ["PUT", "/articles/summit?wait=published", { body: STORY }],
  ["PUT", "/articles/summit", { body: STORY }],
  ["PUT", "/articles/summit", { body: { ...STORY, headline: "Other" } }],
  ["PUT", "/articles/summit", { body: STORY }],
  ["PUT", "/articles/summit?strict=true", { body: STORY }],
  ["PUT", "/articles/summit", { body: { ...STORY, revision: 0 } }],
  ["PUT", "/articles/summit", { body: { ...STORY, revision: 2, label: "correction", tags: ["x", "y"] } }],
  ["PUT", "/articles/summit", { body: STORY, headers: { "If-Match": '"other"' } }],
  ["PUT", "/articles/guid", { body: { ...STORY, id: "guid", guid: "urn:x:1" } }],
  ["PUT", "/articles/thief", { body: { ...STORY, id: "thief", guid: "urn:x:1" } }],
  ["PUT", "/articles/summit", { body: {} }],
  ["PUT", "/articles/summit", { body: "{" }],
  ["PUT", "/articles/summit", { body: "x", headers: { "Content-Type": "text/plain" } }],
  ["PUT", "/articles/summit", { body: " ".repeat(1_100_000) }],
  ["PUT", "/articles/summit?wait=no", { body: STORY }],
  ["PUT", "/articles/summit", { body: STORY, token: null }],
  ["PATCH", "/articles/summit"],
  ["GET", "/articles/summit"],
  ["GET", "/articles/summit", { headers: { "If-None-Match": "*" } }],
  ["GET", "/articles/summit", { headers: { "If-Match": '"other"' } }],
  ["GET", "/articles/nobody"],
  ["GET", "/articles/summit", { token: "wrong" }],
  ["GET", "/articles/summit/feeds"],
  ["GET", "/articles/nobody/feeds"],
  ["POST", "/articles", { body: lines }],
  ["POST", "/articles", { body: lines.map((one) => JSON.stringify(one)).join("\n"), headers: ndjson }],
  ["POST", "/articles", { body: "x", headers: { "Content-Type": "text/plain" } }],
  ["POST", "/articles", { body: {} }],
  ["POST", "/articles", { body: [], token: null }],
  ["GET", "/feeds"],
  ["GET", "/feeds", { headers: { "If-Match": '"other"' } }],
  ["GET", "/feeds?after=no/such/feed"],
  ["GET", "/feeds/all/rss.xml"],
  ["GET", "/feeds/section/usa/atom.xml"],
  ["GET", "/feeds/all/feed.json", { headers: { "If-None-Match": "*" } }],
  ["GET", "/feeds/all/feed.json", { headers: { "If-Match": '"other"' } }],
  ["GET", "/feeds/section/nowhere/rss.xml"],
  ["GET", "/feeds/section/i%CC%87stanbul/rss.xml"],
  ["GET", "/changes/open.json"],
  ["GET", "/changes/open.json", { headers: { "If-None-Match": "*" } }],
  ["GET", "/changes/open.json", { headers: { "If-Match": '"other"' } }],
  ["GET", "/changes/nowhere/0.json"],
  ["GET", "/snapshots/nowhere/0.json"],
  ["GET", "/stories/summit.json"],
  ["GET", "/stories/nobody.json"],
  ["DELETE", "/articles/b", { body: { reason: 1 } }],
  ["DELETE", "/articles/b?wait=published", { body: { reason: "By mistake" } }],
  ["DELETE", "/articles/nobody"],
  ["GET", "/articles/b"],
  ["GET", "/stories/b.json"],
  ["GET", "/articles/b/feeds"],
  ["GET", "/openapi.json"],
  ["GET", "/openapi.json", { headers: { "If-None-Match": "*" } }],
  ["GET", "/about/extension"],
  ["GET", "/schemas/article.schema.json"],
  ["GET", "/schemas/flashwire-extension.schema.json"],
  ["GET", "/schemas/change-log.schema.json"],
  ["GET", "/schemas/snapshot.schema.json"],
  ["GET", "/schemas/story.schema.json"],
];

async function run(wire: TestWire, contract: Contract, steps: Step[], told: Set<string>): Promise<void> {
  for (const step of steps) {
    const sent = request(...step);
    const answer = await wire.app.fetch(request(...step));
    if (answer.headers.get("content-type") === "application/problem+json") {
      told.add(((await answer.clone().json()) as { type: string }).type);
    }
    await expectDeclared(contract, sent, answer);
  }
}

test("when a wire lives its life, it answers every request as its OpenAPI document says", async () => {
  const wire = testWire();
  const contract = await contractOf(wire);
  const told = new Set<string>();
  await run(wire, contract, LIFE, told);
  const [reader, writer] = [
    await createToken(wire.services, "reader", { scopes: ["read"] }),
    await createToken(wire.services, "writer", { scopes: ["write"] }),
  ];
  wire.clock.now += UNKNOWN_TOKEN_CACHE_MS;
  await run(wire, contract, refusedSteps(reader, writer), told);

  wire.failure.error = new Error("away");
  await run(wire, contract, [["PUT", "/articles/d?wait=published", { body: { ...STORY, id: "d" } }]], told);
  await wire.stores.published.put("feeds/old/removed", Buffer.from(""));
  await wire.stores.newsroom.put("articles/torn.json", Buffer.from("{"));
  await run(
    wire,
    contract,
    [
      ["GET", "/feeds/old/rss.xml"],
      ["GET", "/articles/torn"],
    ],
    told,
  );
  wire.stores.published.head = () => Promise.reject(new Error("away"));
  await run(wire, contract, [["GET", "/healthz"]], told);

  // A full disk, writers in each other's way, a CDN before the wire: tests/e2e/full-disk.test.ts, tests/ingest, origin.test.ts.
  const elsewhere: ErrorCode[] = ["storage", "busy", "not-through-cdn"];
  const codes = (Object.keys(PROBLEMS) as ErrorCode[]).filter((code) => !elsewhere.includes(code));
  expect([...told].sort()).toEqual(codes.map(problemType).sort());
});

test("when an answer has an undeclared member, status or media type, the check fails", async () => {
  const contract = await contractOf(testWire());
  const sent = new Request(`${ORIGIN}/healthz`);
  const fails = (body: object, init: ResponseInit = {}) =>
    expect(expectDeclared(contract, sent, Response.json(body, init))).rejects.toThrow();
  await expectDeclared(contract, sent, Response.json({ status: "ok", wire: "x" }));
  await fails({ status: "ok", more: 1 });
  await fails({ status: "bad" });
  await fails({ status: "ok" }, { status: 202 });
  await fails({ status: "ok" }, { headers: { "Content-Type": "text/json" } });
});

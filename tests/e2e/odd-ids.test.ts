import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeArticleId, encodeArticleId } from "../../src/core/article-id.ts";
import type { Open } from "../../src/core/change-log.ts";
import { lambdaHandler } from "../../src/http/adapters/lambda.ts";
import { createApp } from "../../src/http/app.ts";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { createToken, storedTokens } from "../../src/repository/tokens.ts";
import { httpRequest } from "../aws/account.ts";
import { flashwire, linesOf, story } from "../cli/support.ts";
import { memoryWire } from "../support/wire.ts";

/** What newsrooms have for ids, as they send it, and the id that the wire keeps. */
const IDS: [sent: string | number, id: string][] = [
  ["post:42", "post:42"],
  ["2026/11/bridge", "2026/11/bridge"],
  ["user@example.org", "user@example.org"],
  ["two  words", "two  words"],
  [4711, "4711"],
  [-7, "-7"],
  ["https://cms.example.org/?p=42&lang=en#top", "https://cms.example.org/?p=42&lang=en#top"],
  ["a%2Fb", "a%2Fb"],
  ["100%", "100%"],
  ["..", ".."],
  ["../../tokens/tokens", "../../tokens/tokens"],
  ["خبر-عاجل", "خبر-عاجل"],
  ["Cafe\u0301", "Café"],
  ["_a~2Fb", "_a~2Fb"],
  ["feeds", "feeds"],
];

type Answer = { status: number; json: unknown };
type Ask = (method: string, path: string, body?: unknown, type?: string) => Promise<Answer>;

let data: string;
let wire: Wire;
const asks = {} as Record<"the local server" | "the Lambda adapter", Ask>;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "flashwire-odd-ids-"));
  wire = await startWire({ port: 0, host: "127.0.0.1", data }, () => {});
  await wire.idle();
  const token = readFileSync(join(data, "token"), "utf8").trim();
  asks["the local server"] = async (method, path, body, type = "application/json") => {
    const response = await fetch(`${wire.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": type },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: response.status, json: parsed(await response.text()) };
  };

  const { services } = memoryWire();
  const secret = await createToken(services, "desk");
  const publish = async (ids: string[]) => (await services.publisher.publish(ids)).left;
  const handler = lambdaHandler(createApp({ services, tokens: storedTokens(services), publish }));
  asks["the Lambda adapter"] = async (method, path, body, type) => {
    const event = httpRequest(method, path, secret, body, type);
    const answer = await handler(event as unknown as Parameters<typeof handler>[0]);
    const text = Buffer.from(answer.body, answer.isBase64Encoded ? "base64" : "utf8").toString();
    return { status: answer.statusCode, json: parsed(text) };
  };
});

afterAll(async () => {
  await wire.close();
  rmSync(data, { recursive: true, force: true });
});

/** JSON, or lines of it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return linesOf(text);
  }
}

/** Where the change log says that the story is. */
async function hrefOf(ask: Ask, id: string): Promise<string> {
  const { changes } = (await ask("GET", "/changes/open.json")).json as Open;
  return changes.findLast((change) => decodeArticleId(change.id) === id)?.href ?? "";
}

const pathOf = (id: string) => `/articles/${encodeArticleId(id)}`;

describe.each(["the local server", "the Lambda adapter"] as const)("on %s", (name) => {
  const ask: Ask = (...request) => asks[name](...request);

  test("when many articles with odd ids are sent at once, each is taken in under its id", async () => {
    const lines = IDS.map(([sent], i) => JSON.stringify({ ...story(`bulk-${i}`), id: sent }));
    const { status, json } = await ask("POST", "/articles", lines.join("\n"), "application/x-ndjson");
    expect(status).toBe(200);
    const answers = json as { status: number; id: string }[];
    expect(answers.map((answer) => [answer.status, answer.id])).toEqual(IDS.map(([, id]) => [201, id]));
  });

  test.each(IDS)(
    "when the id is %j, the article is read, sent again, withdrawn, and gone",
    async (sent, id) => {
      const path = pathOf(id);
      const { status, json } = await ask("GET", path);
      expect(status).toBe(200);
      expect(json).toMatchObject({ id, headline: expect.stringMatching(/^Story bulk-/) });
      const next = { ...(json as object), id: sent, headline: "Again", updated: "2026-01-02T12:00:00Z" };
      const sentAgain = await ask("PUT", `${path}?wait=published`, next);
      expect(sentAgain).toMatchObject({ status: 200, json: { id, result: "updated" } });
      const href = await hrefOf(ask, id);
      expect(await ask("GET", href)).toMatchObject({ status: 200, json: { title: "Again" } });
      expect(await ask("GET", `${path}/feeds`)).toMatchObject({ status: 200, json: { id } });
      expect(await ask("DELETE", `${path}?wait=published`)).toMatchObject({ status: 200, json: { id } });
      expect(await ask("GET", path)).toMatchObject({ status: 410, json: { tombstone: { id } } });
      const tombstone = { _flashwire: { withdrawn: true, story: { status: "withdrawn" } } };
      expect(await ask("GET", href)).toMatchObject({ status: 200, json: tombstone });
    },
  );

  test.each(["post:43", "user2@example.org", "two words", "خبر-آخر", "-8"])(
    "when the address holds the id %j percent-encoded, it is the same article",
    async (id) => {
      const path = `/articles/${encodeURIComponent(id)}`;
      expect(await ask("PUT", path, story(id))).toMatchObject({ status: 201, json: { id } });
      expect((await ask("GET", pathOf(id))).status).toBe(200);
      expect((await ask("DELETE", path)).status).toBe(200);
    },
  );

  test("when the address names an id that nobody has, or none at all, it answers 404 and makes nothing", async () => {
    for (const path of [pathOf("not/there"), pathOf("…"), "/articles/%01", "/articles/_~2", "/articles/"]) {
      expect((await ask("GET", path)).status, path).toBe(404);
      expect((await ask("DELETE", path)).status, path).toBe(404);
    }
  });
});

test.each(["cms:9/11 %2F", "https://cms.example.org/?p=9", "../..", "خبر"])(
  "when an editor types the id %j, ingest, show and withdraw reach its article",
  async (id) => {
    const run = (args: string[], input?: string) => flashwire(args, { FLASHWIRE_DATA: data }, input);
    const sent = await run(["ingest", "--wait", "-"], JSON.stringify({ ...story("typed"), id }));
    expect(sent).toMatchObject({ code: 0, stdout: expect.stringMatching(/1 created/) });
    const shown = await run(["show", "--json", "--", id]);
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    const { article, documents } = JSON.parse(shown.stdout);
    expect(article).toMatchObject({ id, headline: "Story typed" });
    expect(new Set(documents.map(({ state }: { state: string }) => state))).toEqual(new Set(["present"]));
    const gone = await run(["withdraw", "--", id]);
    expect(gone).toMatchObject({ code: 0, stdout: `${id} is withdrawn.\n` });
    expect((await run(["show", "--", id])).stdout).toContain("(withdrawn)");
  },
);

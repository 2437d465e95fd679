import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { tokensFrom } from "../../src/http/auth.ts";
import { createServices } from "../../src/services.ts";
import { createBudget } from "../../src/store/budget.ts";
import { S3_REQUESTS_AT_ONCE } from "../../src/store/limits.ts";
import { manualTimer, storesAt } from "../support/s3-client.ts";
import { type S3Server, startS3Server } from "../support/s3-server.ts";
import { testSite } from "../support/site.ts";
import { ORIGIN, STORY } from "./support.ts";

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server({ buckets: ["newsroom", "site"] });
});
afterAll(() => server.close());
afterEach(() => {
  server.refuse(0, 0, "");
  server.reset(0);
});

const { timer, end } = manualTimer();
const budget = createBudget(timer);

/** The wire over HTTP on S3; each of its requests to S3 is tried once. */
function wireOnS3() {
  const logs: { event: string; details?: Record<string, unknown> }[] = [];
  const services = createServices({
    site: testSite({}, ORIGIN),
    stores: storesAt(server.url, budget),
    log: (event, details = {}) => logs.push({ event, details }),
  });
  const publish = async (ids: string[]) => (await services.publisher.publish(ids)).left;
  const app = createApp({ services, publish, tokens: tokensFrom("secret") });
  const send = (method: string, path: string, body?: string) => {
    const type = method === "POST" ? "application/x-ndjson" : "application/json";
    const headers = { Authorization: "Bearer secret", "Content-Type": type };
    return app.request(`${ORIGIN}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  };
  return { send, logs };
}

const story = (n: number) => JSON.stringify({ ...STORY, id: `s-${n}`, url: `${STORY.url}?${n}` });
const linesOf = async (response: Response) =>
  (await response.text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { status: number; problem?: { type: string; detail: string } });

test.each([
  ["PUT", "/articles/s-1", story(1)],
  ["GET", "/articles/s-1", undefined],
  ["DELETE", "/articles/s-1", undefined],
])("when the store refuses, %s is answered 503 with Retry-After", async (method, path, body) => {
  const { send, logs } = wireOnS3();
  server.refuse(2, 503, "SlowDown");
  const answer = await send(method, path, body);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  const problem = (await answer.json()) as { type: string; detail: string };
  expect(problem.type).toBe("urn:flashwire:problem:unavailable");
  expect(problem.detail).not.toContain(server.url);
  // The operator sees which bucket of which endpoint it was.
  const failed = { reason: "unavailable", error: expect.stringContaining(`${server.url} (bucket newsroom`) };
  expect(logs).toContainEqual({ event: "request.failed", details: failed });
});

// Both tries of the first request are among so many, since at most half as many requests are under way at once.
const STRUCK = 2 * S3_REQUESTS_AT_ONCE;

test.each([
  ["refuses", () => server.refuse(STRUCK, 503, "SlowDown")],
  ["cuts connections", () => server.reset(STRUCK)],
])(
  "when the store %s for a while, records of a batch are answered 503, and all are created when they come again",
  async (_, strike) => {
    const { send, logs } = wireOnS3();
    const prefix = `${_.slice(0, 4)}`;
    let open = Array.from({ length: 60 }, (__, n) => JSON.stringify({ ...STORY, id: `${prefix}-${n}` }));
    const statuses: number[] = [];
    strike();
    for (let tries = 0; open.length > 0 && tries < 5; tries++) {
      const answers = await linesOf(await send("POST", "/articles", open.join("\n")));
      expect(answers).toHaveLength(open.length);
      statuses.push(...answers.map(({ status }) => status));
      open = open.filter((__, i) => answers[i]?.status === 503);
    }
    expect(statuses).toContain(503);
    expect(statuses.filter((status) => status !== 503)).toEqual(Array.from({ length: 60 }, () => 201));
    expect(logs.filter(({ event }) => event === "request.refused")).toEqual([]);
  },
);

test("when the store hangs, every record of a batch has its answer in the time of the invocation", async () => {
  const { send } = wireOnS3();
  const holding = server.hold();
  const answers = budget.spend(26_000, async () => {
    const response = send("POST", "/articles", [story(1), story(2), story(3)].join("\n"));
    await vi.waitUntil(() => holding.held() > 0, { timeout: 10_000 });
    end();
    return linesOf(await response);
  });
  expect((await answers).map(({ status }) => status)).toEqual([503, 503, 503]);
  holding.release();
});

test("when the store hangs, a PUT is answered 503 in the time of the invocation", async () => {
  const { send } = wireOnS3();
  const holding = server.hold();
  const answer = budget.spend(26_000, async () => {
    const response = send("PUT", "/articles/s-1", story(1));
    await vi.waitUntil(() => holding.held() > 0, { timeout: 10_000 });
    end();
    return (await response).status;
  });
  expect(await answer).toBe(503);
  holding.release();
});

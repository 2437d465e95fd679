import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { MAX_RECORD_BYTES } from "../../src/core/limits.ts";
import { createApp } from "../../src/http/app.ts";
import { tokensFrom } from "../../src/http/auth.ts";
import { STREAM_BYTES, STREAM_CONCURRENCY } from "../../src/ingest/limits.ts";
import { readArticle } from "../../src/validate/article.ts";
import { request, STORY, testWire } from "./support.ts";

/** Sends these lines, and answers the statuses with the most records that were read at a time. */
async function sent(lines: string[]): Promise<{ statuses: number[]; most: number }> {
  const { services } = testWire();
  let [reading, most] = [0, 0];
  const app = createApp({
    services,
    tokens: tokensFrom("secret"),
    publish: async () => new Map(),
    async read(...record) {
      most = Math.max(most, ++reading);
      for (let turns = 0; turns < 50; turns++) await turn();
      reading--;
      return readArticle(...record);
    },
  });
  const headers = { "Content-Type": "application/x-ndjson" };
  const response = await app.fetch(
    request("POST", "/articles", { body: lines.join("\n"), headers, token: "secret" }),
  );
  const answers = (await response.text()).trim().split("\n");
  return { statuses: answers.map((line) => JSON.parse(line).status), most };
}

const lineOf = (n: number, fields: object) =>
  JSON.stringify({ ...STORY, id: `s-${n}`, url: `${STORY.url}?${n}`, ...fields });

test("when the records of a stream are large, no more of them are worked on than memory is meant for", async () => {
  const filler = "x".repeat(MAX_RECORD_BYTES - 10_000);
  const bad = ["{", `"${"x".repeat(MAX_RECORD_BYTES + 1)}"`];
  const large = Array.from({ length: 20 }, (_, n) => lineOf(n, { filler }));
  const { statuses, most } = await sent([...large, ...bad, ...large]);
  expect(most).toBe(Math.floor(STREAM_BYTES / (MAX_RECORD_BYTES - 9_000)));
  expect(statuses).toEqual([...large.map(() => 201), 400, 413, ...large.map(() => 200)]);
});

test("when the records of a stream are small, so many are worked on that they can be synced together", async () => {
  const small = Array.from({ length: 3 * STREAM_CONCURRENCY }, (_, n) => lineOf(n, {}));
  const { statuses, most } = await sent(small);
  expect(most).toBe(STREAM_CONCURRENCY);
  expect(new Set(statuses)).toEqual(new Set([201]));
});

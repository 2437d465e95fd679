import { describe, expect, test } from "vitest";
import { type Cursor, follow } from "../../src/consumer/follow.ts";
import { LogWire } from "./log-wire.ts";

const WIRE = "https://wire.example.org";

const options = (wire: LogWire) => ({
  fetch: wire.fetch,
  now: () => wire.clock,
  sleep: async (ms: number) => {
    wire.clock += ms;
  },
  once: true,
});

/** Follows to the end. Answers where the first kill and the first story came, by the count of requests for stories. */
async function catchUp(wire: LogWire, cursor: Cursor | undefined) {
  const kills: string[] = [];
  let storiesAtKill = -1;
  let last = cursor;
  let stories = 0;
  for await (const batch of follow(WIRE, cursor, options(wire))) {
    if (batch.kills.length > 0 && storiesAtKill === -1) storiesAtKill = wire.counts.stories;
    kills.push(...batch.kills.map(({ id }) => id));
    stories += batch.stories.length;
    last = batch.cursor;
  }
  return { kills, storiesAtKill, cursor: last, stories };
}

test("when a kill is 100,000 changes old, it reaches who slept through all of them, before any story", async () => {
  const wire = new LogWire();
  wire.tell("killed");
  const { cursor } = await catchUp(wire, undefined);
  wire.tell("killed", { kind: "withdrawn" });
  wire.tellAll(Array.from({ length: 100_000 }, (_, n) => [`story-${n % 50}`]));
  wire.asked.length = 0;
  const found = await catchUp(wire, cursor);
  expect(found).toEqual({
    kills: ["killed"],
    storiesAtKill: 0,
    cursor: { epoch: "e1", seq: 100_002 },
    stories: 50,
  });
  expect(wire.counts.stories).toBe(51);
  expect(wire.counts.pages).toBeLessThanOrEqual(Math.ceil(100_001 / 256) + 1);
});

describe("when a consumer is n changes behind, catching up costs ⌈n/256⌉ + 1 requests at the most, and the stories that changed", () => {
  test.each([0, 1, 255, 256, 257, 511, 512, 513, 1_000, 5_000])("when n is %i", async (n) => {
    for (const before of [0, 1, 255, 300]) {
      const wire = new LogWire();
      wire.tellAll(Array.from({ length: before }, (_, i) => [`before-${i}`]));
      const { cursor } = await catchUp(wire, undefined);
      wire.tellAll(Array.from({ length: n }, (_, i) => [`story-${i % 40}`]));
      wire.asked.length = 0;
      const { stories } = await catchUp(wire, cursor);
      expect(stories).toBe(Math.min(n, 40));
      expect(wire.counts.stories).toBe(Math.min(n, 40));
      expect(wire.counts.pages).toBeLessThanOrEqual(Math.ceil(n / 256) + 1);
      expect(new Set(wire.asked).size).toBe(wire.asked.length);
    }
  });
});

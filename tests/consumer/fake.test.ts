import { expect, test } from "vitest";
import { digestOf } from "../../src/repository/stories.ts";
import { fakeNewsroom } from "../fake/support.ts";
import { FollowedCopy } from "../support/copies.ts";

/* The consumer against the fake wire for partners' tests, whose newsroom goes on whenever the consumer waits. */

const STEPS = 120;

test.each([7])(
  "when networks and caches answer wrongly, the copy is right in the end, seed %i",
  async (seed) => {
    const { newsroom, front, faults } = await fakeNewsroom({
      seed,
      stories: 10,
      steps: STEPS,
      faults: "many",
    });
    const copy = new FollowedCopy();
    const over = new AbortController();
    let now = 0;
    let steps = 0;
    const options = {
      fetch: async (url: string, init: RequestInit) => front.answer(new Request(url, init)),
      requestMs: 0,
      now: () => now,
      sleep: async (ms: number) => {
        now += ms;
        if (steps < STEPS) await newsroom.next(4);
        steps += 4;
        if (steps >= STEPS) over.abort();
      },
    };
    // Where the page was torn at the very first, this is no wire: the person who typed its address looks again.
    const cursor = { epoch: "", seq: 0 };
    copy.cursor = cursor;
    await copy.follow("https://wire.example.org", { ...options, signal: over.signal });
    await copy.follow("https://wire.example.org", { ...options, once: true });

    const { stories, epoch, seq } = await newsroom.expected();
    const shown = stories.filter(({ status }) => status !== "removed");
    const digests = Object.entries(copy.documents).map(([id, text]) => [id, digestOf(Buffer.from(text))]);
    expect(Object.fromEntries(digests)).toEqual(
      Object.fromEntries(shown.map(({ id, digest }) => [id, digest])),
    );
    expect(copy.cursor).toEqual({ epoch, seq });
    expect(copy.backwards).toEqual([]);
    const killed = stories.filter(({ status }) => status === "withdrawn").map(({ id }) => id);
    expect(copy.kills).toEqual(expect.arrayContaining(killed));
    const given = Object.values(faults.state().given);
    expect(given.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(20);
  },
);

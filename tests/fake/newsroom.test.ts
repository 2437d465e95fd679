import { describe, expect, test } from "vitest";
import { encodeArticleId } from "../../src/core/article-id.ts";
import type { Page } from "../../src/core/change-log.ts";
import { DECK_STEPS } from "../../src/fake/plan.ts";
import { actionOf } from "../../src/fake/script.ts";
import type { Services } from "../../src/services.ts";
import { toldBy } from "../support/change-log.ts";
import { fakeNewsroom, stepsOf } from "./support.ts";

/** Every public document, by its key. */
async function documentsOf({ stores }: Services): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const key of stores.published.list(""))
    found[key] = Buffer.from((await stores.published.get(key))?.body ?? []).toString();
  return found;
}

async function openOf({ stores }: Services): Promise<Page> {
  return JSON.parse(Buffer.from((await stores.published.get("changes/open.json"))?.body ?? []).toString());
}

describe("a seeded newsroom", () => {
  test("when the seed is the same, it has the same stories and steps, and others for another seed", () => {
    expect(stepsOf(7, 200)).toEqual(stepsOf(7, 200));
    expect(stepsOf(8, 200)).not.toEqual(stepsOf(7, 200));
  });

  test.each([1, 2, 3])(
    "when it has begun with seed %i, it does everything within its first steps",
    (seed) => {
      const { steps } = stepsOf(seed, DECK_STEPS);
      expect([...new Set(steps.map(actionOf))].sort()).toEqual(
        ["again", "epoch", "flicker", "kill", "put", "remove", "repeat", "rest", "restore"].sort(),
      );
      expect(steps.some(({ put }) => Array.isArray(put))).toBe(true);
      expect(steps.map(({ at }) => at)).toEqual(steps.map(({ at }) => at).sort((a = 0, b = 0) => a - b));
    },
  );

  test("when its last step begins an epoch, the epoch gets its snapshot", () => {
    const begin = stepsOf(1, DECK_STEPS).steps.findIndex(({ epoch }) => epoch === "begin");
    expect(
      stepsOf(1, begin + 1)
        .steps.slice(-2)
        .map(({ epoch }) => epoch),
    ).toEqual(["begin", "finish"]);
  });

  test("when it runs, each kind of change is in its log, and what it expects is the fold of the log", async () => {
    const { newsroom, services, done } = await fakeNewsroom({ seed: 5, stories: 8, steps: DECK_STEPS });
    const kinds = new Set<string>();
    while ((await newsroom.next(1)) > 0)
      for (const { kind, after } of (await openOf(services)).changes)
        for (const name of [kind, ...(after === undefined ? [] : ["after"])]) kinds.add(name);
    expect(newsroom.progress().problems).toEqual([]);
    expect(done.length).toBeGreaterThanOrEqual(DECK_STEPS);
    const first = ["after", "breaking", "clarified", "corrected", "moved", "published"];
    expect([...kinds].sort()).toEqual([...first, "removed", "restored", "settled", "updated", "withdrawn"]);
    const { open, folded } = await toldBy(services);
    const { stories, ...cursor } = await newsroom.expected();
    const seq = open.first + open.changes.length - 1;
    expect(cursor).toEqual({ epoch: open.epoch, seq, hasSnapshot: true });
    const expected = stories.map(({ id, status, version, order }) => [id, { status, version, order }]);
    const told = [...folded].map(([id, { status, version, order }]) => [id, { status, version, order }]);
    expect(Object.fromEntries(expected)).toEqual(Object.fromEntries(told));
  });

  test("when the seed is the same, every document has the same bytes", async () => {
    const run = async (seed: number) => {
      const { newsroom, services } = await fakeNewsroom({ seed, stories: 2, steps: 6 });
      await newsroom.next(6);
      return documentsOf(services);
    };
    const documents = await run(6);
    expect(await run(6)).toEqual(documents);
    expect(Object.keys(documents).length).toBeGreaterThan(20);
    expect((await run(7))["changes/open.json"]).not.toBe(documents["changes/open.json"]);
  });
});

describe("a script", () => {
  test("when it puts, kills, purges, removes and restores, what is expected says so", async () => {
    const script = [
      { put: [{ id: "a" }, { id: "b/1" }, { id: "c" }] },
      { at: 10, kill: "a", notice: "Wrong." },
      { remove: "b/1" },
      { at: 20, put: { id: "c", headline: "C again" } },
      { flicker: "c" },
    ];
    const { newsroom, done } = await fakeNewsroom({ script });
    expect(await newsroom.next(3)).toBe(3);
    const statuses = async () =>
      Object.fromEntries((await newsroom.expected()).stories.map(({ id, status }) => [id, status]));
    const form = encodeArticleId("b/1");
    expect(await statuses()).toEqual({ a: "withdrawn", [form]: "removed", c: "published" });
    await newsroom.perform([{ restore: "a" }, { restore: "b/1" }]);
    expect(await statuses()).toEqual({ a: "published", [form]: "published", c: "published" });
    await newsroom.perform([{ purge: "a" }]);
    expect(await statuses()).toMatchObject({ a: "purged" });
    await newsroom.perform([{ restore: "a" }]);
    expect(await newsroom.next(99)).toBe(2);
    expect(done.map(({ at }) => at)).toEqual([1, 10, 11, 12, 13, 14, 15, 20, 21]);
    const stories = (await newsroom.expected()).stories.filter(({ after }) => after !== undefined);
    expect(stories.map(({ id }) => id)).toEqual(["a", "c"]);
  });

  test("when a step cannot be done, the others are, and the newsroom names it", async () => {
    const script = [
      { kill: "nobody" },
      { put: { id: "a", headline: "" } },
      { again: "a" },
      { put: { id: "b" } },
    ];
    const { newsroom } = await fakeNewsroom({ script });
    await newsroom.next(4);
    expect(newsroom.progress().problems).toEqual([
      expect.stringMatching(/^Step 1: DELETE of nobody was answered 404: /),
      expect.stringMatching(/^Step 2: PUT of a was answered 422: /),
      "Step 3: No step has put a story a.",
    ]);
    expect((await newsroom.expected()).stories.map(({ id }) => id)).toEqual(["b"]);
  });

  test("when more stories come than a page of the log holds, and the log repeats itself, it has a closed page", async () => {
    const records = Array.from({ length: 260 }, (_, i) => ({ id: `s${i}` }));
    const script = [{ put: records }, { put: { id: "s1" } }, { repeat: 3 }];
    const { newsroom, services } = await fakeNewsroom({ script });
    await newsroom.next(3);
    const { first, changes } = await openOf(services);
    expect(first).toBe(257);
    const last = changes.map(({ id, order }) => `${id} ${order}`);
    expect(last).toHaveLength(8);
    expect(last.slice(-3)).toEqual(last.slice(2, 5));
    expect(newsroom.progress().problems).toEqual([]);
  });

  test("when an epoch is begun, it has no snapshot until it is finished", async () => {
    const script = [
      { put: { id: "a" } },
      { epoch: "begin" as const },
      { put: { id: "b" } },
      { epoch: "finish" as const },
    ];
    const { newsroom } = await fakeNewsroom({ script });
    await newsroom.next(1);
    const before = await newsroom.expected();
    await newsroom.next(2);
    const begun = await newsroom.expected();
    await newsroom.next(1);
    expect([before, begun, await newsroom.expected()].map(({ hasSnapshot }) => hasSnapshot)).toEqual([
      true,
      false,
      true,
    ]);
    expect(begun.epoch > before.epoch).toBe(true);
  });
});

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { collectingAfterLoads } from "../../src/local/garbage.ts";
import { BULK_BATCH, COLLECT_AFTER_MS, SEMI_SPACE_MB } from "../../src/local/limits.ts";
import type { Publisher } from "../../src/publish/publisher.ts";
import { emptyReport } from "../../src/publish/report.ts";
import { startArguments } from "../support/child-wire.ts";

const collect = vi.fn();
const publish = vi.fn<Publisher["publish"]>();
let publisher: Publisher;
const ids = (count: number) => Array.from({ length: count }, (_, n) => `story-${n}`);

beforeEach(() => {
  vi.useFakeTimers();
  publish.mockReset().mockImplementation(async () => emptyReport());
  collect.mockReset();
  publisher = collectingAfterLoads({ publish } as Partial<Publisher> as Publisher, collect);
});
afterEach(() => {
  vi.useRealTimers();
});

describe("when articles are published", () => {
  test("the garbage of a load is collected once, after its last batch", async () => {
    for (let batch = 0; batch < 3; batch++) {
      await publisher.publish(new Set(ids(BULK_BATCH)));
      vi.advanceTimersByTime(COLLECT_AFTER_MS - 1);
    }
    expect(collect).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(collect).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(10 * COLLECT_AFTER_MS);
    expect(collect).toHaveBeenCalledOnce();
  });

  test("the next load is collected again", async () => {
    for (let load = 1; load <= 2; load++) {
      await publisher.publish(ids(BULK_BATCH));
      vi.advanceTimersByTime(COLLECT_AFTER_MS);
      expect(collect).toHaveBeenCalledTimes(load);
    }
  });

  test("a load that fails is collected, and its caller hears of the failure", async () => {
    publish.mockRejectedValue(new Error("no answer"));
    await expect(publisher.publish(ids(BULK_BATCH))).rejects.toThrow("no answer");
    vi.advanceTimersByTime(COLLECT_AFTER_MS);
    expect(collect).toHaveBeenCalledOnce();
  });

  test("lone articles do not put off the collection after a load, and fewer than a batch cause none", async () => {
    await publisher.publish(ids(BULK_BATCH));
    vi.advanceTimersByTime(COLLECT_AFTER_MS - 1);
    await publisher.publish(ids(BULK_BATCH - 1));
    vi.advanceTimersByTime(1);
    expect(collect).toHaveBeenCalledOnce();
    await publisher.publish(ids(BULK_BATCH - 1));
    vi.advanceTimersByTime(10 * COLLECT_AFTER_MS);
    expect(collect).toHaveBeenCalledOnce();
  });

  test("the garbage of as many lone articles as a batch has is collected once, when nobody publishes", async () => {
    for (let n = 0; n < BULK_BATCH + 3; n++) {
      await publisher.publish(ids(1));
      vi.advanceTimersByTime(COLLECT_AFTER_MS - 1);
    }
    expect(collect).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10 * COLLECT_AFTER_MS);
    expect(collect).toHaveBeenCalledOnce();
  });

  test("the publisher gets the same articles, and its caller the same answer, as without a collection", async () => {
    const onShown = () => {};
    expect(await publisher.publish(new Set(["a", "b"]), onShown)).toEqual(emptyReport());
    expect(publish).toHaveBeenCalledWith(["a", "b"], onShown);
  });
});

test("when `npm start` starts a wire, it bounds the space for new objects and lets the wire collect garbage", () => {
  expect(startArguments()).toEqual([
    `--max-semi-space-size=${SEMI_SPACE_MB}`,
    "--expose-gc",
    "src/local/main.mjs",
  ]);
});

import { expect, test, vi } from "vitest";
import { createBudget, TimeUpError } from "../../src/store/budget.ts";
import { liveBytes } from "../support/memory.ts";

const MB = 1_048_576;

/** A budget whose time is over when the test says so. */
function budgetOfTest() {
  let end = () => {};
  const budget = createBudget((_, run) => {
    end = run;
    return () => {};
  });
  return { budget, end: () => end() };
}

test("when an invocation has made many requests, it holds none of their answers", async () => {
  const { budget } = budgetOfTest();
  await budget.spend(1_000, async () => {
    const before = liveBytes();
    for (let i = 0; i < 100; i++) await budget.within(async () => Buffer.alloc(MB));
    // Node frees buffers some turns after the collection.
    await vi.waitFor(() => expect(liveBytes() - before).toBeLessThan(10 * MB));
  });
});

test("when the time is over, what waits and what comes later is rejected, and later failures are nobody's", async () => {
  const { budget, end } = budgetOfTest();
  await budget.spend(1_000, async () => {
    const { promise, reject } = Promise.withResolvers<never>();
    const waits = budget.within(() => promise);
    end();
    await expect(waits).rejects.toThrow(TimeUpError);
    reject(new Error("The connection was cut."));
    await expect(budget.within(() => expect.fail("no request is made"))).rejects.toThrow(TimeUpError);
  });
  expect(await budget.within(async (signal) => signal)).toBeUndefined();
});

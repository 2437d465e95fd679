import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { every } from "../../src/local/repeat.ts";

test("when a run takes longer than the time between two, runs that were missed are not made up for", async () => {
  let runs = 0;
  const slow = async () => {
    runs++;
    await sleep(100);
  };
  const repeated = every(5, slow, () => {});
  await expect.poll(() => runs).toBe(1);
  await sleep(50);
  await repeated.stop();
  expect(runs).toBe(1);
});

test("when a run fails, it is told, and the next one comes", async () => {
  const errors: unknown[] = [];
  const fails = async () => {
    throw new Error("EIO");
  };
  const repeated = every(5, fails, (error) => errors.push(error));
  await expect.poll(() => errors.length).toBeGreaterThan(1);
  await repeated.stop();
});

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const RUN = join(import.meta.dirname, "run.ts");

const simulate = (...args: string[]) => spawnSync(process.execPath, [RUN, ...args], { encoding: "utf8" });

test("when its seconds are over, a run of many seeds ends well and says how many there were", () => {
  const { status, stdout } = simulate("--seconds", "0.5");
  expect(status).toBe(0);
  const [, run, passed] =
    /^(\d+) of 100000 seeds from 1 to 100000: (\d+) passed, 0 failed/m.exec(stdout) ?? [];
  expect(Number(run)).toBeGreaterThan(0);
  expect(Number(run)).toBeLessThan(100_000);
  expect(passed).toBe(run);
});

test("when its seconds suffice, it runs every seed", () => {
  const { status, stdout } = simulate("--seconds", "600", "7", "9");
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^3 of 3 seeds from 7 to 9: 3 passed/),
  });
});

test("when seeds fail, it names them and does not end well", () => {
  const { status, stdout } = simulate("1", "8", "log before story");
  expect(status).toBe(1);
  expect(stdout).toMatch(/^seed \d+: /m);
});

test("when its seconds are no number, it says so", () => {
  expect(simulate("--seconds", "soon")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("--seconds"),
  });
});

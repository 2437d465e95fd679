import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { missingFor, notRun } from "./needs.ts";

const ROOT = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "flashwire-third-party-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("when nothing stands beside the checkout and no program is found, each kind of check is named with its count, and their sum", () => {
  const told = notRun(folder, folder);
  const counts = [
    ...told.matchAll(
      /^ +(\d+) {2}.+: npm run (test:\w+) needs (?:\.\.\/shared\/|newsboat and tmux$|libnss3\.so$)/gm,
    ),
  ];
  expect(counts.map(([, , script]) => script)).toEqual([
    "test:schemas",
    "test:s3",
    "test:aws",
    "test:readers",
    "test:browser",
  ]);
  for (const [, count] of counts) expect(Number(count)).toBeGreaterThan(1);
  const sum = counts.reduce((total, [, count]) => total + Number(count), 0);
  expect(told).toContain(`== NOT RUN: ${sum} checks\n`);
});

test("when all that the checks need stands there, nothing is said", () => {
  mkdirSync(join(folder, "shared/schemas"), { recursive: true });
  mkdirSync(join(folder, "shared/moto"));
  for (const file of ["shared/moto/run", "newsboat", "tmux", "libnss3.so"])
    writeFileSync(join(folder, file), "");
  expect(notRun(folder, folder)).toBe("");
  expect(missingFor("test:s3", join(folder, "shared/moto/run"))).toBeUndefined();
});

test("when a check cannot run, the message has the path that is missing and what belongs there", () => {
  const path = join(folder, "elsewhere/moto/run");
  expect(missingFor("test:aws", path)).toMatch(new RegExp(`npm run test:aws.*${path} is missing[^]*moto`));
});

test("when the folder of schemas is not there, the run ends with that message instead of a stack", () => {
  const path = join(folder, "no-schemas");
  const { status, stderr } = spawnSync(process.execPath, ["tests/schemas/run.ts", path], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 1, stderr: `${missingFor("test:schemas", path)}\n` });
});

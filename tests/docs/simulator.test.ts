import { expect, test } from "vitest";
import { KNOWN } from "../simulation/known-seeds.ts";
import { read, sectionOf } from "./support.ts";

test("when the simulator catches a mistake, docs/architecture.md names the same seeds as the test", () => {
  const section = sectionOf(read("docs/architecture.md"), "## The simulator") ?? "";
  const rows = [...section.matchAll(/^\| (.+) \| ([\d, ]+) \|$/gm)];
  const told = Object.fromEntries(
    rows.map(([, mistake, seeds = ""]) => [mistake, seeds.split(", ").map(Number)]),
  );
  expect(told).toEqual(KNOWN);
});

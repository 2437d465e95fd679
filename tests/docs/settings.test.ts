import { expect, test } from "vitest";
import { aws } from "../../src/core/site-aws.ts";
import { read, sectionOf } from "./support.ts";

test("when a stage has a setting, the runbook has a row for the setting, and for no other", () => {
  const section = sectionOf(read("docs/operations.md"), "## Settings of a stage") ?? "";
  const rows = [...section.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/\w+/g)].map(([name]) => name),
  );
  const fields = Object.keys(aws.pipe[0].entries).filter((name) => name !== "stages");
  expect(rows.sort()).toEqual(fields.sort());
});

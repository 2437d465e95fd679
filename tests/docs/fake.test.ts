import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { addFake } from "../../src/cli/commands/fake.ts";
import { FAULTS } from "../../src/fake/mix.ts";
import { ACTION_NAMES, readScript } from "../../src/fake/script.ts";
import { codeIn, read, sectionOf } from "./support.ts";

const section = sectionOf(read("docs/consumers.md"), "## Test your consumer") ?? "";

/** The first cells of the table below this head. */
function rowsOf(head: string): string[] {
  const table = section.split("\n\n").find((block) => block.startsWith(`| ${head} |`)) ?? "";
  return [...table.matchAll(/^\| (`.+?`(?:, `.+?`)*) \|/gm)].flatMap(([, cell = ""]) => [...codeIn(cell)]);
}

describe("what docs/consumers.md says of the fake wire", () => {
  test("when a script may have a step or a fault, it has a row for it, and for no other", () => {
    expect(rowsOf("step").sort()).toEqual([...ACTION_NAMES].sort());
    expect(rowsOf("fault").sort()).toEqual([...FAULTS].sort());
  });

  test("when it shows a script, the fake wire reads it", () => {
    const [, script = ""] = /```json\n([\s\S]*?)```/.exec(section) ?? [];
    expect(readScript(script)).toHaveLength(5);
  });

  test("when the command has an option, it names the option, and no other", () => {
    const program = new Command();
    addFake(program);
    const options = program.commands.flatMap((command) => command.options.map(({ long }) => long));
    const named = new Set([...section.matchAll(/(?<![\w-])(--[a-z]+)/g)].map(([, name]) => name));
    // Those of other programs in the example, and one that all commands have.
    const others = ["--json", "--list", "--once", "--retry"];
    expect([...named].filter((name) => !others.includes(name as string)).sort()).toEqual(options.sort());
  });
});

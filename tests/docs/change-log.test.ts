import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { linesOf } from "../../src/cli/sync/exec.ts";
import { follow } from "../../src/consumer/follow.ts";
import { PAGE_CHANGES } from "../../src/consumer/limits.ts";
import { OPEN_KEY } from "../../src/core/keys.ts";
import { LogWire } from "../consumer/log-wire.ts";
import { exampleLog } from "./log-example.ts";
import { read, sectionOf } from "./support.ts";

const section = sectionOf(read("docs/consumers.md"), "## Miss nothing: the change log") ?? "";
const blocks = [...section.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = ""]) => JSON.parse(json));

describe("what docs/consumers.md says of the change log", () => {
  test("when it shows a change and a story, a wire tells the same of the example", async () => {
    const { open, story } = await exampleLog();
    const [change, state] = blocks;
    expect({ ...change, digest: open.changes[0].digest }).toEqual(open.changes[0]);
    expect(state).toEqual(story._flashwire.story);
  });

  test("when it says how many changes a closed page has, the writer and the consumer know the same number", () => {
    expect(section).toContain(`exactly ${PAGE_CHANGES} changes`);
  });

  test("when it lists kinds, it has those of the schema, and no others", () => {
    const schema = JSON.parse(read("schemas/change-log.schema.json"));
    const [known] = schema.properties.changes.items.properties.kind.anyOf;
    const table = section.split("\n\n").find((block) => block.startsWith("| kind |")) ?? "";
    const rows = [...table.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = ""]) => [
      ...cell.matchAll(/`(\w+)`/g),
    ]);
    expect(rows.map(([, name]) => name).sort()).toEqual([...known.enum].sort());
  });

  test("when it lists what --exec does, the lines have those members, and no others", async () => {
    const wire = new LogWire();
    wire.tellAll([["a"], ["b"], ["a", { kind: "withdrawn" }], ["c", { kind: "removed" }]]);
    const lines: Record<string, unknown>[] = [];
    for await (const batch of follow("https://wire.example.org", undefined, {
      fetch: wire.fetch,
      once: true,
    }))
      lines.push(...linesOf(batch).map((line) => JSON.parse(line)));
    const table = section.split("\n\n").find((block) => block.startsWith("| `do` |")) ?? "";
    for (const line of lines) {
      const { do: action, ...members } = line;
      const [, cell = ""] = new RegExp(`^\\| \`${action}\` \\| ([^|]+) \\|`, "m").exec(table) ?? [];
      const base = cell === "the same" ? (action === "remove" ? "kill" : "keep") : undefined;
      const [, named = cell] = base
        ? (new RegExp(`^\\| \`${base}\` \\| ([^|]+) \\|`, "m").exec(table) ?? [])
        : [];
      const documented = [...named.matchAll(/`(\w+)`/g)].map(([, name]) => name);
      expect(Object.keys(members).filter((name) => !documented.includes(name))).toEqual([]);
    }
    expect(new Set(lines.map((line) => line.do))).toEqual(
      new Set(["drop", "kill", "remove", "keep", "tombstone"]),
    );
  });

  test("when the schema has a version, it names that version", () => {
    const { $id } = JSON.parse(read("schemas/change-log.schema.json"));
    expect(section).toContain($id);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const wire = new LogWire();
    wire.tellAll([["a"]]);
    const isRight = ajv.compile(JSON.parse(read("schemas/change-log.schema.json")));
    expect(
      isRight(JSON.parse(wire.documents.get(OPEN_KEY)?.toString() ?? "")),
      JSON.stringify(isRight.errors),
    ).toBe(true);
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { resolveSite } from "../../src/config/site-file.ts";
import { strictest, type Usage } from "../../src/core/usage.ts";
import { NEWSROOM } from "../support/site.ts";

/** What an error says is wrong with a site file, a line each. */
function problemsIn(config: unknown): string[] {
  try {
    resolveSite(config, "https://wire.example.org");
    return [];
  } catch (error) {
    return (error as Error).message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
}

const [LICENCE, OTHER] = ["https://a.example/licence", "https://b.example/licence"];
const permission = fc.constantFrom("allow", "deny", LICENCE, OTHER);
const usage = fc.record(
  { syndication: permission, training: permission, answers: permission, search: permission },
  { requiredKeys: [] },
);

/** Which of two permissions a machine that keeps `one` keeps, too. */
function keeps(one: string | undefined, other: string | undefined): boolean {
  return one === "deny" || other === "allow" || other === undefined || one === other;
}

test("when several say what may be done, the strictest of all keeps each of them, in any order", () => {
  fc.assert(
    fc.property(fc.array(usage, { maxLength: 4 }), (said: Usage[]) => {
      const all = strictest(...said);
      for (const one of said)
        for (const use of ["syndication", "training", "answers", "search"] as const)
          expect(keeps(all[use], one[use])).toBe(true);
      expect(strictest(...said.toReversed())).toEqual(all);
      expect(strictest(all, ...said)).toEqual(all);
    }),
  );
});

test.each([
  [{}, { training: "deny" }, { training: "deny" }],
  [{ training: "allow" }, {}, { training: "allow" }],
  [{ training: "deny" }, { training: "allow" }, { training: "deny" }],
  [{ training: "allow" }, { training: LICENCE }, { training: LICENCE }],
  [{ training: LICENCE }, { training: OTHER }, { training: "deny" }],
])("when %j meets %j, the strictest is %j", (one, other, both) => {
  expect(strictest(one, other)).toEqual(both);
});

test("when somebody edited a record by hand, what has no meaning allows nothing", () => {
  for (const training of [5, null, "maybe", {}]) {
    expect(strictest({ training: "allow" }, { training, "no use": "allow" } as never)).toEqual({
      training: "deny",
    });
  }
});

test("when a site file has rights, it says each use, with allow, deny or the address of a licence", () => {
  const rights = { syndication: "allow", training: "Deny", answers: "https://a.example", search: "allow" };
  expect(resolveSite({ ...NEWSROOM, rights }, "https://wire.example.org").rights).toEqual({
    ...{ syndication: "allow", training: "deny", answers: "https://a.example/", search: "allow" },
  });
  const wrong = "must be allow, deny or the absolute address of a licence";
  expect(problemsIn({ ...NEWSROOM, rights: { ...rights, training: "maybe", answers: "/licence" } })).toEqual([
    `rights.training: ${wrong}`,
    `rights.answers: ${wrong}`,
  ]);
  expect(problemsIn({ ...NEWSROOM, rights: { training: "deny" } })).toContain("rights.search: is required");
});

import { expect, test } from "vitest";
import { flashwire, linesOf, story } from "./support.ts";

const input = `${JSON.stringify(story("a"))}\n${JSON.stringify(story("b", { colour: "red" }))}\n`;

test("when a record would be taken with a warning, validate prints it with its line and answers 0", async () => {
  const { code, stdout, stderr } = await flashwire(["validate", "-"], {}, input);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/: 2 valid\n$/) });
  expect(stderr).toMatch(/2: b #\/colour .*left out\n$/);
  const [first, second] = linesOf((await flashwire(["validate", "--json", "-"], {}, input)).stdout);
  expect(first).not.toHaveProperty("warnings");
  expect(second).toMatchObject({ result: "valid", warnings: [{ pointer: "#/colour" }] });
});

test("when validate is strict, a record with a warning is refused", async () => {
  const { code, stdout } = await flashwire(["validate", "--strict", "-"], {}, input);
  expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/1 valid, 1 refused\n$/) });
});

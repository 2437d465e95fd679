import { describe, expect, test } from "vitest";
import { parseMix } from "../../src/fake/mix.ts";
import { readScript } from "../../src/fake/script.ts";

describe("a script", () => {
  test("when it is a JSON array or one step a line, it has the same steps", () => {
    const steps = [
      { at: 1, put: { id: "a", headline: "A" } },
      { kill: "a", notice: "Wrong." },
      { epoch: true },
    ];
    expect(readScript(JSON.stringify(steps, null, 2))).toEqual(steps);
    expect(readScript(`${steps.map((step) => JSON.stringify(step)).join("\n\n")}\n`)).toEqual(steps);
  });

  test.each([
    [
      '{"kill":"a"}\n{"kil":"b"}',
      /^Step 2 of the script has the unknown member kil\. A step has one of put, kill, .*path\.$/,
    ],
    ['[{"at":-1,"rest":true}]', /^Step 1 of the script, at: /],
    ['{"kill":"a","remove":"a"}', /^Step 1 of the script must have exactly one of put, kill, /],
    ['{"at":3}', /exactly one of/],
    ['{"remove":"a","notice":"Wrong."}', /notice belongs to kill/],
    ['{"rest":true,"path":"/stories/"}', /count and path belong to fault/],
    ['{"put":{"headline":"A"}}', /^Step 1 of the script, put/],
    ['{"kill":"a"}\n{"kill":', /^Step 2 of the script is no JSON: /],
    ["[", /^The script is no JSON: /],
  ])("when it says %s, it is refused with the place", (text, message) => {
    expect(() => readScript(text)).toThrow(message);
  });
});

describe("a mix of faults", () => {
  test("when names stand alone or with a share, it has their shares", () => {
    expect(parseMix("none")).toEqual({});
    expect(parseMix("late,torn=0.5")).toEqual({ late: 0.1, torn: 0.5 });
    expect(Object.keys(parseMix("many"))).toHaveLength(7);
  });

  test.each(["", "lat", "late=", "late=2", "late=x", "toString", "late=0.6,torn=0.6"])(
    "when it is %j, it is refused",
    (text) => {
      expect(() => parseMix(text)).toThrow(/no fault|more than all/);
    },
  );
});

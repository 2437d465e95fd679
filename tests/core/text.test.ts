import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_MARKS } from "../../src/core/limits.ts";
import { cleanLine, cleanText, slug } from "../../src/core/text.ts";
import { clean } from "../../src/render/clean-record.ts";

/** Marks above and below by turns: to sort a run of them takes time that grows with the square of its length. */
const MARKS = "\u0301\u0323".repeat(150_000);
const CUT = `\u1ea1${"\u0323".repeat(MAX_MARKS / 2 - 1)}${"\u0301".repeat(MAX_MARKS / 2)}`;

describe("a run of combining marks longer than any script has", () => {
  test("is cut, wherever it comes from", () => {
    expect(cleanText(`a${MARKS}b`)).toBe(`${CUT}b`);
    expect(cleanLine(` a${MARKS} b`)).toBe(`${CUT} b`);
    expect(clean({ headline: `a${MARKS}` })).toEqual({ headline: CUT });
  });

  test("also where letters become marks only when they are taken apart", () => {
    expect(slug(`x${"\u0301\uff9e".repeat(150_000)}`)).toMatch(/^x\p{M}+$/u);
  });

  test("as long as scripts have them stays whole", () => {
    const stack = `x${"\u0323".repeat(MAX_MARKS)}`;
    expect(cleanText(stack)).toBe(stack);
    expect(cleanText(`${stack} ${stack}`)).toBe(`${stack} ${stack}`);
  });

  test("cleaning what is clean changes nothing, and it is in NFC", () => {
    const unit = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom("\u0301", "\u0323", "\u0338", "\u0344", "\u{1d165}", "\u0345"),
      },
      fc.constantFrom("a", "\u0958", "\ufb2c", "\u{1d15e}", "\u1100", "\u1161", "\u11a8", "\u09c7", "\u09be"),
      fc.constantFrom("\u0000", "\ud800", "\u034f", "\ufb1d", "\u0f73", "\u0f71", " ", "\r\n"),
    );
    const runs = fc.array(
      fc.tuple(unit, fc.integer({ min: 1, max: 70 })).map(([c, n]) => c.repeat(n)),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(runs, (parts) => {
        const once = cleanText(parts.join(""));
        expect(cleanText(once)).toBe(once);
        expect(once.normalize("NFC")).toBe(once);
        expect(once).not.toMatch(new RegExp(`\\p{M}{${MAX_MARKS + 1}}`, "u"));
      }),
      { numRuns: 1_000 },
    );
  });
});

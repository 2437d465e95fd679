import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KNOWN_SLUGS, MAX_MARKS } from "../../src/core/limits.ts";
import { cleanLine, cleanText, slug } from "../../src/core/text.ts";
import { clean } from "../../src/render/clean-record.ts";

/** Marks above and below by turns: to sort a run of them takes time that grows with the square of its length. */
const MARKS = "\u0301\u0323".repeat(150_000);
const CUT = `\u1ea1${"\u0323".repeat(MAX_MARKS / 2 - 1)}${"\u0301".repeat(MAX_MARKS / 2)}`;

describe("when a letter has combining marks", () => {
  test("a run of them that is longer than in any script is cut, wherever it comes from", () => {
    expect(cleanText(`a${MARKS}b`)).toBe(`${CUT}b`);
    expect(cleanLine(` a${MARKS} b`)).toBe(`${CUT} b`);
    expect(clean({ headline: `a${MARKS}` })).toEqual({ headline: CUT });
  });

  test("also where letters become marks only when they are taken apart", () => {
    expect(slug(`x${"\u0301\uff9e".repeat(150_000)}`)).toMatch(/^x\p{M}+$/u);
  });

  test("a run of them as long as scripts have it stays whole", () => {
    const stack = `x${"\u0323".repeat(MAX_MARKS)}`;
    expect(cleanText(stack)).toBe(stack);
    expect(cleanText(`${stack} ${stack}`)).toBe(`${stack} ${stack}`);
  });

  test("cleaning the clean text again changes nothing, and it is in NFC", () => {
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

/** The names of feeds as they were before İ became i. */
function slugOfToday(value: string): string {
  const words = value.slice(0, 200).normalize("NFKC").toLowerCase().normalize("NFC");
  const joined = words.replace(/[^\p{L}\p{M}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  return [...joined].slice(0, 80).join("").replace(/-+$/, "");
}

describe("when a value names a feed", () => {
  test.each([
    ["İstanbul", "istanbul"],
    ["I\u0307stanbul", "istanbul"],
    ["Diyarbakır İl", "diyarbakır-il"],
  ])("of %s is %s", (value, name) => {
    expect(slug(value)).toBe(name);
    expect(slug(name)).toBe(name);
  });

  test("its name stays what it was for every value without İ, in every script", () => {
    const letter = fc.oneof(
      fc.integer({ min: 0x20, max: 0x2ffff }).map((point) => String.fromCodePoint(point)),
      fc.constantFrom(..."ıIiſßẞΣςǅﬁå北朝鮮ア가ไทयहبЖ０①", "i\u0307", "\u0307", "\u0301", " ", "-"),
    );
    const value = fc.array(letter, { maxLength: 12 }).map((letters) => letters.join(""));
    fc.assert(
      fc.property(value, (text) => {
        // Today's slug makes one name of İ, of i with the dot as a mark, and of i.
        if (!/\u0130|i\u0307/.test(text.normalize("NFKC").toLowerCase()))
          expect(slug(text)).toBe(slugOfToday(text));
        expect(slug(slug(text))).toBe(slug(text));
      }),
      { numRuns: 5_000 },
    );
    for (let point = 0x20; point < 0x30000; point++) {
      const text = String.fromCodePoint(point);
      if (point !== 0x130 && slug(text) !== slugOfToday(text))
        expect(slug(text), text).toBe(slugOfToday(text));
    }
  });
});

describe("the name of a feed that a process has made before", () => {
  test("when more names come than it remembers, each still gets its own", () => {
    const names = Array.from({ length: KNOWN_SLUGS + 2 }, (_, n) => `Tag ${n}`);
    for (const _ of ["made", "remembered"])
      expect(names.map(slug).filter((made, n) => made !== `tag-${n}`)).toEqual([]);
  });
});

describe("when text is made one line", () => {
  test("it keeps the spaces of typography and folds the others", () => {
    expect(cleanLine(" a \t\n b\u00a0: 10\u202f000\u3000c\u2009d ")).toBe("a b\u00a0: 10\u202f000\u3000c d");
  });

  test("it keeps compatibility ideographs, which people have in their names", () => {
    expect(cleanText("\ufa19e\u0301")).toBe("\ufa19\u00e9");
    expect(slug("\ufa19")).toBe(slug("\u795e"));
  });

  test("its direction controls are closed, and C1 controls become the letters that they stand for", () => {
    const pieces = fc.array(
      fc.constantFrom(
        ..."\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u0080\u0081\u0085\u0092\u009f\u0301 ea",
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const once = cleanLine(parts.join(""));
        expect(cleanLine(once)).toBe(once);
        expect(once).not.toMatch(/[\u0080-\u009f]/);
        const count = (pattern: RegExp) => once.match(pattern)?.length ?? 0;
        expect(count(/[\u2066-\u2068]/g)).toBe(count(/\u2069/g));
        expect(count(/[\u202a\u202b\u202d\u202e]/g)).toBeGreaterThanOrEqual(count(/\u202c/g));
      }),
      { numRuns: 2_000 },
    );
  });
});

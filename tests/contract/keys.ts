import fc from "fast-check";
import { anyLetter } from "../support/any-letter.ts";

/** Keys that have broken stores: signs of URLs, XML and paths, case, scripts, lengths, both sides of the surrogates. */
export const HARD_KEYS = [
  "a",
  "a/b",
  "a/b/c",
  "a.b",
  "a.b/c",
  "a.b/c.d",
  "a/",
  "a//",
  "a//b",
  "/",
  "//a",
  ".",
  "..",
  "../a",
  "a/..",
  "a/../b",
  "./a",
  "a/./b",
  "...",
  ".a",
  "a.",
  "a.%",
  "a%",
  "%",
  "%.%",
  "%00",
  "%2E",
  "%41",
  "A",
  "A/b",
  "a-b",
  "a b",
  " a ",
  "a+b",
  "a%20b",
  "a%2Fb",
  "a&b<c>\"d'",
  "a?b#c;d",
  "a\\b",
  "a:b|c*d",
  "ä",
  "a\u0308",
  "ß",
  "ſ",
  "北朝鮮",
  "\u0001",
  "\t",
  "a\nb",
  "a\rb",
  "\u007f\u0085\u2028",
  "\ufeffa",
  "\uffee",
  "\ufffe",
  "\uffff",
  "\u{1f4f0}",
  "\u{10ffff}",
  "con",
  "nul.txt",
  "constructor",
  "__proto__",
  "x".repeat(300),
  "x".repeat(301),
  `${"x".repeat(80)}`,
  `${"x".repeat(80)}/a`,
  `${"X".repeat(80)}`,
  `${"X".repeat(90)}`,
  `${"X".repeat(90)}/a`,
  `${"X".repeat(300)}/a`,
  `${"X".repeat(80)}%/a`,
  `${"y".repeat(200)}/${"z".repeat(200)}`,
  "é".repeat(509),
];

/** Names that a store may have for itself, and names that lead out of it; without a prefix. */
export const ROOT_KEYS = [
  "/",
  "//",
  "/etc/passwd",
  ".",
  "..",
  "../x",
  "../../x",
  ".lock",
  ".lock-journal",
].concat([".tmp", ".tmp/x", "tmp", "lock.db", "%2Elock", "~", "\\", "é".repeat(512)]);

/** Any key, with a few bytes of the 1,024 left for a prefix. */
export const anyKey = fc
  .string({ unit: anyLetter, minLength: 1, maxLength: 200 })
  .filter((key) => key.isWellFormed() && !key.includes("\0") && Buffer.byteLength(key) < 1_000);

/** Short keys of few signs, so that one is often the beginning of another. */
export const meetingKey = fc.string({
  unit: fc.constantFrom(
    "/",
    "/",
    "a",
    "b",
    "A",
    ".",
    "%",
    "-",
    "0",
    "é",
    "\uffee",
    "\u{1f4f0}",
    "a".repeat(79),
  ),
  minLength: 1,
  maxLength: 6,
});

/** The order of S3: that of the bytes of UTF-8, not of the units of UTF-16. */
export function bytewise(keys: string[]): string[] {
  return keys
    .map((key) => Buffer.from(key))
    .sort(Buffer.compare)
    .map(String);
}

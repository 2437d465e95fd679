import fc from "fast-check";

const SURROGATES = { first: 0xd800, count: 0x800 };
const LAST = 0x10ffff;

/**
 * Any code point but a surrogate, as a unit of strings. The unit `binary` of fast-check gives the same ones, and makes a table of
 * them first: 1.1 million entries, 150 MB and most of a second in each worker.
 */
export const anyLetter = fc.nat(LAST - SURROGATES.count).map(letterAt, placeOf);

function letterAt(place: number): string {
  return String.fromCodePoint(place < SURROGATES.first ? place : place + SURROGATES.count);
}

/** Throws for what is not one such letter: fast-check asks whether strings that are known to break programs are made of them. */
function placeOf(letter: unknown): number {
  const code = typeof letter === "string" ? letter.codePointAt(0) : undefined;
  if (code === undefined || String.fromCodePoint(code) !== letter) throw new Error("not one letter");
  if (code < SURROGATES.first) return code;
  if (code < SURROGATES.first + SURROGATES.count) throw new Error("a surrogate");
  return code - SURROGATES.count;
}

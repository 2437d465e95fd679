import fc from "fast-check";
import { FlashwireError } from "../../src/core/errors.ts";
import { anyLetter } from "../support/any-letter.ts";

export const NOW = Date.parse("2026-11-24T20:00:00Z");

/** The smallest record that is right. */
export const MINIMAL = {
  id: "budget-vote",
  url: "https://news.example.org/a/budget-vote.html",
  headline: "Budget passes after night sitting",
  published: "2026-11-24T18:00:00Z",
};

/** Letters that break things: XML-illegal ones, lone surrogates, combining marks, markup, other scripts. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.string({ unit: anyLetter, maxLength: 6 }),
      fc.constantFrom("\ud800", "\udc00", "\u0000", "\u001f", "\ufffe", "\u0338", "\u0301", "\u00a0", "\r\n"),
      fc.constantFrom(
        "]]>",
        "&amp;",
        "&#0;",
        "&#x1F;",
        "&#xD800;",
        "&#x338;",
        "<b>",
        "</p>",
        '"',
        "😀",
        "مرحبا",
        "北朝鮮",
        "e",
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

export function errorsOf(read: () => unknown): Record<string, string> {
  try {
    read();
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
    return {
      "": error.message,
      ...Object.fromEntries(error.errors.map(({ pointer, detail }) => [pointer, detail])),
    };
  }
  throw new Error("nothing was refused");
}

import { tongueOf } from "../core/language-tag.ts";

/** Scripts that are written from right to left (ISO 15924). */
const RIGHT_TO_LEFT = new Set(
  "Adlm Arab Aran Armi Hebr Mand Nkoo Phli Rohg Samr Syrc Syre Syrj Syrn Thaa Yezi".split(" "),
);

/**
 * The direction of text in the language of this tag, for `dir` of HTML: that of the script that the tag names, else of the one that
 * the language is usually written in (so `pa-PK` runs from right to left, and `pa` does not). `ltr` for what is no tag.
 */
export function directionOf(tag: string): "ltr" | "rtl" {
  const { script = "" } = tongueOf(tag) ?? {};
  return RIGHT_TO_LEFT.has(script) ? "rtl" : "ltr";
}

/** Whether text in the language of this tag is written from right to left. */
export function isRightToLeft(tag: string): boolean {
  return directionOf(tag) === "rtl";
}

import { MAX_MARKS, MAX_NAME, MAX_SLUG } from "./limits.ts";

/** Everything outside the Char production of XML 1.0 (§2.2); `u` makes it see lone surrogates and whole code points. */
const XML_ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Most Western text. Below U+0300 nothing is composed or decomposed (NFC). */
const SURELY_CLEAN = /^[\t\n -\u02ff]*$/;

/** What follows the last mark that a run may have. Every character that NFC sorts is one of these. */
const MARKS_BEYOND = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, "gu");

/**
 * Text that every format can carry: NFC, without XML-illegal characters, lone surrogates and endless runs of marks.
 * CR and CRLF become LF, because an XML parser would do so anyway (XML 1.0 §2.11) and JSON would not.
 */
export function cleanText(text: string): string {
  if (SURELY_CLEAN.test(text)) return text;
  const legal = cutMarks(text.replace(/\r\n?/g, "\n").replace(XML_ILLEGAL, ""));
  const composed = legal.normalize("NFC");
  // NFC takes some characters apart, so that a run may have grown.
  return composed === legal ? legal : cutMarks(composed);
}

function cutMarks(text: string): string {
  return text.length > MAX_MARKS ? text.replace(MARKS_BEYOND, "$1") : text;
}

/** One line of plain text: clean, white space folded, trimmed. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/gu, " ").trim();
}

/**
 * The URL segment for a section, language or tag: letters, marks and digits of every script, lower case, joined by
 * hyphens. Empty when nothing is left (`"!!!"`): such a value has no feed. No name is longer than what is looked at.
 */
export function slug(value: string): string {
  const words = value.slice(0, MAX_NAME).normalize("NFKC").toLowerCase().normalize("NFC");
  const joined = words.replace(/[^\p{L}\p{M}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  return [...joined].slice(0, MAX_SLUG).join("").replace(/-+$/, "");
}

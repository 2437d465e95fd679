import { MAX_MARKS, MAX_NAME, MAX_SLUG } from "./limits.ts";

/** Everything outside the Char production of XML 1.0 (§2.2); `u` makes it see lone surrogates and whole code points. */
const XML_ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Most Western text. Below U+0300 nothing is composed or decomposed (NFC). */
const SURELY_CLEAN = /^[\t\n -\u02ff]*$/;

/** Of well-formed text, what may not stay as it is: seen four times as fast as XML_ILLEGAL sees it. */
const NOT_LEGAL = /[^\t\n -\ufffd]/;

/** A mark, or half of a character that may be one. Every character that NFC sorts is a mark. */
const MARK = /[\p{M}\p{Cs}]/u;

/** What follows the last mark that a run may have. */
const MARKS_BEYOND = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, "gu");

/**
 * Text that every format can carry: NFC, without XML-illegal characters, lone surrogates and endless runs of marks.
 * CR and CRLF become LF, because an XML parser would do so anyway (XML 1.0 §2.11) and JSON would not.
 */
export function cleanText(text: string): string {
  if (SURELY_CLEAN.test(text)) return text;
  const isLegal = text.isWellFormed() && !NOT_LEGAL.test(text);
  const legal = cutMarks(isLegal ? text : text.replace(/\r\n?/g, "\n").replace(XML_ILLEGAL, ""));
  const composed = legal.normalize("NFC");
  // NFC takes some characters apart, so that a run may have grown.
  return composed === legal ? legal : cutMarks(composed);
}

function cutMarks(text: string): string {
  return mayHaveLongRun(text) ? text.replace(MARKS_BEYOND, "$1") : text;
}

/** Looks at the end of the first place for such a run; what is no mark there tells where the next place begins. */
function mayHaveLongRun(text: string): boolean {
  let last = MAX_MARKS;
  while (last < text.length) {
    let at = last;
    while (at >= last - MAX_MARKS && text.charCodeAt(at) > 0x2ff && MARK.test(text.charAt(at))) at--;
    if (at < last - MAX_MARKS) return true;
    last = at + MAX_MARKS + 1;
  }
  return false;
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

import { KNOWN_SLUGS, MAX_MARKS, MAX_NAME, MAX_SLUG } from "./limits.ts";
import { withoutTraps } from "./text-traps.ts";

/** Everything outside the Char production of XML 1.0 (§2.2); `u` makes it see lone surrogates and whole code points. */
const XML_ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Most Western text. Below U+0300 nothing is composed or decomposed (NFC). */
const SURELY_CLEAN = /^[\t\n -\u02ff]*$/;

/** The characters of well-formed text that may not stay as they are; it finds them four times as fast as XML_ILLEGAL. */
const NOT_LEGAL = /[^\t\n -\ufffd]/;

/** A mark, or half of a character that may be one. Every character that NFC sorts is a mark. */
const MARK = /[\p{M}\p{Cs}]/u;

/** What follows the last mark that a run may have. */
const MARKS_BEYOND = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, "gu");

/** NFC would make other characters of these, which people have in their names on purpose (Unicode §22.9 in version 16). */
const COMPATIBILITY_IDEOGRAPHS = /[\uf900-\ufaff\u{2f800}-\u{2fa1f}]/u;
const BETWEEN_THOSE = /[^\uf900-\ufaff\u{2f800}-\u{2fa1f}]+/gu;

/**
 * Text that every format can carry: NFC but for compatibility ideographs, without XML-illegal characters, lone surrogates and endless runs of marks.
 * CR and CRLF become LF, because an XML parser would do so anyway (XML 1.0 §2.11) and JSON would not.
 */
export function cleanText(text: string): string {
  if (SURELY_CLEAN.test(text)) return text;
  const isLegal = text.isWellFormed() && !NOT_LEGAL.test(text);
  const legal = cutMarks(isLegal ? text : text.replace(/\r\n?/g, "\n").replace(XML_ILLEGAL, ""));
  const composed = compose(legal);
  // NFC takes some characters apart, so that a run may have grown.
  return composed === legal ? legal : cutMarks(composed);
}

function compose(text: string): string {
  if (!COMPATIBILITY_IDEOGRAPHS.test(text)) return text.normalize("NFC");
  return text.replace(BETWEEN_THOSE, (part) => part.normalize("NFC"));
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

/** White space that one line has no use for, or two spaces. A no-break space and an ideographic one are typography. */
const TO_FOLD = /[^\S \u00a0\u202f\u3000]| {2}/;
const FOLDED = /[^\S\u00a0\u202f\u3000]+/gu;

/** One line of plain text as people wrote it: clean, white space folded, trimmed, `withoutTraps`. */
export function cleanLine(text: string): string {
  const clean = cleanText(withoutTraps(text));
  return (TO_FOLD.test(clean) ? clean.replace(FOLDED, " ") : clean).trim();
}

/** Plain text of several lines, with the same care. */
export function cleanParagraph(text: string): string {
  return cleanText(withoutTraps(text)).trim();
}

/** One line that programs compare: every white space is a space. */
export function cleanIdentifier(text: string): string {
  return cleanText(text).normalize("NFC").replace(/\s+/gu, " ").trim();
}

/** Whether anybody sees something of the text. */
export function isVisible(text: string): boolean {
  return /[^\s\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2800]/u.test(text);
}

/** What lower case makes of the Turkish capital İ: i with a dot above as an extra mark, which nobody types. */
const DOTTED_I = /i\u0307+/g;

/** Lower-case text with a plain i where the version before wrote the dot of İ as an extra mark. */
export function withoutDottedI(text: string): string {
  return text.replace(DOTTED_I, "i").normalize("NFC");
}

/**
 * The URL segment for a section, language or tag: letters, marks and digits of every script, lower case, joined by
 * hyphens. Empty when nothing is left (`"!!!"`): such a value has no feed. No name is longer than what is looked at.
 */
export function slug(value: string): string {
  if (value.length > MAX_NAME) return slugOf(value);
  const known = slugs.get(value);
  if (known !== undefined) return known;
  if (slugs.size >= KNOWN_SLUGS) slugs.clear();
  const made = slugOf(value);
  slugs.set(value, made);
  return made;
}

/** The names of sections, languages and tags come with every story again. */
const slugs = new Map<string, string>();

function slugOf(value: string): string {
  const words = withoutDottedI(value.slice(0, MAX_NAME).normalize("NFKC").toLowerCase());
  const joined = words.replace(/[^\p{L}\p{M}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  return [...joined].slice(0, MAX_SLUG).join("").replace(/-+$/, "");
}

import { decodeHTMLStrict } from "entities";

/** A name or number between `&` and `;`. Whether it stands for a letter, the decoder knows. */
const ENTITY = /&(?:#\d|#x[\da-f]|[a-z])/i;
const TAG = /<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*)?\/?>/gi;
const BLOCKS = new Set([
  "br",
  "p",
  "div",
  "li",
  "ul",
  "ol",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "blockquote",
  "hr",
]);
const VOID = new Set(["br", "hr", "img", "wbr"]);
const WORDS = "a abbr b cite code del em font i ins mark q s small span strong sub sup u img wbr";
/** Elements that editors write into text. Any other name in angle brackets is words of the text. */
const ELEMENTS = new Set([...WORDS.split(" "), ...BLOCKS]);

/** Text, and what was noticed of it. */
export type PlainText = { text: string; detail?: string };

const DECODED = "held HTML, and its text was taken";
const KEPT = "looks like HTML, but has no single meaning as text; it was kept as it is";

/**
 * A text in which HTML or entities stood, as plain text: only where the answer holds nothing to decode again, so that
 * what is sent once more is not decoded twice. Else it stays, and `detail` says so. `clean` is that of the field.
 */
export function plainText(sent: string, clean: (text: string) => string): PlainText {
  if (!sent.includes("<") && !sent.includes("&")) return { text: sent };
  const text = clean(sent);
  const decoded = decode(text);
  if (decoded === text) return { text };
  if (decoded === undefined) return { text, detail: KEPT };
  const read = clean(decoded);
  return read === "" || decode(read) !== read ? { text, detail: KEPT } : { text: read, detail: DECODED };
}

/** Undefined where tags do not close. */
function decode(text: string): string | undefined {
  const stripped = text.includes("<") ? withoutTags(text) : text;
  return stripped !== undefined && ENTITY.test(stripped) ? decodeHTMLStrict(stripped) : stripped;
}

function withoutTags(text: string): string | undefined {
  const open: string[] = [];
  let isWrong = false;
  const stripped = text.replace(TAG, (tag: string, end: string, written: string) => {
    const name = written.toLowerCase();
    if (!ELEMENTS.has(name)) return tag;
    if (end !== "") isWrong ||= open.pop() !== name;
    else if (!VOID.has(name)) open.push(name);
    return BLOCKS.has(name) ? "\n" : "";
  });
  return isWrong || open.length > 0 ? undefined : stripped;
}

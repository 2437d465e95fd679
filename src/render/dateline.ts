import { escapeText } from "./xml.ts";

/** What may stand before the first sentence. Balanced, as the door leaves it; else a paragraph of its own follows. */
const PICTURES_FIRST = /^(?:\s|<figure\b[^>]*>[\s\S]*?<\/figure>)*/;
const PARAGRAPH = /^<p(?:\s[^>]*)?>/;

/** Characters of markup that are looked through for a dateline that the body has already. */
const MARKUP = 500;

/**
 * The body with the dateline before its first sentence, where newspapers have it: "ROTTERDAM — The bridge …". A body that
 * begins with the dateline stays as it is. A body that begins with something else than a paragraph gets one before it.
 */
export function withDateline(body: string | undefined, dateline: string | undefined): string | undefined {
  if (body === undefined || dateline === undefined) return body;
  const pictures = PICTURES_FIRST.exec(body)?.[0] ?? "";
  const rest = body.slice(pictures.length);
  const place = escapeText(dateline);
  if (beginsWith(rest, place)) return body;
  const paragraph = PARAGRAPH.exec(rest)?.[0];
  if (paragraph === undefined) return `${pictures}<p>${place}</p>${rest}`;
  const between = /[\p{Pd}:]$/u.test(dateline) ? " " : " — ";
  return `${pictures}${paragraph}${place}${between}${rest.slice(paragraph.length)}`;
}

/**
 * Whether the HTML begins with this text as a dateline, in capitals or not: an element ends with it, or a sign follows. "Oslo
 * has …" begins with a name.
 */
function beginsWith(html: string, text: string): boolean {
  const words = html
    .slice(0, text.length + MARKUP)
    .replace(/\s+/g, " ")
    .replace(/<[^>]*>/g, "\n")
    .trimStart();
  if (!words.toLowerCase().startsWith(text.toLowerCase())) return false;
  return /[^\p{L}\p{N}]$/u.test(text) || /^(?:\n| ?[^\p{L}\p{N} ]|$)/u.test(words.slice(text.length));
}

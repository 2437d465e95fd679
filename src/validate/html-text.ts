import { cleanText } from "../core/text.ts";

/** Text as HTML, clean. */
export function escapeText(text: string): string {
  const escaped = /[&<>]/.test(text)
    ? text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    : text;
  return textFilter(escaped);
}

export function escapeAttribute(value: string): string {
  if (!/[&<>"]/.test(value)) return value;
  return value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** The words in clean HTML. */
export function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&#x338;", "\u0338")
    .replaceAll("&amp;", "&");
}

/**
 * NFC takes a `>` and a solidus that follows it for one character (U+226F): a text must not begin with one, or
 * a program that normalises the whole document breaks the tag before it.
 */
export function textFilter(text: string): string {
  const clean = cleanText(text);
  if (clean.charCodeAt(0) !== 0x338) return clean;
  return clean.replace(/^\u0338+/, (marks) => "&#x338;".repeat(marks.length));
}

import { MAX_ID_FORM, MAX_SHOWN_ID } from "./limits.ts";

/*
 * Ids of articles. A newsroom's CMS chooses them, with any characters. Keys, addresses and default guids hold an id in
 * one form, which stands for that id alone:
 *
 * - An id of letters, digits and . _ ~ - that begins with a letter or a digit, up to 128 of them, is its own form.
 * - Any other id is `_`, then its UTF-8 bytes: letters, digits and . _ - as they are, every other byte as `~` and two
 *   upper-case hexadecimal digits. `a/b` is `_a~2Fb`.
 *
 * No form begins with `_` by the first rule, so no two ids share one. A form holds nothing but the unreserved characters
 * of RFC 3986 §2.3: nobody has to encode it, and decoding it once more changes nothing.
 */

/** Ids that are their own form. */
export const ARTICLE_ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/;

const ESCAPED = /^_(?:[A-Za-z0-9._-]|~[0-9A-F]{2})+$/;

/**
 * An id as it is kept: in NFC, so that it is the same however its letters are composed, and trimmed. Undefined for what
 * is no id: without a visible character, with control characters or lone surrogates, or with a form beyond MAX_ID_FORM.
 */
export function articleId(text: string): string | undefined {
  // Each character needs one byte at least.
  if (text.length > 2 * MAX_ID_FORM) return undefined;
  const id = text.trim().normalize("NFC");
  if (!id.isWellFormed() || /[\p{Cc}\ufffe\uffff]/u.test(id) || !/[^\p{Z}\p{Cf}]/u.test(id)) return undefined;
  return encodeArticleId(id).length <= MAX_ID_FORM ? id : undefined;
}

/** The id that a record as it was sent will be kept under; for what is no id, as much of it as tells records apart. */
export function sentId(record: unknown): string | undefined {
  if (typeof record !== "object" || record === null || !("id" in record)) return undefined;
  if (typeof record.id !== "string" && typeof record.id !== "number") return undefined;
  const text = String(record.id);
  return articleId(text) ?? text.slice(0, MAX_SHOWN_ID).toWellFormed();
}

/** The form of an id that `articleId` answered. */
export function encodeArticleId(id: string): string {
  if (ARTICLE_ID.test(id)) return id;
  // One character for each byte.
  const bytes = String.fromCharCode(...new TextEncoder().encode(id));
  return `_${bytes.replace(/[^A-Za-z0-9._-]/g, escaped)}`;
}

/** The id that a form stands for; undefined for what is the form of no id. */
export function decodeArticleId(form: string): string | undefined {
  if (ARTICLE_ID.test(form)) return form;
  if (form.length > MAX_ID_FORM || !ESCAPED.test(form)) return undefined;
  const bytes = form
    .slice(1)
    .replace(/~(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const id = new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
  // One id has one form: `_abc`, `~41` for a letter and bytes that are no UTF-8 are none.
  return articleId(id) === id && encodeArticleId(id) === form ? id : undefined;
}

function escaped(byte: string): string {
  return `~${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

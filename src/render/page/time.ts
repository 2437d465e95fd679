import { html, type Markup } from "./markup.ts";

/**
 * A moment in UTC, in digits: they read the same in every language, and words of Intl differ from one Node to the next. The
 * script of the page shows it in the reader's own zone and words. Throws a RangeError for an invalid date.
 */
export function timeElement(date: string): Markup {
  const datetime = new Date(date).toISOString();
  const words = datetime.replace("T", " ").replace(/:\d\d\.\d{3}Z$/, " UTC");
  return html`<time datetime="${datetime}" dir="ltr">${words}</time>`;
}

import { html as template, raw as trusted } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import type { Wording } from "../words/choose.ts";
import type { Values, Word } from "../words/language.ts";
import { partsOf } from "../words/say.ts";

/** HTML that a template has made: it is not escaped again. */
export type Markup = HtmlEscapedString;

type Value = string | number | undefined | Markup | (string | Markup)[];

/**
 * HTML with these clean values in it, each escaped once; nothing stands for undefined. The library also takes promises, and
 * answers a promise then; no value here is one.
 */
export function html(strings: TemplateStringsArray, ...values: Value[]): Markup {
  return template(strings, ...values) as Markup;
}

/** Text that is HTML already. */
export function raw(markup: string): Markup {
  return trusted(markup) as Markup;
}

/** A word of the wire with elements in the places of its placeholders. */
export function phrase<W extends Word>(wording: Wording, word: W, values: Values<W, Markup>): Markup {
  return html`${partsOf(wording, word, values)}`;
}

/** Text of the site file, which may run in another direction than the page: its full stop stays at its own end. */
export function isolated(text: string): Markup {
  return html`<bdi>${text}</bdi>`;
}

export const NOTHING = raw("");

/**
 * A data block, which no browser runs and no Content-Security-Policy stops. In it `<` could end the element
 * (https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements).
 */
export function dataBlock(type: string, value: object): Markup {
  const json = JSON.stringify(value).replaceAll("<", "\\u003c");
  return raw(`<script type="${type}">${json}</script>`);
}

import type { Wording } from "./choose.ts";
import { numberIn, pluralOf } from "./intl.ts";
import type { Count, Values, Word } from "./language.ts";

/** A word with its values in the places of its placeholders: `say(wording, "photo", { credit: "Kim Lee" })`. */
export function say<W extends Word>(wording: Wording, word: W, values: Values<W, string>): string {
  return partsOf(wording, word, values).join("");
}

/**
 * As `say`, in parts, so that values may be elements: `Updated ` and a `time` element. The texts between are plain, and have to be
 * escaped.
 */
export function partsOf<W extends Word, T>(
  { words }: Wording,
  word: W,
  values: Values<W, T>,
): (string | T)[] {
  const given = values as Record<string, T>;
  // Every second part is the name of a placeholder.
  return words[word].split(/\{(\w+)\}/).map((part, i) => (i % 2 === 0 ? part : (given[part] as T)));
}

/** What the wire says of a number, in the form that the language has for it: `5 new stories`. */
export function sayCount(wording: Wording, count: Count, n: number): string {
  const forms = wording.counts[count];
  const form = forms[pluralOf(wording, n)] ?? forms.other;
  return form.replace("{n}", () => numberIn(wording, n));
}

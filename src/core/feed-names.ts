import type { Feed } from "./feed.ts";
import { type Tongue, tongueOf } from "./language-tag.ts";

/**
 * The title or description of a feed with its value in it. `value`: as the newest story spells it. `{value}` is the value, and
 * in a feed of one language `{language}` is the name of that language.
 */
export function withValue({ ofLanguage }: Pick<Feed, "ofLanguage">, pattern: string, value: string): string {
  return pattern.replaceAll(/\{(value|language)\}/g, (placeholder, name) => {
    if (name === "value") return value;
    return ofLanguage ? languageName(value) : placeholder;
  });
}

/**
 * The name of a language in itself, as it begins a line: Français, 简体中文. The English name where Intl does not have that one;
 * the text itself where it is no tag, or one that nobody has a name for.
 */
export function languageName(text: string): string {
  const tongue = tongueOf(text);
  if (tongue === undefined || tongue.language === "und") return text;
  if (!named.has(tongue)) named.set(tongue, ownName(tongue));
  return named.get(tongue) ?? text;
}

/** Remembered as long as the tongue is: to ask Intl takes a third of a millisecond, in each render of a feed by language. */
const named = new WeakMap<Tongue, string | undefined>();

function ownName({ tag }: Tongue): string | undefined {
  // Without English, Intl would take the language of the machine that runs the wire.
  const names = new Intl.DisplayNames([tag, "en"], { type: "language", fallback: "none" });
  const name = names.of(tag);
  return name === undefined ? undefined : capitalised(name, names.resolvedOptions().locale);
}

/** Georgian writes a whole text in its capitals, and never the first letter alone (The Unicode Standard, §7.7). */
function capitalised(name: string, locale: string): string {
  return name.replace(/^(?!\p{Script=Georgian})\p{Ll}/u, (letter) => letter.toLocaleUpperCase(locale));
}

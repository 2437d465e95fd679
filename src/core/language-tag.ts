import { KNOWN_TONGUES, MAX_LANGUAGE } from "./limits.ts";

/**
 * The tag in its canonical form; empty for a text that is no tag. Systems write en_US and en_US.UTF-8 too. No tag has a language
 * of more than three letters yet (RFC 5646 §2.2.1): `deutsch` is a name.
 */
export function languageOf(text: string): string {
  const [tag = ""] = text.trim().split(/[.@]/, 1);
  if (tag.length > MAX_LANGUAGE || !/^[a-z]{2,3}(?![a-z0-9])/i.test(tag)) return "";
  try {
    const [canonical = ""] = Intl.getCanonicalLocales(tag.replaceAll("_", "-"));
    return canonical.length <= MAX_LANGUAGE ? canonical : "";
  } catch {
    return "";
  }
}

/** What Intl knows of a language tag. */
export type Tongue = {
  /** In canonical form, without extensions: `zh-TW`. */
  tag: string;
  /** `zh`. */
  language: string;
  /** That of the tag, else the one that the language is usually written in there: `Hant`. Undefined where Intl knows none. */
  script: string | undefined;
};

const known = new Map<string, Tongue | undefined>();

/**
 * The tag with its usual script, by CLDR's likely subtags (https://www.unicode.org/reports/tr35/#Likely_Subtags); undefined for
 * a text that is no language tag.
 */
export function tongueOf(tag: string): Tongue | undefined {
  if (tag.length > MAX_LANGUAGE) return undefined;
  if (known.has(tag)) return known.get(tag);
  if (known.size >= KNOWN_TONGUES) known.clear();
  const tongue = readTongue(tag);
  known.set(tag, tongue);
  return tongue;
}

/** An extended language, which RFC 5646 §4.5 has stand alone and Intl does not take: zh-yue is yue. */
const EXTENDED = /^[a-z]{2,3}-([a-z]{3})(?![a-z0-9])/i;

function readTongue(tag: string): Tongue | undefined {
  try {
    const locale = new Intl.Locale(tag.replace(EXTENDED, "$1"));
    const { language, script } = locale.maximize();
    return { tag: locale.baseName, language, script };
  } catch {
    return undefined;
  }
}

import { MAX_LANGUAGE } from "./limits.ts";

/**
 * The tag in its canonical form; empty for what is none. Systems write en_US and en_US.UTF-8 too. No tag has a language
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

import { tongueOf } from "../../core/language-tag.ts";
import { EN } from "./en.ts";
import type { Language } from "./language.ts";
import { LANGUAGES } from "./table.ts";

/** The words for a language tag. `locales`: what dates and numbers beside them are written by, the best first. */
export type Wording = Language & { locales: string[] };

/** Members of the macrolanguages Chinese and Arabic (ISO 639-3): newsrooms that name one of them write as all of them read. */
const READ_AS: Record<string, string> = Object.fromEntries([
  ..."cjy gan hak hsn nan wuu yue".split(" ").map((language) => [language, "zh"]),
  ..."acm aeb afb apc apd arq ary arz ars".split(" ").map((language) => [language, "ar"]),
]);

const ENGLISH: Wording = { ...EN, locales: [EN.tag] };

/** Made by the first look: what Intl knows of languages takes two milliseconds to load, which no import has to wait for. */
let byScript: Map<string, Language> | undefined;

/** The words for this language tag, which may be any text: the English ones where its language, as it is written, has none. */
export function wordingOf(tag: string): Wording {
  return wordingIn(tag) ?? ENGLISH;
}

/** As `wordingOf`, without English for other languages: undefined where the wire does not speak the language. */
export function wordingIn(tag: string): Wording | undefined {
  byScript ??= new Map(LANGUAGES.map((row) => [written(row.tag), row]));
  const row = byScript.get(written(tag));
  return row && { ...row, locales: [...new Set([tongueOf(tag)?.tag ?? row.tag, row.tag])] };
}

/** The language with the script that it is written in: `zh-Hant` for zh-TW and for yue. Empty for what is no tag. */
function written(tag: string): string {
  const { language, script } = tongueOf(tag) ?? {};
  return language === undefined ? "" : `${READ_AS[language] ?? language}-${script}`;
}

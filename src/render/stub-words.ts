import { tongueOf } from "../core/language-tag.ts";
import type { Site } from "../core/site.ts";
import { wordingIn, wordingOf } from "./words/choose.ts";

/** What a stub says: `text` where the newsroom tells the public nothing of its own. Both are plain text. */
export type StubWords = { title: string; text: string };

/** The words of a site file, by BCP 47 tag. */
type OwnWords = Partial<Record<string, StubWords>>;

/**
 * The words for a feed in this language, which is a BCP 47 tag or any other text: those of the nearest language that there
 * are (RFC 4647 §3.4), else those of the site's language, else the English ones.
 */
export function stubWords({ withdrawals, language: own }: Site, language: string): StubWords {
  const { words = {} } = withdrawals;
  return wordsIn(words, language) ?? wordsIn(words, own) ?? words.en ?? spoken("en");
}

/** Those of the site file come first, but not in another script than the language is written in. */
function wordsIn(own: OwnWords, text: string): StubWords | undefined {
  const tongue = tongueOf(text);
  if (tongue === undefined) return undefined;
  const { tag, language, script } = tongue;
  const inAnyScript = own[language];
  const isSameScript = tongueOf(language)?.script === script;
  const nearest = own[tag] ?? own[`${language}-${script}`] ?? (isSameScript ? inAnyScript : undefined);
  return nearest ?? (wordingIn(text) === undefined ? inAnyScript : spoken(text));
}

/** The wire's own words in this language. */
function spoken(tag: string): StubWords {
  const { withdrawn: title, withdrawnText: text } = wordingOf(tag).words;
  return { title, text };
}

import type { Site } from "../core/site.ts";

/** What a stub says: `text` where the newsroom tells the public nothing of its own. Both are plain text. */
export type StubWords = { title: string; text: string };

/** By language, or language and script. A site file says more, or other words. */
const WORDS: Record<string, StubWords> = {
  en: { title: "Withdrawn", text: "This story has been withdrawn." },
  ar: { title: "خبر مسحوب", text: "تم سحب هذا الخبر." },
  zh: { title: "已撤稿", text: "本篇报道已撤回。" },
  "zh-Hant": { title: "已撤稿", text: "本篇報導已撤回。" },
};

/**
 * The words for a feed in this language, which is a BCP 47 tag or any other text: those of the nearest language that there
 * are (RFC 4647 §3.4), else those of the site's language, else the English ones.
 */
export function stubWords({ withdrawals, language: own }: Site, language: string): StubWords {
  const names = [...namesOf(language), ...namesOf(own)];
  for (const name of names) {
    const words = withdrawals.words?.[name] ?? WORDS[name];
    if (words !== undefined) return words;
  }
  return withdrawals.words?.en ?? (WORDS.en as StubWords);
}

/** The tag, its language with the script that it is usually written in, its language. */
function namesOf(tag: string): string[] {
  try {
    const locale = new Intl.Locale(tag);
    const { language, script } = locale.maximize();
    return [locale.toString(), `${language}-${script}`, language];
  } catch {
    return [];
  }
}

/** What the script of a page says, in the language of the page. `newStories`: by plural form; `{n}` stands for the number. */
export type Words = { newStories: Partial<Record<Intl.LDMLPluralRule, string>>; copied: string };

/** `5 new stories`. */
export function sayNew({ newStories }: Words, n: number): string {
  const { lang } = document.documentElement;
  const form = newStories[new Intl.PluralRules(lang).select(n)] ?? newStories.other ?? "{n}";
  return form.replace("{n}", new Intl.NumberFormat(lang).format(n));
}

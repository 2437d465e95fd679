/** What is said of a number, by plural form; `{n}` stands for the number. */
type Forms = Partial<Record<Intl.LDMLPluralRule, string>>;

/** What the script of a page says, in the language of the page. The search of feeds has its words on pages with that search. */
export type Words = {
  newStories: Forms;
  copied: string;
  feeds: Forms;
  copyAddress: string;
  noFeedMatches: string;
};

/** `5 new stories`. */
export function sayCount(forms: Forms, n: number): string {
  const { lang } = document.documentElement;
  const form = forms[new Intl.PluralRules(lang).select(n)] ?? forms.other ?? "{n}";
  return form.replace("{n}", new Intl.NumberFormat(lang).format(n));
}
